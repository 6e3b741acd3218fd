package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// The id is made with the register, and belongs to it from then on.
func TestInstallation(t *testing.T) {
	b := newBench(t)
	id := b.Installation()
	if !connectors.IsInstallation(id) {
		t.Errorf("Installation() = %q, want an id that connectors take", id)
	}
	if other := newBench(t).Installation(); other == id {
		t.Errorf("two registers have the id %q, want each its own", id)
	}
	dir := t.TempDir()
	if err := b.CopyTo(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	b.close()
	b.open()
	if got := b.Installation(); got != id {
		t.Errorf("Installation() after a restart = %q, want %q", got, id)
	}
	b.close()
	b.options.Dir = dir
	b.open()
	if got := b.Installation(); got != id {
		t.Errorf("Installation() of a copy = %q, want %q: a restored backup is the same installation", got, id)
	}
}

// Another installation is met once and stands until a person has decided.
func TestMeetInstallation(t *testing.T) {
	b := newBench(t)
	meet := func(id, issue string, undecided, fresh bool) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			u, f, err := tx.MeetInstallation(t.Context(), store.Other{ID: id, Binding: "jira", Issue: issue})
			if u != undecided || f != fresh {
				t.Errorf("MeetInstallation(%q) = %t, %t, want %t, %t", id, u, f, undecided, fresh)
			}
			return err
		})
	}
	meet("", "ISMS-1", false, false)
	meet(b.Installation(), "ISMS-1", false, false)
	meet("ab12cd34", "ISMS-2", true, true)
	meet("ab12cd34", "ISMS-3", true, false)
	others, err := b.OtherInstallations(t.Context())
	if diff := cmp.Diff([]store.Other{{ID: "ab12cd34", Binding: "jira", Issue: "ISMS-2", Seen: b.now}}, others); err != nil || diff != "" {
		t.Errorf("OtherInstallations() = %v (-want +got):\n%s", err, diff)
	}
	var taken []string
	b.write(func(tx *store.Tx) (err error) { taken, err = tx.TakeOver(t.Context()); return err })
	if diff := cmp.Diff([]string{"ab12cd34"}, taken); diff != "" {
		t.Errorf("TakeOver() (-want +got):\n%s", diff)
	}
	meet("ab12cd34", "ISMS-3", false, false)
	meet("ef56ab78", "ISMS-4", true, true)
	b.write(func(tx *store.Tx) (err error) { taken, err = tx.TakeOver(t.Context()); return err })
	if diff := cmp.Diff([]string{"ef56ab78"}, taken); diff != "" {
		t.Errorf("TakeOver() of the next (-want +got):\n%s", diff)
	}
	if others, err := b.OtherInstallations(t.Context()); err != nil || len(others) > 0 {
		t.Errorf("OtherInstallations() after TakeOver = %v, %v, want none", others, err)
	}
}
