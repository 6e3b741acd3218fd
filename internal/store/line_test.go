package store_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// Words are kept until the record is changed, until the day that they name, and under the number that they were made with; words
// that were made of a record before a change are not kept after it.
func TestLinesAreTrueOrNotThere(t *testing.T) {
	t.Parallel()
	b, all := browsed(t)
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	stale := func(at time.Time) []store.KeptLine {
		out, err := b.StaleLines(t.Context(), at, 100)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	put := func(under int64, lines ...store.KeptLine) {
		b.write(func(tx *store.Tx) error { return tx.PutLines(t.Context(), under, lines) })
	}
	kept := func(under int64, at time.Time, of []store.KeptLine) int {
		var ns []int64
		for _, k := range of {
			ns = append(ns, k.N)
		}
		out, err := b.Lines(t.Context(), ns, under, at)
		if err != nil {
			t.Fatal(err)
		}
		return len(out)
	}
	lines := stale(now)
	if len(lines) != len(all) || kept(7, now, lines) != 0 {
		t.Fatalf("of %d new records, %d have no words yet", len(all), len(lines))
	}
	for i := range lines {
		lines[i].Doc, lines[i].Until = "{}", now.AddDate(0, 0, i+1)
	}
	changed := all["Access review late"]
	changed.Fields[register.FieldTitle] = "Access review is late"
	b.save(t, changed) // after its words were made
	put(7, lines...)
	if got := kept(7, now, lines); got != len(lines)-1 {
		t.Errorf("%d words are kept, want all but those of the record that was changed meanwhile", got)
	}
	if kept(8, now, lines) != 0 {
		t.Error("words pass for those of another policy")
	}
	late := stale(now)
	if len(late) != 1 {
		t.Fatalf("%d records wait for words", len(late))
	}
	late[0].Doc, late[0].Until = "{}", now.AddDate(9, 0, 0)
	put(7, late...)
	before := kept(7, now, lines)
	b.save(t, changed)
	b.write(func(tx *store.Tx) error {
		return tx.SetProblems(t.Context(), all["Restore test failed"].ID, nil) // as they were
	})
	if got := kept(7, now, lines); before != len(lines) || got != before-1 {
		t.Errorf("after a change, %d words of %d are true", got, before)
	}
	if got := kept(7, now.AddDate(0, 0, 2), lines); got >= before-1 {
		t.Errorf("two days later, %d words are true", got)
	}
	b.write(func(tx *store.Tx) error {
		n, err := tx.OutdatedLines(t.Context(), 8)
		if n != int64(before-1) {
			t.Errorf("%d words are those of another policy", n)
		}
		return err
	})
	again := stale(now)
	if len(again) != len(lines) {
		t.Errorf("under another policy, %d of %d records wait for words", len(again), len(lines))
	}
	for i := range again {
		again[i].Until = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	put(8, again...)
	late = stale(time.Now().AddDate(1, 0, 0))
	b.write(func(tx *store.Tx) error { return tx.ClockSet(t.Context()) })
	if got := len(stale(time.Now().AddDate(1, 0, 0))); len(late) != 0 || got != len(lines) {
		t.Errorf("after the clock was set, %d of %d records wait for words, and %d did before", got, len(lines), len(late))
	}
}

// The register keeps count of the records of each facet.
func TestFacetsAreCounted(t *testing.T) {
	t.Parallel()
	b, all := browsed(t)
	same := func(after string) {
		t.Helper()
		var wrong int
		err := b.Reader().QueryRowContext(t.Context(), `SELECT count(*) FROM (SELECT * FROM (SELECT name, value, count(*) AS n FROM facet GROUP BY name, value EXCEPT SELECT name, value, n FROM facet_count)
UNION ALL SELECT * FROM (SELECT name, value, n FROM facet_count EXCEPT SELECT name, value, count(*) FROM facet GROUP BY name, value))`).Scan(&wrong)
		if err != nil || wrong > 0 {
			t.Errorf("after %s, %d facets are miscounted (%v)", after, wrong, err)
		}
	}
	same("records were filed")
	r := all["access for leavers"]
	r.State, r.Fields[register.FieldOwner], r.Fields[register.FieldRequirements] = register.Analysis, "olga", "A.5.18"
	b.save(t, r)
	same("a change")
	for _, problems := range []bool{true, true, false} {
		b.write(func(tx *store.Tx) error {
			var ps []present.Problem
			if problems {
				ps = append(ps, present.Problem{Binding: "gh", Issue: "acme/isms#1", Field: register.FieldDue, What: "Due says soon"})
			}
			return tx.SetProblems(t.Context(), r.ID, ps)
		})
		same("a problem")
	}
}
