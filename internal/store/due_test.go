package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A search by date finds the open records with such a date and those without any, of
// everybody or of one person, and follows each change of a record.
func TestDueUntil(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	save := func(r register.Record) {
		t.Helper()
		b.write(func(tx *store.Tx) error {
			row, err := tx.Acquire(t.Context(), r.ID)
			if err != nil {
				return err
			}
			_, err = tx.SaveRecord(t.Context(), r, row.Fence)
			return err
		})
	}
	dated := func(owner, reviewer, date string) register.Record {
		r := b.record()
		r.State = register.Verifying
		r.Fields[register.FieldOwner], r.Fields[register.FieldReviewer] = owner, reviewer
		r.Dates = []register.MilestoneDate{{Milestone: register.MilestoneVerification, Date: date}}
		save(r)
		return r
	}
	holds := func(day, person string, want ...register.Record) {
		t.Helper()
		rows, err := b.RecordsDue(t.Context(), day, person)
		if err != nil {
			t.Fatal(err)
		}
		var got, refs []string
		for _, row := range rows {
			got = append(got, row.Record.Ref)
		}
		for _, r := range want {
			refs = append(refs, r.Ref)
		}
		slices.Sort(got)
		if diff := cmp.Diff(refs, got); diff != "" {
			t.Errorf("due until %s of %q (-want +got):\n%s", day, person, diff)
		}
	}
	undated := b.record()
	april, may := dated("erik", "rita", "2026-04-01"), dated("olga", "erik", "2026-05-01")
	closed := dated("erik", "rita", "2026-04-01")
	closed.State = register.Closed
	save(closed)

	holds("2026-03-31", "", undated)
	holds("2026-04-30", "", undated, april)
	holds("2026-05-01", "", undated, april, may)
	holds("2026-05-01", "erik", april, may) // owner of one, reviewer of the other
	holds("2026-05-01", "olga", may)
	holds("2026-04-30", "olga")
	holds("2026-05-01", "irene")

	// A later date, another owner, and an action that becomes due.
	april.Extensions = []register.Extension{{Milestone: register.MilestoneVerification, To: "2026-07-01", Date: "2026-07-01", State: register.ExtensionApproved}}
	save(april)
	may.Fields[register.FieldOwner] = "irene"
	may.Actions = []register.Action{{ID: "gh:9", Title: "Train everybody", Assignee: "olga", Due: "2026-04-10", State: register.ActionProposed}}
	save(may)
	holds("2026-06-30", "", undated, may)
	holds("2026-07-01", "erik", april, may)
	holds("2026-04-10", "olga", may)
	holds("2026-04-10", "irene", may)
}

// The records of an earlier version are found after the migration as if they had been
// written by this one.
func TestDueIsFilledFromTheRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for n := range 3 {
		r := b.record()
		b.write(func(tx *store.Tx) error {
			row, err := tx.Acquire(t.Context(), r.ID)
			if err != nil {
				return err
			}
			r.Fields[register.FieldOwner] = "erik"
			r.Dates = []register.MilestoneDate{{Milestone: register.MilestoneTriage, Date: time.Date(2026, 4, n+1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}}
			_, err = tx.SaveRecord(t.Context(), r, row.Fence)
			return err
		})
	}
	b.record()
	before, err := store.DueRows(t.Context(), b.DB())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.MakeDue(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	after, err := store.DueRows(t.Context(), b.DB())
	if diff := cmp.Diff(before, after); diff != "" || err != nil || len(after) != 4 {
		t.Errorf("the table after the migration, %d rows, %v (-written +filled):\n%s", len(after), err, diff)
	}
}
