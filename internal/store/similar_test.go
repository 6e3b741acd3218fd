package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// closedIn saves a record that was closed on a day of 2026 and says what cause it had.
func closedIn(t *testing.T, b *bench, day int, category, problem string) register.Record {
	t.Helper()
	r := b.record()
	r.State, r.Closed = register.Closed, time.Date(2026, 1, day, 9, 0, 0, 0, time.UTC)
	r.Fields[register.FieldRequirements], r.Fields[register.FieldCategory], r.Fields[register.FieldProblem] = "A.5.18", category, problem
	saveRecord(t, b, r)
	return r
}

func saveRecord(t *testing.T, b *bench, r register.Record) {
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

// A closed record is found by a pair of values or by two words of its texts, for a year, while it
// stays closed.
func TestSimilar(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	process := closedIn(t, b, 10, "process", "Contractors opened the archive.")
	words := closedIn(t, b, 20, "people", "Visitors returned no badges at the reception.")
	closedIn(t, b, -400, "process", "Visitors returned no badges at the reception.")
	fresh := b.record()
	fresh.Recorded = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)
	finds := func(what string, as []register.Record, want ...register.Record) {
		t.Helper()
		found, err := b.Similar(t.Context(), as...)
		if err != nil {
			t.Fatal(err)
		}
		var got, refs []string
		for _, r := range found {
			got = append(got, r.Ref)
		}
		for _, r := range want {
			refs = append(refs, r.Ref)
		}
		if diff := cmp.Diff(refs, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	with := func(f register.Field, v string) register.Record {
		r := fresh.Clone()
		r.Fields[f] = v
		return r
	}
	finds("nothing in common", []register.Record{fresh})
	fresh.Fields[register.FieldRequirements] = "Annex A 5.18"
	finds("the requirement alone", []register.Record{fresh})
	finds("requirement and category", []register.Record{with(register.FieldCategory, "process")}, process)
	finds("two words", []register.Record{with(register.FieldProblem, "The reception has no list of badges for the suppliers of lifts.")}, words)
	finds("one word", []register.Record{with(register.FieldProblem, "The reception has no list of keys for the suppliers of lifts.")})
	finds("a text of too few words to be like another one", []register.Record{with(register.FieldProblem, "The reception has badges.")})
	finds("as an issue shows it", []register.Record{fresh, with(register.FieldCategory, "people"), with(register.FieldCategory, "process")}, process, words)
	observation := with(register.FieldCategory, "process")
	observation.Fields[register.FieldKind] = string(register.Observation)
	finds("an observation", []register.Record{observation})
	linked := fresh.Clone()
	linked.Links = []register.Link{{Kind: register.RecurrenceOf, To: words.ID, Ref: words.Ref}}
	finds("a link", []register.Record{linked}, words)

	process.State, process.Closed = register.Analysis, time.Time{}
	saveRecord(t, b, process)
	finds("after it was taken up again", []register.Record{with(register.FieldCategory, "process")})
}

// The records of an earlier version are found after the migration as if they had been written by
// this one.
func TestSimilarIsFilledFromTheRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	closedIn(t, b, 10, "process", "Contractors opened the archive.")
	closedIn(t, b, 20, "people", "Visitors returned no badges at the reception.")
	b.record()
	before, err := store.SimilarRows(t.Context(), b.DB())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.MakeSimilar(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	after, err := store.SimilarRows(t.Context(), b.DB())
	if diff := cmp.Diff(before, after); diff != "" || err != nil || len(after) < 8 {
		t.Errorf("the table after the migration, %d rows, %v (-written +filled):\n%s", len(after), err, diff)
	}
}
