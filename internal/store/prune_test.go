package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// Pruning drops what is done and old, however much of it there is, and nothing that
// anything is decided by: every answer of the store is the same as before.
func TestPrune(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	const many = 1200 // more than one transaction drops
	fill := func(from int) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			for i := range many {
				seq := int64(from + i)
				marker := fmt.Sprint("m", seq)
				if seq == 1 {
					marker = "rec-aaaa"
				}
				if err := tx.AddIntent(t.Context(), store.Intent{Seq: seq, RecordID: rec.ID, Binding: "gh", Op: store.OpCreate, Marker: marker}); err != nil {
					return err
				}
				if i > 2 { // the others have no outcome
					if err := tx.CloseIntent(t.Context(), seq); err != nil {
						return err
					}
				}
				if err := tx.AddRevert(t.Context(), rec.ID, "gh", register.FieldTitle, b.now); err != nil {
					return err
				}
				if _, err := tx.Receive(t.Context(), "gh", fmt.Sprint("delivery", seq), "issues", b.now.Add(-time.Hour)); err != nil {
					return err
				}
				if err := tx.PutConflict(t.Context(), rec.ID, b.now.Add(time.Duration(i)*time.Millisecond), plan.Conflict{Field: register.FieldTitle, Winner: "gh"}); err != nil {
					return err
				}
			}
			if err := tx.PutConflict(t.Context(), rec.ID, b.now, plan.Conflict{Field: register.FieldOwner}); err != nil {
				return err
			}
			if err := tx.PutOutbound(t.Context(), rec.ID, []plan.Outbound{{Binding: "gh", Digest: fmt.Sprint("d", from), Load: plan.Load{Records: 1}}}); err != nil {
				return err
			}
			_, err := tx.Admit(t.Context(), rec.ID, "gh", plan.Limits{Floor: 10}, time.Hour, 0)
			return err
		})
	}
	fill(1)
	b.now = b.now.AddDate(0, 0, 100)
	fill(many + 1)
	answers := func() map[string]any {
		t.Helper()
		out := map[string]any{}
		b.write(func(tx *store.Tx) (err error) {
			if out, err = shownOf(t.Context(), tx, rec.ID); err != nil {
				return err
			}
			delete(out, "spent") // of all time; the budget asks for an hour
			if out["hour"], err = tx.Spent(t.Context(), []string{"gh"}, b.now.Add(-time.Hour)); err != nil {
				return err
			}
			reverts, err := tx.Reverts(t.Context(), rec.ID, b.now.Add(-24*time.Hour))
			if err != nil {
				return err
			}
			out["reverts"] = fmt.Sprint(reverts)
			load, bound, err := tx.Judged(t.Context(), "gh", time.Hour)
			out["judged"], out["bound"] = load, bound
			return err
		})
		out["log"] = b.entries()
		return plain[map[string]any](t, marshal(t, out))
	}
	before := answers()
	n, err := b.Prune(t.Context(), b.now.AddDate(0, 0, -90))
	if err != nil {
		t.Fatal(err)
	}
	// All but the writes without an outcome and the conflict that is open; what was let go
	// at the brake was forgotten by the brake itself.
	if want := int64(4*many - 3); n != want {
		t.Errorf("Prune dropped %d rows, want %d", n, want)
	}
	if diff := cmp.Diff(before, answers()); diff != "" {
		t.Errorf("what the store answers (-before Prune +after):\n%s", diff)
	}
	if n, err := b.Prune(t.Context(), b.now.AddDate(0, 0, -90)); n != 0 || err != nil {
		t.Errorf("the second Prune dropped %d rows, %v", n, err)
	}
}
