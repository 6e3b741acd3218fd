package store_test

import (
	"testing"

	"github.com/conformd/conformd/internal/store"
)

// One outage is one problem, whichever port each of its failures names; another status or
// another failure is another problem, and so is one that comes back after its end.
func TestAProblemIsNewOnce(t *testing.T) {
	b := newBench(t)
	for _, step := range []struct {
		problem string
		fresh   bool
	}{
		{"changed: unavailable: read tcp 127.0.0.1:55130->127.0.0.1:4000: connection reset by peer", true},
		{"changed: unavailable: read tcp 127.0.0.1:55131->127.0.0.1:4000: connection reset by peer", false},
		{"changed: unavailable: read tcp [::1]:55132->[::1]:4000: connection reset by peer", false},
		{"changed: unavailable: dial tcp 127.0.0.1:4000: connection refused", true},
		{"changed: unavailable (HTTP 502)", true},
		{"changed: unavailable (HTTP 503)", true},
		{"", true},
		{"changed: unavailable (HTTP 503)", true},
	} {
		var fresh bool
		b.write(func(tx *store.Tx) (err error) {
			fresh, err = tx.SetProblem(t.Context(), "gh", step.problem)
			return err
		})
		row, err := b.Binding(t.Context(), "gh")
		if err != nil {
			t.Fatal(err)
		}
		if fresh != step.fresh || row.Problem != step.problem {
			t.Errorf("SetProblem(%q) is new: %t, want %t; stored is %q", step.problem, fresh, step.fresh, row.Problem)
		}
	}
}
