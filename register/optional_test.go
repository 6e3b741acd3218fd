package register_test

import (
	"slices"
	"testing"

	"github.com/conformd/conformd/register"
)

// What belongs to a cause analysis and no rule asks for holds nobody, is covered by no approval of the
// plan, and involves its author all the same.
func TestOptionalFieldsOfTheAnalysis(t *testing.T) {
	p, ctx := register.DefaultPolicy(), at(now)
	for _, f := range []register.Field{register.FieldDirectCause, register.FieldEscapeCause, register.FieldExtent} {
		r := complete(register.Nonconformity, register.Major)
		if got := must(register.Check(r, register.Closed, ctx, p)); len(got) > 0 {
			t.Errorf("without %s: %v", f, words(got))
		}
		plan := register.PlanDigest(r)
		r = propose(r, "dee", f, "tbd", ctx)
		if got := slices.DeleteFunc(must(register.Check(r, register.Closed, ctx, p)), func(v register.Violation) bool { return v.Rule.ID == "G16" }); len(got) > 0 || r.State != register.Verifying {
			t.Errorf("%s holds a record in %s: %v", f, r.State, words(got))
		}
		if register.PlanDigest(r) != plan {
			t.Errorf("the approval of the plan covers %s", f)
		}
		if a := r.Approvals[2]; a.Void == "" {
			t.Errorf("the review does not cover %s", f)
		}
		if !slices.ContainsFunc(r.Involved, func(i register.Involvement) bool { return i.Person == "dee" && i.Field == f }) {
			t.Errorf("the author of %s is not involved: %+v", f, r.Involved)
		}
	}
}
