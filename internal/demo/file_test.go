package demo

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/rehearsal"
)

// TestFile files the records of the demo, and looks at what the trackers then hold.
func TestFile(t *testing.T) {
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if err := File(w, records); err != nil {
		t.Fatal(err)
	}
	titles := map[string]bool{}
	for _, is := range w.GitHub.Issues() {
		titles[is.Title] = true
		if !strings.HasPrefix(is.Body, "### What is wrong\n\n") || strings.Contains(is.Body, "%!") {
			t.Errorf("issue %d has the body %q", is.Number, is.Body)
		}
	}
	moved := false
	for _, is := range w.Jira.Snapshots() {
		titles[is.Fields["summary"]] = true
		moved = moved || is.Status != "Reported"
	}
	if g, j := len(w.GitHub.Issues()), len(w.Jira.Snapshots()); g != 40 || j != 20 {
		t.Errorf("File(60) filed %d issues in GitHub and %d in Jira, want 40 and 20", g, j)
	}
	if len(titles) < 50 {
		t.Errorf("File(60) filed %d different titles, want at least 50", len(titles))
	}
	if !moved {
		t.Error("no issue of Jira was moved on")
	}
	for title := range titles {
		if strings.Contains(title, "%") {
			t.Errorf("title %q", title)
		}
	}
}
