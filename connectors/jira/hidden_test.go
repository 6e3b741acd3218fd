package jira_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A field that is hidden in the field configuration is absent, which is not empty; one
// that is off the screen is there and cannot be written.
func TestHiddenAndOffScreen(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		ref := r.file(t, "x", map[string]any{"description": "text", "Root cause": "because", "Register no.": "7"})
		erik := r.sim.Person("erik")
		cause := connectors.Custom("Root cause")
		must(t, r.sim.HideField("Root cause", true))
		must(t, r.sim.HideField("description", true))
		must(t, r.sim.Show("Register no.", false))
		for _, is := range append(all(t, r.client, time.Time{}), r.get(t, ref)) {
			for _, f := range []connectors.Field{cause, connectors.Body} {
				if v, there := is.Fields[f]; there || is.Unreadable[f] != "" {
					t.Errorf("Fields[%q] = %+v, %t, Unreadable = %v, want no key at all", f, v, there, is.Unreadable)
				}
			}
			if got := is.Fields[connectors.Custom("Register no.")].Text; got != "7" {
				t.Errorf("a field off the screen = %q, want its value", got)
			}
		}
		for _, f := range []connectors.Field{cause, connectors.Body, connectors.Custom("Register no.")} {
			_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: {Text: "8"}}})
			if e := refusal(t, err); e.Fields[f] == "" {
				t.Errorf("a write of %q is refused for %v, want the field named", f, e.Fields)
			}
		}
		if err := erik.Edit(ref.ID, map[string]any{"Root cause": "other"}); err == nil {
			t.Error("a person edits a hidden field")
		}
		must(t, r.sim.HideField("Root cause", false))
		must(t, r.sim.HideField("description", false))
		is := r.get(t, ref)
		if is.Fields[cause].Text != "because" || is.Fields[connectors.Body].Text != "text" {
			t.Errorf("shown again: %q, %q, want the values kept", is.Fields[cause].Text, is.Fields[connectors.Body].Text)
		}
	})
}

// A renamed option shows on every issue that had it, in listings too, and the old name
// is refused.
func TestRenamedOption(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		grade := connectors.Custom("NC grade")
		ref := r.file(t, "x", map[string]any{"NC grade": "Minor"})
		other := r.file(t, "y", map[string]any{"NC grade": "Major"})
		must(t, r.sim.RenameOption("NC grade", "Minor", "Class B"))
		for _, is := range append(all(t, r.client, time.Time{}), r.get(t, ref), r.get(t, other)) {
			want := "Class B"
			if is.Ref.ID == other.ID {
				want = "Major"
			}
			if got := is.Fields[grade].Text; got != want {
				t.Errorf("grade of %s = %q, want %q", is.Ref.Key, got, want)
			}
		}
		_, err := r.client.Update(t.Context(), other, connectors.Patch{Set: map[connectors.Field]connectors.Value{grade: {Text: "Minor"}}})
		if e := refusal(t, err); e.Fields[grade] == "" {
			t.Errorf("a write of the old name is refused for %v, want the field named", e.Fields)
		}
		if err := r.sim.RenameOption("NC grade", "Minor", "Class C"); err == nil {
			t.Error("an option that is not there is renamed")
		}
	})
}
