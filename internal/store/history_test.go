package store_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

var historyEntries = flag.Int("history.entries", 60_000, "length of the log that TestAnOldLogIsIndexed indexes")

// seqs returns the numbers of all entries about a record, as a newest page and those
// behind it.
func (b *bench) seqs(rec register.Record) []int64 {
	b.Helper()
	var out []int64
	before := int64(1 << 40)
	for {
		page, err := b.History(b.Context(), rec.ID, before, 3)
		if err != nil {
			b.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		var seqs []int64
		for _, e := range page {
			seqs = append(seqs, e.Seq)
		}
		before, out = page[0].Seq, append(seqs, out...)
	}
	forward, err := b.HistoryFrom(b.Context(), rec.ID, 0, 1000)
	if err != nil {
		b.Fatal(err)
	}
	var same []int64
	for _, e := range forward {
		same = append(same, e.Seq)
	}
	if diff := cmp.Diff(out, same); diff != "" {
		b.Errorf("History and HistoryFrom differ (-back +forth):\n%s", diff)
	}
	return out
}

// fits checks that the index is what the log and the links give.
func (b *bench) fits() {
	b.Helper()
	got, err := store.IndexRows(b.Context(), b.DB())
	if err != nil {
		b.Fatal(err)
	}
	want, err := b.Reindexed(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		b.Errorf("the index is not what the log gives (-log +index):\n%s", diff)
	}
}

// aboutIssue is an entry about an issue of the binding gh.
func aboutIssue(v audit.Verb, id string) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone},
		Origin:  audit.Origin{Binding: "gh", Issue: id, Key: "acme/isms#" + id, Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectIssue, ID: id, Ref: "acme/isms#" + id},
	}
}

func moves(id string, from, to register.Record) audit.Entry {
	e := aboutIssue(audit.SyncMoved, id)
	e.Changes = []audit.FieldChange{{Field: "record", Before: audit.NewText(from.ID), After: audit.NewText(to.ID)}}
	return e
}

func (b *bench) bind(t *store.Tx, id string, rec register.Record) error {
	return t.PutBoundIssue(b.Context(), store.BoundIssue{
		Binding: "gh", Ref: connectors.Ref{ID: id, Key: "acme/isms#" + id}, RecordID: rec.ID, Role: string(mapping.RoleAction), State: store.IssueBound,
	})
}

