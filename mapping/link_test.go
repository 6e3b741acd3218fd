package mapping_test

import (
	"testing"

	"github.com/conformd/conformd/mapping"
)

// A command about a link names its kind, the other record and a reason.
func TestLinkCommands(t *testing.T) {
	for body, want := range map[string]mapping.Command{
		"/capa link split-from NC-2026-0007 because the second site is apart": {Verb: "link", Value: "split-from NC-2026-0007", Text: "the second site is apart"},
		"/capa unlink  duplicate-of  acme/isms#17 weil es ein anderer ist":    {Verb: "unlink", Value: "duplicate-of acme/isms#17", Text: "es ein anderer ist"},
		"/capa link split-from NC-2026-0007":                                  {Verb: "link", Text: "split-from NC-2026-0007", Err: "say why: `/capa link duplicate-of|split-from|recurrence-of <number> because <reason>`"},
		"/capa link part-of NC-2026-0007 because it is":                       {Verb: "link", Value: "part-of NC-2026-0007", Text: "it is", Err: "say which link and why: `/capa link duplicate-of|split-from|recurrence-of <number> because <reason>`"},
		"/capa link split-from because the second site is apart":              {Verb: "link", Value: "split-from", Text: "the second site is apart", Err: "say which link and why: `/capa link duplicate-of|split-from|recurrence-of <number> because <reason>`"},
	} {
		got := mapping.ParseCommands(body)
		if len(got) != 1 || got[0].Verb != want.Verb || got[0].Value != want.Value || got[0].Text != want.Text || got[0].Err.String() != want.Err.String() {
			t.Errorf("ParseCommands(%q) = %+v, want %+v", body, got, want)
		}
	}
}
