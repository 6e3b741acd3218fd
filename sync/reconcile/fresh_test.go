package reconcile_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
)

// An outage of a tracker leaves two entries in the log, one when it begins and one when it
// is over, however often the tracker was asked meanwhile.
func TestAnOutageLeavesTwoEntries(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	app := w.daemon()
	poll := func() error {
		w.clock.Advance(5 * time.Minute)
		_, err := app.Ingest.Poll(t.Context(), rehearsal.GitHubBinding)
		return err
	}
	w.must(poll())
	before, err := app.Store.LogSize(t.Context())
	w.must(err)
	w.trackers.GitHub.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 500, Times: -1})
	for range 6 {
		if poll() == nil {
			t.Fatal("Poll of a tracker that fails = nil, want its error")
		}
	}
	w.trackers.GitHub.Faults().Clear()
	w.must(poll())
	w.must(poll())
	var said []string
	for e, err := range auditdb.Read(t.Context(), app.Store.Reader(), before, -1) {
		w.must(err)
		reason := regexp.MustCompile(`30m\d+s`).ReplaceAllString(e.Entry.Reason, "half an hour") // the client's own pauses count
		said = append(said, string(e.Entry.Verb)+" "+e.Entry.Subject.ID+": "+reason)
	}
	want := []string{
		"sync.problem gh-isms: changed: unavailable (HTTP 500)",
		"sync.problem gh-isms: over: the binding is read again, after half an hour",
	}
	if diff := cmp.Diff(want, said); diff != "" {
		t.Errorf("the log of an outage (-want +got):\n%s", diff)
	}
}

// While a new register waits for Jira to say whether it holds issues of conformd's making,
// Jira's silence counts against Jira alone, once for each question, and GitHub is not left
// alone for it.
func TestSilenceAtTheFirstStart(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.trackers.Jira.Faults().Add(simkit.Fault{Method: "GET", Path: "/search", Do: simkit.Status, Status: 503, Times: -1})
	app := w.daemon()
	w.must(app.Connect(t.Context()))
	held := func(binding string) bool {
		t.Helper()
		row, err := app.Store.Binding(t.Context(), binding)
		w.must(err)
		return row.NotBefore.After(w.clock.Now())
	}
	for n, want := range []bool{false, false, true} {
		if _, err := app.Ingest.Poll(t.Context(), rehearsal.GitHubBinding); err == nil {
			t.Fatal("Poll while Jira has not answered = nil, want its error")
		}
		if held(rehearsal.JiraBinding) != want || held(rehearsal.GitHubBinding) {
			t.Errorf("after %d questions Jira is left alone: %t, GitHub: %t; want %t and false", n+1, held(rehearsal.JiraBinding), held(rehearsal.GitHubBinding), want)
		}
	}
}
