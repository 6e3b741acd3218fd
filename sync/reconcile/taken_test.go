package reconcile_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/internal/store"
)

// Another engine may take a record over at any moment. From then on the record is its own, and
// no write of an attempt that began before may leave: it would meet a write of the other
// engine. Here the record is taken over between each read of its twin and the write that
// follows the read.
func TestNothingIsWrittenOfARecordThatWasTakenOver(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	n, err := w.trackers.GitHub.As("erik").Open("Finding", "Accounts stay enabled.", "capa")
	w.must(err)
	for range 3 {
		w.pass()
		w.clock.Advance(10 * time.Minute)
	}
	rows, err := w.app.Store.Records(w.Context())
	w.must(err)
	id := rows[0].Record.ID

	const takenMost = 4
	var taken, writes int
	var fence int64 // of the other engine
	read, write := regexp.MustCompile(`^GET .*/issue/\d+$`), regexp.MustCompile(`^PUT .*/issue/\d+$`)
	each := func(r *http.Request) {
		switch what := r.Method + " " + r.URL.Path; {
		case read.MatchString(what) && taken < takenMost:
			taken++
			err := w.app.Store.Write(w.Context(), func(tx *store.Tx) error {
				row, err := tx.Acquire(w.Context(), id)
				fence = row.Fence
				return err
			})
			if err != nil {
				t.Error(err)
			}
		case write.MatchString(what):
			writes++
			rows, err := w.app.Store.Records(w.Context())
			if err != nil {
				t.Error(err)
				return
			}
			if rows[0].Fence <= fence {
				t.Errorf("a write left although another engine had taken the record over %d times", taken)
			}
		}
	}
	w.wire.each.Store(&each)
	w.must(w.trackers.GitHub.As("erik").Retitle(n, "Finding, renamed"))
	for range takenMost + 1 {
		w.pass()
		w.clock.Advance(10 * time.Minute)
	}
	if is, ok := w.trackers.Jira.Snapshot("ISMS-1"); !ok || is.Fields["summary"] != "Finding, renamed" {
		t.Errorf("the twin says %q, want the new title once nobody else took the record over", is.Fields["summary"])
	}
	if taken != takenMost || writes == 0 {
		t.Errorf("the record was taken over %d times and written %d times, want %d times and at least once", taken, writes, takenMost)
	}
}
