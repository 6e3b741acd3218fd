package store_test

import (
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
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

// Words are untrue after each change of what lists show of a record, and after no other change.
func TestWhatMakesLinesUntrue(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec, other := b.record(), b.record()
	now, end := b.now, b.now.AddDate(1, 0, 0)
	issue := &connectors.Issue{Ref: connectors.Ref{ID: "1", Key: "acme/isms#1"}, Version: "1", URL: "https://github.example/acme/isms/issues/1"}
	link := store.BoundIssue{Binding: "gh", Ref: issue.Ref, RecordID: rec.ID, Role: "record", State: store.IssueFresh, Base: plan.Base{}}
	clash := plan.Conflict{Field: register.FieldTitle}
	comment := connectors.Comment{ID: "7", Body: "/capa close", Created: now, Updated: now}
	// fresh keeps words for both records; stale are the records whose words are untrue then.
	fresh := func() {
		lines, err := b.StaleLines(t.Context(), now, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range lines {
			lines[i].Doc, lines[i].Until = "{}", end
		}
		b.write(func(tx *store.Tx) error { return tx.PutLines(t.Context(), 7, lines) })
	}
	for _, c := range []struct {
		what   string
		change func(*store.Tx) error
		untrue bool
	}{
		{"an issue is bound", func(tx *store.Tx) error { return tx.PutBoundIssue(t.Context(), link) }, true},
		{"the issue is seen", func(tx *store.Tx) error {
			link.State, link.Issue = store.IssueBound, issue
			return tx.PutBoundIssue(t.Context(), link)
		}, true},
		{"it is seen again as it was", func(tx *store.Tx) error { return tx.PutBoundIssue(t.Context(), link) }, false},
		{"its address is another", func(tx *store.Tx) error {
			moved := *issue
			moved.URL, moved.Version = "https://github.example/acme/moved/issues/1", "2"
			link.Issue = &moved
			return tx.PutBoundIssue(t.Context(), link)
		}, true},
		{"somebody comments", func(tx *store.Tx) error {
			_, err := tx.PutComments(t.Context(), "gh", "1", []connectors.Comment{comment})
			return err
		}, true},
		{"the comment is heard", func(tx *store.Tx) error { return tx.Heard(t.Context(), "gh", "1") }, false},
		{"the comment is edited", func(tx *store.Tx) error {
			comment.Body, comment.Updated = "/capa reopen", now.Add(time.Minute)
			_, err := tx.PutComments(t.Context(), "gh", "1", []connectors.Comment{comment})
			return err
		}, true},
		{"the comments are forgotten", func(tx *store.Tx) error { return tx.ForgetComments(t.Context(), "gh", "1") }, true},
		{"two people disagree", func(tx *store.Tx) error { return tx.PutConflict(t.Context(), rec.ID, now, clash) }, true},
		{"the conflict is settled", func(tx *store.Tx) error {
			return tx.CloseConflict(t.Context(), store.ConflictRow{RecordID: rec.ID, Conflict: clash})
		}, true},
		{"a value cannot be read", func(tx *store.Tx) error {
			return tx.SetProblems(t.Context(), rec.ID, []present.Problem{{Binding: "gh", Issue: "acme/isms#1", Field: register.FieldDue, What: "Due says soon"}})
		}, true},
		{"an attempt could not finish", func(tx *store.Tx) error { return tx.Stuck(t.Context(), rec.ID, now, "gh: is down") }, true},
		{"the next one could not, either", func(tx *store.Tx) error { return tx.Stuck(t.Context(), rec.ID, now.Add(time.Minute), "gh: is down") }, false},
		{"the record wants another attempt", func(tx *store.Tx) error { return tx.MarkDirty(t.Context(), rec.ID) }, false},
		{"the issue is gone", func(tx *store.Tx) error {
			link.State = store.IssueOrphaned
			return tx.PutBoundIssue(t.Context(), link)
		}, true},
		{"the record is changed", func(tx *store.Tx) error {
			row, err := tx.Acquire(t.Context(), rec.ID)
			if err != nil {
				return err
			}
			row.Record.Fields[register.FieldTitle] = "Two"
			_, err = tx.SaveRecord(t.Context(), row.Record, row.Fence)
			return err
		}, true},
	} {
		fresh()
		b.write(c.change)
		stale, err := b.StaleLines(t.Context(), now, 10)
		if err != nil || len(stale) > 1 || (len(stale) == 1) != c.untrue {
			t.Errorf("%s: the words of %d of two records are untrue (%v), want that of the one to be: %t", c.what, len(stale), err, c.untrue)
		}
	}
	fresh()
	b.write(func(tx *store.Tx) error { return tx.Rebind(t.Context(), "gh", "1", other.ID) })
	if stale, err := b.StaleLines(t.Context(), now, 10); err != nil || len(stale) != 2 {
		t.Errorf("an issue is bound to the other record: the words of %d records are untrue (%v), want both", len(stale), err)
	}
}
