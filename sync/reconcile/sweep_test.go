package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// In a repository in which conformd has one issue of thousands, a sweep asks for little.
func TestASweepCostsWhatIsKnown(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	g := w.trackers.GitHub
	_, err := g.Seed("erik", 3000, func(k int) (string, string, []string) { return fmt.Sprint("Task ", k), "not conformd's", nil })
	w.must(err)
	for i := range 5000 {
		_, err := g.As("erik").Comment(1+i%3000, "hello")
		w.must(err)
	}
	_, err = g.As("erik").Open("Finding", "Accounts stay enabled.", "capa")
	w.must(err)
	w.pass()
	w.clock.Advance(time.Hour)
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	w.clock.Advance(time.Hour)
	w.forgetRequests()
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	w.scanned(1)
	if n := len(g.Faults().Requests()); n != 2 {
		t.Errorf("%d requests, want one for the selected issues and one for the comments: %+v", n, g.Faults().Requests())
	}
}

// swept starts a world with 250 records, whose index is empty after the first sweep: no
// listing shows their issues.
func swept(t *testing.T) *world {
	t.Helper()
	w := pages(t)
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	w.clock.Advance(24 * time.Hour)
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	w.clock.Advance(24 * time.Hour)
	w.emptyIndex()
	return w
}

// emptyIndex has every listing of the repository show nothing.
func (w *world) emptyIndex() {
	w.trackers.GitHub.Faults().Add(simkit.Fault{Method: "GET", Path: "/repos/acme/isms/issues(/comments)?$", Do: simkit.Status, Status: 200, Body: "[]", Times: -1})
}

// link returns what is known of an issue of the repository.
func (w *world) link(n int) store.BoundIssue {
	w.Helper()
	var l store.BoundIssue
	w.must(w.daemon().Store.Write(w.Context(), func(t *store.Tx) (err error) {
		l, err = t.BoundIssueOf(w.Context(), rehearsal.GitHubBinding, connectors.Ref{Key: fmt.Sprint("acme/isms#", n)})
		return err
	}))
	return l
}

// A sweep has an issue read that changed without being listed, and leaves the others alone.
func TestASweepFindsWhatTheListingLetSlip(t *testing.T) {
	w := swept(t)
	_, err := w.trackers.GitHub.As("erik").Comment(7, "slipped")
	w.must(err)
	got, err := w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	if got.Issues != 0 || got.Missing != 0 {
		t.Errorf("Sweep = %+v, want that it lists nothing and misses nothing", got)
	}
	if !w.link(7).Stale() || w.link(8).Stale() {
		t.Errorf("the changed issue must be read: %t, an unchanged one: %t, want the first alone", w.link(7).Stale(), w.link(8).Stale())
	}
}

// A sweep that breaks off while it looks for the known issues goes on there, also after a
// restart, and still knows what it missed before.
func TestASweepGoesOnWithTheKnownIssues(t *testing.T) {
	w := swept(t)
	for _, n := range []int{7, 240} {
		w.must(w.trackers.GitHub.As("admin").Delete(n))
	}
	f := w.trackers.GitHub.Faults()
	f.Add(simkit.Fault{Method: "POST", Path: "/graphql$", Do: simkit.Status, Status: 500, Skip: 1, Times: -1})
	if _, err := w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding); err == nil {
		t.Fatal("Sweep with a failing request = nil, want its error")
	}
	if row := w.scanned(250); row.Scan.Kind != store.ScanSweep || row.Scan.Stage != store.StageKnown || row.Scan.Checked == "" {
		t.Errorf("after the first hundred: %+v, want how far it got", row.Scan)
	}
	w.kill()
	f.Clear()
	w.emptyIndex()
	w.forgetRequests()
	got, err := w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	if row := w.scanned(250); got.Missing != 2 || row.Scan != (store.Progress{}) {
		t.Errorf("the rest of the sweep = %+v and leaves %+v, want 2 missing and nothing under way", got, row.Scan)
	}
	if n := f.Count("", ""); n != 2 {
		t.Errorf("%d requests for the rest, want 2 for 150 issues: %+v", n, f.Requests())
	}
	if !w.link(7).Stale() || !w.link(240).Stale() || w.link(8).Stale() {
		t.Error("want the two missing issues read, and no other")
	}
	// They are known to be missing now.
	w.clock.Advance(24 * time.Hour)
	got, err = w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)
	if w.must(err); got.Missing != 0 {
		t.Errorf("the next sweep misses %d issues, want none again", got.Missing)
	}
}

// A quarantined issue that is deleted, or not selected any more, is forgotten.
func TestASweepForgetsQuarantinedIssues(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.platform([]string{"on"})
	w.pass()
	erik, admin := w.trackers.GitHub.As("erik").In(rehearsal.PlatformRepo), w.trackers.GitHub.As("admin").In(rehearsal.PlatformRepo)
	var aside []int
	for n := range 3 {
		i, err := erik.Open(fmt.Sprint("Action ", n), "No record is named here.", "capa-action")
		w.must(err)
		aside = append(aside, i)
	}
	binding := rehearsal.PlatformBinding
	count := func() (n int) {
		t.Helper()
		w.must(w.daemon().Store.Write(w.Context(), func(t *store.Tx) (err error) {
			_, n, err = t.QuarantinedFirst(w.Context(), binding, 1)
			return err
		}))
		return n
	}
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), binding)))
	if n := count(); n != 3 {
		t.Fatalf("%d issues are quarantined, want 3", n)
	}
	w.clock.Advance(24 * time.Hour)
	w.must(admin.Delete(aside[0]))
	w.must(erik.Unlabel(aside[1], "capa-action"))
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), binding)))
	if n := count(); n != 1 {
		t.Errorf("%d issues are quarantined, want the one that is there and selected", n)
	}
}

