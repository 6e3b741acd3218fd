package jira_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// mixed is a project in which teams plan their stories, too.
func mixed(t *testing.T, deployment string, known func(string) bool, edit func(*jira.Config)) *rig {
	t.Helper()
	o := jirasim.Options{Deployment: deployment, IssueTypes: []string{"Nonconformity", "Improvement opportunity", "Story", "Bug"}}
	return open(t, o, func(c *jira.Config) {
		c.IssueTypes, c.Known = []string{"Nonconformity", "Improvement opportunity"}, known
		if edit != nil {
			edit(c)
		}
	})
}

func (r *rig) fileAs(t *testing.T, kind, summary string, fields map[string]any) connectors.Ref {
	t.Helper()
	id, key, err := r.sim.Person("erik").File(kind, summary, fields)
	must(t, err)
	return connectors.Ref{ID: id, Key: key}
}

// titles are those of the listed issues, sorted.
func titles(t *testing.T, c *jira.Client, since time.Time) []string {
	t.Helper()
	var out []string
	for _, is := range all(t, c, since) {
		out = append(out, is.Fields[connectors.Title].Text)
	}
	slices.Sort(out)
	return out
}

// Of a mixed project only the configured types are selected. An issue that is bound
// stays in sight when a person gives it another type, or takes off the label that
// selects it.
func TestTheIssueTypeSelects(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		for _, narrow := range []bool{false, true} {
			var mu sync.Mutex
			bound := map[string]bool{}
			known := func(id string) bool {
				mu.Lock()
				defer mu.Unlock()
				return bound[id]
			}
			r := mixed(t, d, known, func(c *jira.Config) {
				if narrow {
					c.Select = "labels = isms"
				}
			})
			isms := map[string]any{"labels": []string{"isms"}}
			nc := r.fileAs(t, "Nonconformity", "nc", isms)
			r.fileAs(t, "Improvement opportunity", "improvement", isms)
			r.fileAs(t, "Story", "story", isms)
			other := r.fileAs(t, "Nonconformity", "other", isms)
			if diff := cmp.Diff([]string{"improvement", "nc", "other"}, titles(t, r.client, time.Time{})); diff != "" {
				t.Errorf("listing of everything (-want +got):\n%s", diff)
			}
			bound[nc.ID] = true
			r.sim.Clock().Advance(time.Minute)
			since := r.sim.Clock().Now()
			r.sim.Clock().Advance(time.Minute)
			must(t, r.sim.Person("erik").Edit(nc.ID, map[string]any{"issuetype": "Bug"}))
			must(t, r.sim.Person("erik").Edit(other.ID, map[string]any{"issuetype": "Bug"}))
			r.fileAs(t, "Story", "new story", isms)
			r.fileAs(t, "Nonconformity", "new nc", isms)
			if diff := cmp.Diff([]string{"nc", "new nc"}, titles(t, r.client, since)); diff != "" {
				t.Errorf("listing since, narrow %t (-want +got):\n%s", narrow, diff)
			}
			if diff := cmp.Diff([]string{"improvement", "nc", "new nc"}, titles(t, r.client, time.Time{})); diff != "" {
				t.Errorf("listing of everything, narrow %t (-want +got):\n%s", narrow, diff)
			}
			if !narrow {
				continue
			}
			must(t, r.sim.Person("erik").Edit(nc.ID, map[string]any{"issuetype": "Nonconformity", "labels": []string{}}))
			if diff := cmp.Diff([]string{"improvement", "nc", "new nc"}, titles(t, r.client, time.Time{})); diff != "" {
				t.Errorf("listing of everything after the label went (-want +got):\n%s", diff)
			}
		}
	})
}

