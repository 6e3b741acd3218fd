package reconcile_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
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
