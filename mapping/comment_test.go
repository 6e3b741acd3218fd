package mapping_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// TestTheCommentsOfOtherProgramsStay: they are no part of any value, wherever they stand
// in the text that is written anew.
func TestTheCommentsOfOtherProgramsStay(t *testing.T) {
	const marker = "<!-- stale-bot: 1 -->"
	for _, old := range []string{
		"Not yet.\n\n" + marker, "Not yet. " + marker, marker + "Not yet.", "Not " + marker + " yet.", marker + "\nNot yet.", "- a " + marker + "\n- b",
		"One.\n\n" + marker + "\n\nTwo.", "| a | " + marker + " |\n|---|---|\n| b | c |", "Not yet.\r\n" + marker + "\r\nMore.\r\n",
	} {
		for _, value := range []string{"Two exports without a finding.", ""} {
			p := gitHub()
			is := open("### Root cause\n\n" + old + "\n\n### Date identified\n\n2026-07-01\n")
			raw, _ := p.Project(register.FieldRootCause, value)
			patch, err := p.Patch(is, map[register.Field]string{register.FieldRootCause: raw})
			if err != nil {
				t.Fatalf("Patch of %q with %q = %v", old, value, err)
			}
			body := patch.Set[connectors.Body].Text
			v, problems := p.View(open(body))
			if strings.Count(body, marker) != 1 || v[register.FieldRootCause].Value != value || len(problems) > 0 || value == "" && !strings.Contains(body, "_No response_") {
				t.Errorf("Patch of %q with %q = %q, problems %v, want the value and the marker", old, value, body, problems)
			}
		}
	}
	is := open("### Root cause\n\n```\n<!-- no comment -->\n```\n")
	patch, err := gitHub().Patch(is, map[register.Field]string{register.FieldRootCause: "x"})
	if body := patch.Set[connectors.Body].Text; err != nil || body != "### Root cause\n\nx\n" {
		t.Errorf("Patch of code = %q, %v, want what stands in code gone with it", body, err)
	}
}
