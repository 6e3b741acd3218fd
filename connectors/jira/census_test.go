package jira_test

import (
	"fmt"
	"testing"

	"github.com/conformd/conformd/connectors/jira"
)

// A census shows every issue of the project, and which of them type and JQL select.
func TestCensus(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := mixed(t, d, func(string) bool { return true }, func(c *jira.Config) { c.Select = "labels = isms" })
		want := map[string]bool{}
		for n := range 120 {
			kind, fields := "Nonconformity", map[string]any{"labels": []string{"isms"}}
			if n%2 == 0 {
				kind = "Story"
			}
			if n%3 == 0 {
				fields = nil
			}
			want[r.fileAs(t, kind, fmt.Sprint("issue ", n), fields).Key] = n%2 != 0 && n%3 != 0
		}
		got := map[string]bool{}
		for page, err := range r.client.Everything(t.Context()) {
			must(t, err)
			for _, is := range page {
				got[is.Ref.Key] = is.Selected
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("the census shows %d issues: %v, want %v", len(got), got, want)
		}
		if q := r.client.Selects(); q != `project = "ISMS" AND issuetype in ("Nonconformity", "Improvement opportunity") AND (labels = isms)` {
			t.Errorf("Selects() = %s", q)
		}
	})
}