// The history of a record holds what was said about it and about its issues: from
// before they were bound to it, and until they left it.
func TestHistoryFollowsIssues(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	one, two := b.record(), b.record() // entries 0 and 1
	say := func(es ...audit.Entry) {
		b.write(func(t *store.Tx) error {
			for _, e := range es {
				t.Audit(e)
			}
			return nil
		})
	}
	aside := aboutIssue(audit.SyncProblem, "7")
	say(aside, aboutIssue(audit.SyncProblem, "8")) // 2, 3: quarantined
	b.write(func(t *store.Tx) error { return b.bind(t, "7", one) })
	brake := aboutIssue(audit.BrakeEngaged, "gh")
	brake.Subject.Type = audit.SubjectBinding
	say(aboutIssue(audit.SyncProblem, "7"), brake) // 4, 5
	b.write(func(tx *store.Tx) error {
		tx.Audit(aboutIssue(audit.SyncPulled, "7")) // 6: before the move, in its transaction
		if err := tx.Rebind(t.Context(), "gh", "7", two.ID); err != nil {
			return err
		}
		tx.Audit(moves("7", one, two)) // 7
		return nil
	})
	say(aboutIssue(audit.SyncProblem, "7"), entry(one)) // 8, 9
	// A link that stands already keeps its record, whatever is put.
	b.write(func(t *store.Tx) error { return b.bind(t, "7", one) })
	for _, c := range []struct {
		name string
		rec  register.Record
		want []int64
	}{
		{"the record that the issue left", one, []int64{0, 2, 4, 6, 7, 9}},
		{"the record that the issue came to", two, []int64{1, 2, 4, 6, 7, 8}},
		{"no record", register.Record{ID: "nobody"}, nil},
	} {
		if diff := cmp.Diff(c.want, b.seqs(c.rec)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	b.fits()
}

// Whatever happens to issues and records, the index that grew with the log is the one
// that the log alone gives.
func TestHistoryFitsTheLog(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		b := newBench(t)
		rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // repeatable
		recs := []register.Record{b.record(), b.record(), b.record()}
		at := map[string]register.Record{}
		for range 60 {
			id := fmt.Sprint(rng.IntN(4))
			rec := recs[rng.IntN(len(recs))]
			was, bound := at[id]
			b.write(func(tx *store.Tx) error {
				for range rng.IntN(3) {
					tx.Audit(aboutIssue(audit.SyncProblem, id))
				}
				switch x := rng.IntN(4); {
				case x == 0 && !bound:
					at[id] = rec
					return b.bind(tx, id, rec)
				case x == 1 && bound && was.ID != rec.ID:
					at[id] = rec
					if err := tx.Rebind(t.Context(), "gh", id, rec.ID); err != nil {
						return err
					}
					tx.Audit(moves(id, was, rec))
				case x == 2:
					tx.Audit(entry(rec))
					_, err := tx.Flush(t.Context())
					return err
				}
				return nil
			})
		}
		b.fits()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// What is rolled back is in neither the log nor its index.
func TestHistoryRollsBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	failed := fmt.Errorf("no")
	err := b.Write(t.Context(), func(tx *store.Tx) error {
		tx.Audit(entry(rec))
		if _, err := tx.Flush(t.Context()); err != nil {
			return err
		}
		return failed
	})
	if err == nil {
		t.Fatal("a write that failed was committed")
	}
	if diff := cmp.Diff([]int64{0}, b.seqs(rec)); diff != "" {
		t.Errorf("history after a rollback (-want +got):\n%s", diff)
	}
	b.fits()
}

// A page of a history is a stretch of the index: its cost does not grow with the log,
// nor with the history.
func TestHistoryIsARangeScan(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for query, args := range map[string][]any{
		store.HistoryBefore: {"x", 9, 10},
		store.HistoryFrom:   {"x", 9, 10},
	} {
		plan := b.explain(query, args...)
		if !strings.Contains(plan, "SEARCH history USING PRIMARY KEY (about=? AND seq") || strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") {
			t.Errorf("%s: %s, want a range of the primary key and no sorting", query, plan)
		}
	}
}

// explain returns how SQLite executes a query.
func (b *bench) explain(query string, args ...any) string {
	b.Helper()
	rows, err := b.Reader().QueryContext(b.Context(), "EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var what string
		if err := rows.Scan(&id, &parent, &unused, &what); err != nil {
			b.Fatal(err)
		}
		out = append(out, what)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return strings.Join(out, "; ")
}

// The log of an older conformd is indexed when it is opened, once. Until then a
// command that only reads says that the index is missing.
func TestAnOldLogIsIndexed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.fill(*historyEntries)
	rec := b.record()
	// An entry that somebody has changed keeps nobody from starting, and is for a
	// verification to find.
	for _, stmt := range []string{"DROP TRIGGER audit_entry_no_update", "UPDATE audit_entry SET leaf = CAST('{' AS BLOB) WHERE seq = 1"} {
		if _, err := b.DB().ExecContext(t.Context(), stmt); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	if err := store.MakeHistory(t.Context(), b.DB()); err != nil {
		t.Fatal(err)
	}
	t.Logf("a log of %d entries was indexed in %v", *historyEntries+1, time.Since(began).Round(time.Millisecond))
	if diff := cmp.Diff([]int64{int64(*historyEntries)}, b.seqs(rec)); diff != "" {
		t.Errorf("history after the migration (-want +got):\n%s", diff)
	}
	got, err := store.IndexRows(t.Context(), b.DB())
	if err != nil || len(got) != *historyEntries {
		t.Errorf("the index has %d rows, %v, want one for each of the %d entries that can be read", len(got), err, *historyEntries)
	}
}

// fill appends entries about 500 records.
func (b *bench) fill(n int) {
	b.Helper()
	for done := 0; done < n; {
		b.write(func(t *store.Tx) error {
			for range min(1000, n-done) {
				t.Audit(pulled(register.Record{ID: fmt.Sprintf("%08d-0000-4000-8000-000000000000", done%500), Ref: "NC-2026-0001"}, done))
				done++
			}
			return nil
		})
	}
}

// A copy of the database has the index that fits its log, and goes on with it.
func TestHistoryInACopy(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rec := b.record()
	dir := t.TempDir()
	if err := b.CopyTo(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	b.write(func(t *store.Tx) error { // lost with the restore
		t.Audit(entry(rec))
		return nil
	})
	b.close()
	b.options.Dir = dir
	b.open()
	b.write(func(t *store.Tx) error {
		e := entry(rec)
		e.Reason = "after the restore"
		t.Audit(e)
		return nil
	})
	page, err := b.History(t.Context(), rec.ID, 10, 10)
	if err != nil {
		t.Fatal(err)
	}
	if len(page) != 2 || page[1].Entry.Reason != "after the restore" {
		t.Errorf("the history of the copy is %+v, want its own entry 1 and not the one that was lost", page)
	}
	b.fits()
}
