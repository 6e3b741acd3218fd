package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
)

// A record that cannot be stored, whatever the reason, holds up no other, and says so
// itself. It goes on by itself once the reason is gone.
func TestStuckRecord(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	const all = 12
	for i := range all {
		_, err := w.trackers.GitHub.As("erik").Open(fmt.Sprint("Finding ", i), "### What is wrong\n\nSeen in an audit.\n", "capa", "grade/minor")
		w.must(err)
	}
	w.pass()
	_, err := w.app.Store.DB().ExecContext(t.Context(), `CREATE TRIGGER poison BEFORE UPDATE OF version ON record WHEN OLD.ref = 'NC-2026-0003' BEGIN SELECT RAISE(ABORT, 'poisoned'); END`)
	w.must(err)
	for i := range all {
		w.must(w.trackers.GitHub.As("erik").Retitle(i+1, fmt.Sprintf("Finding %d, seen twice", i)))
	}
	w.clock.Advance(time.Minute)
	w.pass()
	stuck := func() (old int, problem string) {
		t.Helper()
		rows, err := w.app.Store.Records(t.Context())
		w.must(err)
		for _, r := range rows {
			if !strings.HasSuffix(r.Record.Fields["title"], "seen twice") {
				old++
				problem = r.Problem
			}
		}
		return old, problem
	}
	if old, problem := stuck(); old != 1 || !strings.Contains(problem, "poisoned") {
		t.Fatalf("%d of %d records are not up to date, problem %q; want the poisoned one alone, which says so", old, all, problem)
	}
	for range 3 {
		w.pass()
	}
	_, err = w.app.Store.DB().ExecContext(t.Context(), "DROP TRIGGER poison")
	w.must(err)
	w.clock.Advance(11 * time.Minute)
	w.pass()
	if old, problem := stuck(); old != 0 {
		t.Errorf("the record is still stuck: %q", problem)
	}
}

// A write without an outcome to a binding that was removed holds up nothing: its record
// takes in what the other tracker says, and tells how the write is settled.
func TestWriteToARemovedBinding(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	n, err := w.trackers.GitHub.As("erik").Open("Finding", "### What is wrong\n\nSeen in an audit.\n", "capa", "grade/minor")
	w.must(err)
	w.pass()
	only := func() store.Row {
		t.Helper()
		rows, err := w.app.Store.Records(t.Context())
		w.must(err)
		if len(rows) != 1 {
			t.Fatalf("%d records, want 1", len(rows))
		}
		return rows[0]
	}
	row := only()
	ctx := w.Context()
	w.must(w.app.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Audit(audit.Entry{
			Verb: audit.WriteIntent, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone},
			Origin:  audit.Origin{Binding: "old", Trigger: audit.TriggerPoll},
			Subject: audit.Subject{Type: audit.SubjectRecord, ID: row.Record.ID, Ref: row.Record.Ref, Version: 1},
			Request: &audit.Request{Op: "issue.update", Target: "OLD-1", ReadBack: audit.Unread, Attempts: 1},
		})
		seq, err := tx.Flush(ctx)
		if err != nil {
			return err
		}
		return tx.AddIntent(ctx, store.Intent{Seq: seq, RecordID: row.Record.ID, Binding: "old", Op: store.OpUpdate})
	}))
	w.must(w.trackers.GitHub.As("erik").Retitle(n, "Renamed"))
	w.clock.Advance(time.Hour)
	w.pass()
	row = only()
	if row.Record.Fields["title"] != "Renamed" || !strings.Contains(row.Problem, "conformd queue drop "+row.Record.Ref) {
		t.Fatalf("title %q, problem %q; want the new title and the way out", row.Record.Fields["title"], row.Problem)
	}
	if _, err := w.app.Drop(ctx, row.Record.ID, "looked at OLD-1"); err != nil {
		t.Fatal(err)
	}
	w.pass()
	if row = only(); row.Problem != "" {
		t.Errorf("problem after it was settled: %q", row.Problem)
	}
}
