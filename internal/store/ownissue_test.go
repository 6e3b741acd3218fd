package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// What a listing of own issues has shown is found by its marker, until it is forgotten.
func TestOwnIssues(t *testing.T) {
	b := newBench(t)
	if fresh, err := b.New(t.Context()); err != nil || !fresh {
		t.Fatalf("New() of an empty register = %t, %v, want true", fresh, err)
	}
	ref := connectors.Ref{ID: "10001", Key: "ISMS-1"}
	put := func(key string) {
		b.write(func(tx *store.Tx) error {
			return tx.PutOwn(t.Context(), "jira", []connectors.Made{{Ref: connectors.Ref{ID: ref.ID, Key: key}, Marker: "rec-0001"}}, b.now.Add(-time.Hour))
		})
	}
	put("ISMS-1")
	put("OPS-7") // it was moved
	got, err := b.OwnIssues(t.Context(), "jira", "rec-0001")
	if diff := cmp.Diff([]connectors.Ref{{ID: "10001", Key: "OPS-7"}}, got); err != nil || diff != "" {
		t.Errorf("OwnIssues() = %v (-want +got):\n%s", err, diff)
	}
	if got, err := b.OwnIssues(t.Context(), "gh", "rec-0001"); err != nil || len(got) > 0 {
		t.Errorf("OwnIssues() of another binding = %v, %v, want none", got, err)
	}
	l, err := b.OwnListing(t.Context(), "jira")
	if err != nil || !l.At.Equal(b.now) || !l.Since.Equal(b.now.Add(-time.Hour)) {
		t.Errorf("OwnListing() = %v, %v, want now and an hour before", l, err)
	}
	b.write(func(tx *store.Tx) error { return tx.ForgetOwn(t.Context(), "jira") })
	if l, err := b.OwnListing(t.Context(), "jira"); err != nil || !l.At.IsZero() {
		t.Errorf("OwnListing() after ForgetOwn = %v, %v, want none", l, err)
	}
	if got, err := b.OwnIssues(t.Context(), "jira", "rec-0001"); err != nil || len(got) > 0 {
		t.Errorf("OwnIssues() after ForgetOwn = %v, %v, want none", got, err)
	}
	b.write(func(tx *store.Tx) error { return tx.Scanned(t.Context(), "jira", b.now, true, "") })
	if fresh, err := b.New(t.Context()); err != nil || fresh {
		t.Errorf("New() after a scan = %t, %v, want false", fresh, err)
	}
}
