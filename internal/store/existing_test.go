package store_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
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
	want := map[string]bool{
		one.Ref: false, two.Ref: true, strings.ToLower(two.Ref): true, "NC-1999-0001": false,
		"#1": false, "#2": true, "acme/isms#2": true, "acme/other#2": false, "ISMS-3": true, "ISMS-4": false,
	}
	want["#3"] = false
	got, err := b.Existing(t.Context(), one.ID, names)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Existing (-want +got):\n%s", diff)
	}
	var inside map[string]bool
	b.write(func(tx *store.Tx) (err error) {
		inside, err = tx.Existing(t.Context(), one.ID, names)
		return err
	})
	if diff := cmp.Diff(got, inside); diff != "" {
		t.Errorf("Existing of a transaction differs (-reader +transaction):\n%s", diff)
	}
	if got, err := b.Existing(t.Context(), one.ID, nil); err != nil || got != nil {
		t.Errorf("Existing of no name = %v, %v", got, err)
	}
}
