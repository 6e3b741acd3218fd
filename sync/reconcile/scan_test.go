package reconcile_test

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/ingest"
)

// listing matches the requests that list the issues of the repository.
const listing = "^GET /repos/acme/isms/issues$"

// pages starts a world whose repository takes three pages to list.
func pages(t *testing.T) *world {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	_, err := w.trackers.GitHub.Seed("erik", 250, func(k int) (string, string, []string) {
		return fmt.Sprint("Finding ", k), "", []string{"capa"}
	})
	w.must(err)
	return w
}

// slow has the request for the second page take two minutes.
func (w *world) slow() {
	m := &meanwhile{match: regexp.MustCompile(listing), acts: []func(){func() { w.clock.Advance(2 * time.Minute) }}}
	m.skip.Store(1)
	w.wire.meanwhile.Store(m)
}

func (w *world) scanned(records int) store.Binding {
	w.Helper()
	rows, err := w.daemon().Store.Records(w.Context())
	w.must(err)
	if len(rows) != records {
		w.Errorf("%d records, want %d", len(rows), records)
	}
	row, err := w.app.Store.Binding(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	return row
}

// A scan that breaks off on its second page goes on there, also after a restart, and the
// cursor moves to the time at which it began.
func TestAScanGoesOnWhereItBrokeOff(t *testing.T) {
	w := pages(t)
	began := w.clock.Now()
	w.trackers.GitHub.Faults().Add(simkit.Fault{Method: "GET", Path: "/repos/acme/isms/issues$", Do: simkit.Status, Status: 500, Skip: 2, Times: -1}) // the first request asks what conformd made there
	if _, err := w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding); err == nil {
		t.Fatal("Poll with a failing page = nil, want its error")
	}
	row := w.scanned(100)
	if row.Scan.Kind != store.ScanWhole || row.Scan.Through.IsZero() || !row.Since.IsZero() || row.Problem == "" {
		t.Errorf("after the first page: %+v, want its progress and the problem, and no cursor", row)
	}
	w.kill()
	w.trackers.GitHub.Faults().Clear()
	w.forgetRequests()
	w.clock.Advance(time.Hour)
	if got, err := w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding); err != nil || got.More {
		t.Fatalf("Poll = %+v, %v, want the end of the scan", got, err)
	}
	row = w.scanned(250)
	if row.Scan != (store.Progress{}) || row.Problem != "" || row.Since.Sub(began).Abs() > 10*time.Second {
		t.Errorf("after the scan: %+v, want no progress, no problem, and the cursor where the scan began, %s", row, began)
	}
	if n := w.trackers.GitHub.Faults().Count("GET", "/repos/acme/isms/issues$"); n != 2 {
		t.Errorf("%d requests list the rest, want 2", n)
	}
}

// A scan of everything that takes longer than a job may take goes on in the next one, and
// still knows at its end what it has shown.
func TestALongScanTakesSeveralJobs(t *testing.T) {
	w := pages(t)
	whole := func(want int) (missing int) {
		t.Helper()
		w.slow()
		got, err := w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)
		w.must(err)
		if !got.More || got.Issues >= want {
			t.Fatalf("the first part of the scan = %+v, want a part", got)
		}
		w.kill()
		rest, err := w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)
		w.must(err)
		if rest.More || got.Issues+rest.Issues < want {
			t.Errorf("the second part = %+v after %+v, want the rest of %d issues", rest, got, want)
		}
		return rest.Missing
	}
	if missing := whole(250); missing != 0 {
		t.Errorf("%d issues are missing from the first scan, want none", missing)
	}
	w.scanned(250)
	if missing := whole(250); missing != 0 {
		t.Errorf("%d issues are missing from a sweep in two parts, want none", missing)
	}
	w.must(w.trackers.GitHub.As("admin").Delete(7))
	if missing := whole(249); missing != 1 {
		t.Errorf("%d issues are missing, want the one that was deleted", missing)
	}
	w.scanned(250)
}

// A sweep that is due while a poll is under way takes its place: it lists more.
func TestASweepTakesThePlaceOfAPoll(t *testing.T) {
	w := pages(t)
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	w.clock.Advance(time.Minute)
	w.slow()
	got, err := w.app.Ingest.Poll(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	if row := w.scanned(250); !got.More || row.Scan.Kind != store.ScanPoll {
		t.Errorf("under way is %+v, want the poll", row.Scan)
	}
	found, err := w.app.Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	if row := w.scanned(250); found.Issues != 250 || row.Swept.IsZero() || row.Scan != (store.Progress{}) {
		t.Errorf("the sweep listed %d of 250 issues and left %+v", found.Issues, row)
	}
}

func ignoreMore(_ ingest.Scanned, err error) error { return err }
