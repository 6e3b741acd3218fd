package github_test

import (
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

// A search that GitHub broke off is no count, and the next one asks again.
func TestCountOfASearchThatBrokeOff(t *testing.T) {
	s := open(t)
	_, err := s.As("alice").Open("An issue", "", "capa")
	must(t, err)
	s.Faults().Add(simkit.Fault{Method: "GET", Path: `/search/issues$`, Do: simkit.Status, Status: 200, Body: `{"total_count":0,"incomplete_results":true,"items":[]}`, Times: 1})
	n, err := s.Count(t.Context(), "is:open")
	if connectors.KindOf(err) != connectors.Unavailable || n != 0 || !strings.Contains(err.Error(), "did not finish") {
		t.Errorf("Count of a search that broke off = %d, %v", n, err)
	}
	if n, err := s.Count(t.Context(), "is:open label:capa"); err != nil || n != 1 {
		t.Errorf("Count = %d, %v, want 1", n, err)
	}
}

// Another repository with the same label is not counted.
func TestCountStaysInTheRepository(t *testing.T) {
	s := open(t)
	s.AddRepo("platform")
	for range 2 {
		_, err := s.As("alice").In("platform").Open("Elsewhere", "", "capa")
		must(t, err)
	}
	_, err := s.As("alice").Open("Here", "", "capa")
	must(t, err)
	if n, err := s.Count(t.Context(), "label:capa"); err != nil || n != 1 {
		t.Errorf("Count = %d, %v, want the one issue of the repository", n, err)
	}
}
