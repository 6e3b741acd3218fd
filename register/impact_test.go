package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

// A tightened waiting time names the record that was closed before its end, judged at the
// moment of its closing; it moves nothing. The way back names it as let go.
func TestImpact(t *testing.T) {
	t.Parallel()
	loose, strict := with(t, wait(register.Minor, 0)), with(t, wait(register.Minor, 120))
	r := complete(register.Nonconformity, register.Minor)
	r, held := advance(r, register.Closed, at(now), loose)
	if r.State != register.Closed || len(held) > 0 {
		t.Fatalf("Advance = %s, %v, want closed", r.State, held)
	}
	later := at(now.AddDate(1, 0, 0))
	ids := func(vs []register.Violation) (out []string) {
		for _, v := range vs {
			out = append(out, v.Rule.ID)
		}
		return out
	}
	if diff := cmp.Diff([]string{"G14"}, ids(register.Impact(r, later, loose, strict))); diff != "" {
		t.Errorf("a closed record (-want +got):\n%s", diff)
	}
	if got := register.Impact(r, later, strict, loose); len(got) > 0 {
		t.Errorf("Impact = %v of the way back, want none", got)
	}
	if got := register.Impact(r, later, loose, loose); len(got) > 0 {
		t.Errorf("Impact = %v of no change, want none", got)
	}

	open := complete(register.Nonconformity, register.Minor)
	open.State, open.Done = register.Analysis, time.Time{}
	open.Fields[register.FieldCorrection] = ""
	off := with(t, switched(t, "G05", false, ""))
	if diff := cmp.Diff([]string{"G05"}, ids(register.Impact(open, at(now), off, register.DefaultPolicy()))); diff != "" {
		t.Errorf("an open record (-want +got):\n%s", diff)
	}
	if got := register.Impact(open, at(now), register.DefaultPolicy(), off); len(got) > 0 {
		t.Errorf("Impact = %v of a rule that is switched off, want none", got)
	}
}
