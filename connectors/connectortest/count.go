package connectortest

import (
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func countCases() []testCase {
	return []testCase{
		{name: "count", needs: FeatureCount, run: countCounts},
		{name: "count: a search stays within the binding", needs: FeatureCount, run: countStays},
		{name: "count: no number is no zero", needs: FeatureCount, run: countFails},
	}
}

func (s *suite) counter(t *testing.T) connectors.Counter {
	t.Helper()
	c, ok := s.Tracker.(connectors.Counter)
	if !ok {
		t.Fatal("the tracker is no Counter, and Facts.Lacks does not say why")
	}
	return c
}

func (s *suite) counts(t *testing.T, query string, want int) {
	t.Helper()
	n, err := s.counter(t).Count(t.Context(), query)
	s.works(t, "Count", err)
	if n != want {
		t.Errorf("Count(%s) = %d, want %d", query, n, want)
	}
}

func countCounts(t *testing.T, s *suite) {
	s.counts(t, s.Facts.Search.Seeded, 0)
	refs := s.World.Seed(t, 120)
	s.World.Settle(t)
	s.counts(t, s.Facts.Search.Seeded, len(refs))
	s.counts(t, s.Facts.Search.Nothing, 0)
	s.World.HumanStatus(t, refs[7], s.Facts.Done[0])
	s.World.Settle(t)
	s.counts(t, s.Facts.Search.Seeded, len(refs)-1)
}

func countStays(t *testing.T, s *suite) {
	s.World.Seed(t, 2)
	s.World.Settle(t)
	for _, q := range append(s.Facts.Search.Refused, "", " \n") {
		n, err := s.counter(t).Count(t.Context(), q)
		s.fails(t, "Count of "+q, err, connectors.Rejected)
		if n != 0 {
			t.Errorf("Count(%s) = %d beside its error", q, n)
		}
	}
}

// An answer without a number, or with a part of it, is an error.
func countFails(t *testing.T, s *suite) {
	s.World.Seed(t, 2)
	for _, body := range []string{"{}", "null", "[]", "<html>", `{"count":-1,"total":-1,"total_count":-1,"incomplete_results":false}`, `{"total_count":2}`} {
		s.World.Fault(t, OpCount, simkit.Fault{Do: simkit.Status, Status: 200, Body: body, Times: -1})
		_, err := s.counter(t).Count(t.Context(), s.Facts.Search.Seeded)
		s.World.Calm(t)
		s.fails(t, "Count answered "+body, err, connectors.Malformed)
	}
}
