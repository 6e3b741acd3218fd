package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A text names another record by its number or by one of its issues. A record is not its
// own duplicate, however it calls itself.
func TestExisting(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.record(), b.record()
	for _, l := range []struct{ binding, id, key, rec string }{
		{"gh", "1", "acme/isms#1", one.ID}, {"gh", "2", "acme/isms#2", two.ID}, {"jira", "10", "ISMS-3", two.ID},
	} {
		b.write(func(tx *store.Tx) error {
			is := &connectors.Issue{Ref: connectors.Ref{ID: l.id, Key: l.key}}
			return tx.PutBoundIssue(t.Context(), store.BoundIssue{Binding: l.binding, Ref: is.Ref, RecordID: l.rec, Role: "record", State: store.IssueBound, Issue: is})
		})
	}
	names := []string{one.Ref, two.Ref, strings.ToLower(two.Ref), "NC-1999-0001", "#1", "#2", "#3", "acme/isms#2", "acme/other#2", "ISMS-3", "ISMS-4"}
	it := register.Other{ID: two.ID, Ref: two.Ref, State: register.Reported}
	want := map[string]register.Other{two.Ref: it, strings.ToLower(two.Ref): it, "#2": it, "acme/isms#2": it, "ISMS-3": it}
	got, err := b.Existing(t.Context(), one.ID, names)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Existing (-want +got):\n%s", diff)
	}
	var inside map[string]register.Other
	b.write(func(tx *store.Tx) (err error) {
		inside, err = tx.Existing(t.Context(), one.ID, names)
		return err
	})
	if diff := cmp.Diff(got, inside); diff != "" {
		t.Errorf("Existing of a transaction differs (-reader +transaction):\n%s", diff)
	}
	if got, err := b.Existing(t.Context(), one.ID, nil); err != nil || len(got) > 0 {
		t.Errorf("Existing of no name = %v, %v", got, err)
	}
}

// TestLinksAreFollowed: what a record leads to is found over several steps, for each kind by
// itself, and a link that ended leads nowhere.
func TestLinksAreFollowed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two, three := b.record(), b.record(), b.record()
	link := func(r *register.Record, kind register.LinkKind, to register.Record, void string) {
		r.Links = append(r.Links, register.Link{Kind: kind, To: to.ID, Ref: to.Ref, Void: void})
	}
	link(&one, register.DuplicateOf, two, "")
	link(&one, register.RecurrenceOf, three, "it was another cause")
	link(&two, register.DuplicateOf, three, "")
	link(&three, register.SplitFrom, one, "")
	b.write(func(tx *store.Tx) error {
		for _, r := range []register.Record{one, two, three} {
			row, err := tx.Acquire(t.Context(), r.ID)
			if err == nil {
				_, err = tx.SaveRecord(t.Context(), r, row.Fence)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	got, err := b.Existing(t.Context(), three.ID, []string{one.Ref})
	want := map[string]register.Other{one.Ref: {ID: one.ID, Ref: one.Ref, State: register.Reported, Leads: map[register.LinkKind][]string{
		register.DuplicateOf: {two.ID, three.ID},
	}}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("Existing (-want +got), %v:\n%s", err, diff)
	}
	to, err := b.LinksTo(t.Context(), three.ID)
	if diff := cmp.Diff([]store.LinkFrom{{register.DuplicateOf, register.Other{ID: two.ID, Ref: two.Ref, State: register.Reported}}}, to); err != nil || diff != "" {
		t.Errorf("LinksTo (-want +got), %v:\n%s", err, diff)
	}
	back, err := b.Record(t.Context(), one.Ref)
	if diff := cmp.Diff(one.Links, back.Record.Links); err != nil || diff != "" {
		t.Errorf("links of the record (-want +got), %v:\n%s", err, diff)
	}
}
