package jira_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
)

// Every issue with the label is listed, of each type, with its changes, whether the configuration
// selects it or not. The condition that docs/auditing.md gives leaves these issues out of the
// selection, and no other one.
func TestLabelled(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := mixed(t, d, nil, func(c *jira.Config) { c.Select = `labels is EMPTY OR labels != "audit-request"` })
		want := map[string]bool{}
		var first connectors.Ref
		for n := range 120 {
			kind, fields := "Nonconformity", map[string]any{"labels": []string{"audit-request"}}
			if n%2 == 0 {
				kind = "Story"
			}
			switch n % 3 {
			case 0:
				fields["labels"] = []string{"isms"}
			case 1:
				fields = nil
			}
			ref := r.fileAs(t, kind, fmt.Sprint("issue ", n), fields)
			if n%3 == 2 {
				want[ref.Key] = true
				first = ref
			}
		}
		must(t, r.sim.Person("erik").Move(first.Key, "Accept into register", nil))
		got := map[string]bool{}
		for page, err := range r.client.Labelled(t.Context(), "audit-request") {
			must(t, err)
			for _, is := range page {
				got[is.Ref.Key] = true
				moved := slices.ContainsFunc(is.Changes, func(c connectors.Change) bool { return c.Field == "status" && !c.At.IsZero() })
				if moved != (is.Ref == first) {
					t.Errorf("%s shows the changes %+v", is.Ref, is.Changes)
				}
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the label lists %d issues: %v, want %v", len(got), got, want)
		}
		for page, err := range r.client.Everything(t.Context()) {
			must(t, err)
			for _, is := range page {
				if is.Selected != (!want[is.Ref.Key] && is.Fields[connectors.Type].Text == "Nonconformity") {
					t.Errorf("%s with %v is selected: %v", is.Ref, is.Fields, is.Selected)
				}
			}
		}
	})
}
