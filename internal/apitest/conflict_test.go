package apitest

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// until waits for something that the daemon does by itself.
func (f *fixture) until(what string, so func() bool) {
	f.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if so() {
			return
		}
	}
	f.Fatalf("after two minutes: not %s", what)
}

// settled waits until a record has a number of issues and is in step with them, and returns it.
func (f *fixture) settled(ref string, issues int) (row store.Row, keys map[string]string) {
	f.Helper()
	f.until("in step: "+ref, func() bool {
		var err error
		if row, err = f.app.Store.Record(f.Context(), ref); err != nil {
			f.Fatal(err)
		}
		links, err := f.app.Store.BoundIssues(f.Context(), row.Record.ID)
		if err != nil {
			f.Fatal(err)
		}
		keys = map[string]string{}
		for _, l := range links {
			if l.State == store.IssueBound {
				keys[l.Binding] = l.Ref.Key
			}
		}
		return len(keys) == issues && row.Generation <= row.ObservedGeneration
	})
	return row, keys
}

// TestConflictIsResolved: two people give one field different values in two trackers. A program reads the conflict, decides it
// for the value of one of the issues, and both trackers show that.
func TestConflictIsResolved(t *testing.T) {
	t.Parallel()
	f := daemon(t, true)
	irene := f.token("irene", access.ScopeAct)
	const before, here, there = "Nobody knows yet.", "Seven hours without invoices.", "Invoices of one day were sent late."
	var done api.Done
	if status, _ := f.program(irene, http.MethodPost, "/records", `{"inputs":{"kind":"nonconformity","title":"Restore takes too long","consequences":"`+before+`"}}`, &done); status != http.StatusOK {
		t.Fatalf("POST /records = %d", status)
	}
	ref := done.Record.Ref
	_, keys := f.settled(ref, 2)
	jira, number := keys[rehearsal.JiraBinding], f.trackers.GitHub.Issues()[0].Number
	if body := f.trackers.GitHub.Issue(number).Body; !strings.Contains(body, before) {
		t.Fatalf("the issue in GitHub is\n%s", body)
	}
	g, j := f.trackers.GitHub, f.trackers.Jira
	g.Courier().Hold()
	j.Courier().Hold()
	if err := g.As("erik").Rewrite(number, strings.Replace(g.Issue(number).Body, before, here, 1)); err != nil {
		t.Fatal(err)
	}
	if err := j.Person("olga").Edit(jira, map[string]any{"Consequences": there}); err != nil {
		t.Fatal(err)
	}
	g.Courier().Release(false)
	j.Courier().Release(false)

	var conflicts api.Conflicts
	f.until("a conflict", func() bool {
		f.program(irene, http.MethodGet, "/conflicts", "", &conflicts)
		return conflicts.Count == 1
	})
	f.settled(ref, 2)
	text, err := json.Marshal(conflicts)
	if err != nil || !strings.Contains(string(text), here) || !strings.Contains(string(text), there) || !strings.Contains(string(text), ref) {
		t.Fatalf("the conflict is %s, %v", text, err)
	}
	var record service.Document
	_, header := f.program(irene, http.MethodGet, "/records/"+ref, "", &record)
	var problem api.Problem
	decide := func(out any, take string) int {
		status, _ := f.program(irene, http.MethodPost, "/records/"+ref+"/conflicts/consequences", `{"take":"`+take+`","reason":"The mail log of that day shows when the invoices left."}`, out, "If-Match", header.Get("ETag"), "Idempotency-Key", "decide")
		return status
	}
	if status := decide(&problem, "nowhere"); status != http.StatusUnprocessableEntity || problem.Code != "act-refused" {
		t.Errorf("a place that is none = %d %+v", status, problem)
	}
	if status := decide(&done, jira); status != http.StatusOK || !done.Changed || done.Record.Fields["consequences"] != there {
		t.Fatalf("deciding = %d %+v", status, done)
	}
	f.until("both trackers with the value that was decided", func() bool {
		snap, _ := j.Snapshot(jira)
		return strings.Contains(g.Issue(number).Body, there) && !strings.Contains(g.Issue(number).Body, here) && snap.Fields["Consequences"] == there
	})
	f.settled(ref, 2)
	if f.program(irene, http.MethodGet, "/conflicts", "", &conflicts); conflicts.Count != 0 {
		t.Errorf("there are %d conflicts, want none", conflicts.Count)
	}
	f.verified()
}
