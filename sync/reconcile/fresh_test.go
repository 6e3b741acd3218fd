package reconcile_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
)

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
