package server_test

import (
	"net/http"
	"strings"
	"testing"
)

// The page of a record shows the comment that people read on each issue, and what of its fields differs from what the issues show.
func TestRecordShowsWhatPeopleRead(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := "/records/" + rows[0].Record.Ref
	page := get(t, h, http.MethodGet, at).Body.String()
	wellMade(t, at, page)
	var said string
	for _, n := range elements(t, page) {
		if attr(n, "aria-label") == "The comment on acme/isms#1" {
			said = words(n)
		}
	}
	if !strings.HasPrefix(said, rows[0].Record.Ref+" · close requested") || !strings.Contains(said, "Root cause is missing") {
		t.Errorf("the comment reads %q", said)
	}
	fields := func(path string) (labels []string) {
		page := get(t, h, http.MethodGet, path).Body.String()
		wellMade(t, path, page)
		for _, n := range elements(t, page) {
			if n.Data != "table" || attr(n, "class") != "stack beside" {
				continue
			}
			for d := range n.Descendants() {
				if d.Data == "th" && attr(d, "scope") == "row" {
					labels = append(labels, words(d))
				}
			}
		}
		return labels
	}
	all, few := fields("/records/"+rows[1].Record.Ref), fields("/records/"+rows[1].Record.Ref+"?fields=differing")
	if len(few) >= len(all) || !strings.Contains(strings.Join(few, "|"), "What is wrong") {
		t.Errorf("of %q these differ: %q", all, few)
	}
}