// An issue that is selected long after it was written to is read with its old comments,
// which no listing shows again.
func TestAnIssueThatIsSelectedLateIsReadWithItsComments(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	erik := w.trackers.GitHub.As("erik")
	n, err := erik.Open("Finding", "Accounts stay enabled.")
	w.must(err)
	_, err = erik.Comment(n, "seen in March")
	w.must(err)
	w.clock.Advance(24 * time.Hour)
	w.pass()
	w.scanned(0)
	w.clock.Advance(24 * time.Hour)
	w.must(erik.Label(n, "capa"))
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	w.scanned(1)
	if !w.link(n).Stale() {
		t.Error("the issue counts as read, want it read with its comments")
	}
	w.pass()
	if w.link(n).Stale() || w.trackers.GitHub.Faults().Count("GET", fmt.Sprintf("/issues/%d/comments$", n)) == 0 {
		t.Error("the comments of the issue were not read")
	}
}

// A sweep finds what an administrator did to all issues at once, which moves no time of
// change.
func TestASweepFindsARenamedLabel(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	n, err := w.trackers.GitHub.As("erik").Open("Finding", "Accounts stay enabled.", "capa", "grade/minor")
	w.must(err)
	w.pass()
	w.clock.Advance(24 * time.Hour)
	w.pass() // what conformd wrote is listed
	w.clock.Advance(24 * time.Hour)
	w.must(w.trackers.RenameLabel(w.Context(), "grade/minor", "x-grade/minor"))
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	if w.link(n).Stale() {
		t.Fatal("a poll noticed the renamed label, want this left to the sweep")
	}
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	if !w.link(n).Stale() {
		t.Error("the sweep did not notice the renamed label")
	}
}

// The first scan asks for the comments of each selected issue where the repository has far
// more of others, and goes on at the next issue when it was broken off.
func TestTheFirstScanReadsCommentsIssueByIssue(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	g := w.trackers.GitHub
	const selected = 20
	_, err := g.Seed("erik", selected+1, func(k int) (string, string, []string) {
		if k == selected {
			return "Task", "", nil
		}
		return fmt.Sprint("Finding ", k), "", []string{"capa"}
	})
	w.must(err)
	w.must(g.SeedComments("erik", 3000, func(k int) int {
		if k < selected {
			return 1 + k
		}
		return selected + 1
	}))
	ofOne := `/issues/\d+/comments$`
	g.Faults().Add(simkit.Fault{Method: "GET", Path: ofOne, Do: simkit.Status, Status: 500, Skip: 8, Times: -1})
	if _, err := w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding); err == nil {
		t.Fatal("Poll with a failing request = nil, want its error")
	}
	if row := w.scanned(selected); row.Scan.Stage != store.StageEach || row.Scan.Checked == "" || !row.Since.IsZero() {
		t.Errorf("after eight issues: %+v, want how far it got, and no cursor", row)
	}
	w.kill()
	g.Faults().Clear()
	w.forgetRequests()
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	if n := g.Faults().Count("GET", ofOne); n != selected-8 {
		t.Errorf("%d requests for the comments of issues after the break, want %d", n, selected-8)
	}
	if row := w.scanned(selected); row.Scan != (store.Progress{}) || row.Since.IsZero() {
		t.Errorf("after the scan: %+v, want the cursor and nothing under way", row)
	}
	for n := 1; n <= selected; n++ {
		l := w.link(n)
		cs, err := w.app.Store.Comments(w.Context(), l.Binding, l.Ref.ID, 10)
		w.must(err)
		if len(cs) != 1 || l.Stale() {
			t.Errorf("issue %d has %d comments, to be read again: %t; want the one of the first scan", n, len(cs), l.Stale())
		}
	}
}

// A new issue is not read again for its comments: they are in the listing of the same poll.
func TestANewIssueIsReadOnce(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	w.pass()
	w.clock.Advance(24 * time.Hour)
	n, err := w.trackers.GitHub.As("erik").Open("Finding", "Accounts stay enabled.", "capa")
	w.must(err)
	_, err = w.trackers.GitHub.As("erik").Comment(n, "seen today")
	w.must(err)
	w.must(ignoreMore(w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)))
	l := w.link(n)
	cs, err := w.app.Store.Comments(w.Context(), l.Binding, l.Ref.ID, 10)
	w.must(err)
	if len(cs) != 1 || l.Stale() {
		t.Errorf("the issue has %d comments, to be read again: %t; want its comment and no further read", len(cs), l.Stale())
	}
}

// The same holds for an issue that is bound and not selected any more.
func TestASweepFindsARenamedLabelOfAnUnselectedIssue(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	erik := w.trackers.GitHub.As("erik")
	n, err := erik.Open("Finding", "Accounts stay enabled.", "capa", "grade/minor")
	w.must(err)
	w.pass()
	w.must(erik.Unlabel(n, "capa"))
	w.clock.Advance(24 * time.Hour)
	w.pass()
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	if w.link(n).Stale() {
		t.Fatal("a sweep has the issue read though nothing changed")
	}
	w.clock.Advance(24 * time.Hour)
	w.must(w.trackers.RenameLabel(w.Context(), "grade/minor", "x-grade/minor"))
	w.must(ignoreMore(w.daemon().Ingest.Sweep(w.Context(), rehearsal.GitHubBinding)))
	if !w.link(n).Stale() {
		t.Error("the sweep did not notice the renamed label")
	}
}
