package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// An issue is named by its address; one that conformd has created and not seen yet, or that has no address, by its key. A
// record without an issue has none. None of them has a comment of conformd yet.
func TestIssueAddresses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	seen, fresh, bare, none := b.record(), b.record(), b.record(), b.record()
	b.write(func(tx *store.Tx) error {
		for id, x := range map[string]store.BoundIssue{
			"1": {RecordID: seen.ID, State: store.IssueBound, Issue: &connectors.Issue{Ref: connectors.Ref{ID: "1", Key: "acme/isms#1"}, URL: "https://github.example/acme/isms/issues/1"}},
			"2": {RecordID: fresh.ID, State: store.IssueFresh},
			"3": {RecordID: bare.ID, State: store.IssueBound, Issue: &connectors.Issue{Ref: connectors.Ref{ID: "3", Key: "acme/isms#3"}}},
		} {
			x.Binding, x.Ref, x.Role, x.Base = "gh", connectors.Ref{ID: id, Key: "acme/isms#" + id}, "record", plan.Base{}
			if err := tx.PutBoundIssue(t.Context(), x); err != nil {
				return err
			}
		}
		return nil
	})
	ids := []string{seen.ID, fresh.ID, bare.ID, none.ID}
	got, err := b.IssueAddresses(t.Context(), ids)
	want := map[string][]string{seen.ID: {"https://github.example/acme/isms/issues/1"}, fresh.ID: {"acme/isms#2"}, bare.ID: {"acme/isms#3"}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("IssueAddresses (-want +got):\n%s%v", diff, err)
	}
	messages, comments, err := b.Tellings(t.Context(), ids)
	if err != nil || len(messages)+len(comments) > 0 {
		t.Errorf("Tellings = %v, %v, %v; want nothing", messages, comments, err)
	}
}