// Nothing is asked for stories one by one, and bound issues that are shown anyway are
// not read again.
func TestStoriesCostNothing(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := mixed(t, d, func(string) bool { return true }, nil)
		for n := range 120 {
			r.fileAs(t, "Nonconformity", fmt.Sprintf("nc %d", n), nil)
		}
		all(t, r.client, time.Time{})
		r.sim.Faults().ResetCount()
		if got := len(all(t, r.client, time.Time{})); got != 120 {
			t.Errorf("%d issues, want 120", got)
		}
		if n := r.sim.Faults().Count("", "/search"); n != 3 { // two pages, and the ids of other types
			t.Errorf("%d searches for everything, want 3", n)
		}
		if n := len(r.sim.Faults().Requests()); n != 3 {
			t.Errorf("%d requests for everything, want 3", n)
		}
		r.cfg.Known = func(string) bool { return false }
		c := r.connect(t)
		for n := range 60 {
			story := r.fileAs(t, "Story", fmt.Sprintf("story %d", n), nil)
			_, err := r.sim.Person("erik").Comment(story.ID, "done")
			must(t, err)
		}
		all(t, c, time.Time{})
		r.sim.Faults().ResetCount()
		if got := len(all(t, c, r.sim.Clock().Now().Add(-time.Hour))); got != 120 {
			t.Errorf("%d issues, want 120", got)
		}
		for _, q := range r.sim.Faults().Requests() {
			if !strings.Contains(q.Path, "/search") {
				t.Errorf("%s %s, want searches alone", q.Method, q.Path)
			}
		}
	})
}

// A type that the site does not know stops the listing of everything with Jira's
// words, instead of passing for an empty project.
func TestAnUnknownTypeIsNoEmptyProject(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		r := mixed(t, d, func(string) bool { return false }, func(c *jira.Config) { c.IssueTypes = []string{"Nonconformance"} })
		r.fileAs(t, "Nonconformity", "nc", nil)
		for _, err := range r.client.Changed(t.Context(), time.Time{}) {
			if e := refusal(t, err); !strings.Contains(e.Detail, "The value 'Nonconformance' does not exist for the field 'issuetype'.") {
				t.Errorf("Changed = %v, want the type named", err)
			}
		}
	})
}

// A selection that loses nothing asks for no ids.
func TestNoTypesNoStrays(t *testing.T) {
	r := mixed(t, jirasim.Cloud, func(string) bool { return true }, func(c *jira.Config) { c.IssueTypes = nil })
	r.fileAs(t, "Story", "story", nil)
	if got := titles(t, r.client, time.Time{}); len(got) != 1 {
		t.Errorf("issues = %v, want all of the project", got)
	}
	if n := r.sim.Faults().Count("", "/search"); n != 1 {
		t.Errorf("%d searches, want 1", n)
	}
}

// One issue is judged as the listing judges it, with a request or two.
func TestSelectedJudgesAsTheListing(t *testing.T) {
	both(t, func(t *testing.T, d string) {
		for _, narrow := range []bool{false, true} {
			r := mixed(t, d, func(string) bool { return false }, func(c *jira.Config) {
				if narrow {
					c.Select = "labels = isms"
				}
			})
			isms := map[string]any{"labels": []string{"isms"}}
			refs := map[string]connectors.Ref{
				"nc": r.fileAs(t, "Nonconformity", "nc", isms), "story": r.fileAs(t, "Story", "story", isms), "plain nc": r.fileAs(t, "Nonconformity", "plain nc", nil),
			}
			listed := titles(t, r.client, time.Time{})
			for title, ref := range refs {
				for _, ref := range []connectors.Ref{ref, {ID: ref.ID}, {Key: ref.Key}} {
					r.sim.Faults().ResetCount()
					is, err := r.client.Selected(t.Context(), ref)
					must(t, err)
					if want := slices.Contains(listed, title); (is != nil) != want || is != nil && is.Fields[connectors.Title].Text != title {
						t.Errorf("narrow %t: Selected(%s as %+v) = %+v, want it: %t", narrow, title, ref, is, want)
					}
					if n := len(r.sim.Faults().Requests()); n != 1 {
						t.Errorf("narrow %t: Selected(%s) took %d requests, want 1", narrow, title, n)
					}
				}
			}
		}
	})
}
