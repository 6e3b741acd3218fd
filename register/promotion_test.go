package register_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/register"
)

func promotion(kind register.Kind, by string) register.Approval {
	return register.Approval{
		Event: "e1", Subject: register.SubjectPromotion, Outcome: register.Outcome(kind), By: by, At: now, How: register.ByComment, Reason: "Three teams see the same in their own halls.",
	}
}

// seen is a triaged observation.
func seen() register.Record {
	r := complete(register.Observation, register.GradeObservation)
	r.Ref, r.State, r.Done, r.Approvals = "OBS-2026-0004", register.Analysis, time.Time{}, r.Approvals[:1]
	delete(r.Fields, register.FieldCloseSummary)
	return r
}

func TestPromotion(t *testing.T) {
	p := register.DefaultPolicy()
	old := p.Document()
	delete(old.Roles, register.ActPromote)
	before, err := old.Policy()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		edit   func(*register.Record)
		kind   register.Kind
		by     string
		why    string
		policy register.Policy
		want   string
	}{
		{name: "a manager promotes an observation", kind: register.Improvement},
		{name: "to what could happen", kind: register.PotentialNonconformity},
		{name: "who may triage does so under an older policy", kind: register.Nonconformity, policy: before},
		{name: "nobody else does", kind: register.Improvement, by: "ana", want: "Ana Owner may not promote an observation or a signal; that takes an ISMS manager"},
		{name: "it becomes something else", kind: register.Observation, want: `an observation is not promoted to "observation"`},
		{name: "that exists", kind: "paperwork", want: `an observation is not promoted to "paperwork"`},
		{name: "a nonconformity is not promoted", kind: register.Improvement, edit: set(register.FieldKind, "nonconformity"), want: "the record is no observation and no signal"},
		{name: "it is triaged first", kind: register.Improvement, edit: func(r *register.Record) { r.State = register.Reported }, want: "the record is not triaged"},
		{name: "what has ended stays so", kind: register.Improvement, edit: func(r *register.Record) { r.State = register.Closed }, want: "the record is at its end"},
		{name: "there is a reason", kind: register.Improvement, why: "ok", want: "the promotion has no reason"},
		{name: "what else it needs is there", kind: register.Improvement, edit: set(register.FieldOwner, "zoe"), want: `G02: it cannot be promoted yet: Owner "zoe" is not in the register's list of people`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, a, policy := seen(), promotion(c.kind, "ira"), p
			if c.edit != nil {
				c.edit(&r)
			}
			if c.by != "" {
				a.By = c.by
			}
			if c.why != "" {
				a.Reason = c.why
			}
			if c.policy.Rules != nil {
				policy = c.policy
			}
			got, noted := approve(r, a, at(now), policy)
			if noted.Refused != c.want {
				t.Fatalf("Refused = %q, want %q", noted.Refused, c.want)
			}
			if (got.State == register.Closed) != (c.want == "" || r.State == register.Closed) {
				t.Errorf("the observation is %s", got.State)
			}
		})
	}
}

// The record that is filed says what the observation said, and names it. What was decided about the
// observation is not decided about the record.
func TestWhatIsPromoted(t *testing.T) {
	r := seen()
	r.Fields[register.FieldReporter], r.Fields[register.FieldCloseSummary] = "ben", "Told facilities."
	next, link := promotion(register.Nonconformity, "ira").PromotedFrom(r)
	if next.Kind() != register.Nonconformity || next.Fields[register.FieldGrade] != "" || next.Fields[register.FieldCloseSummary] != "" || len(next.Approvals) > 0 {
		t.Errorf("filed: %+v", next)
	}
	for _, f := range []register.Field{register.FieldTitle, register.FieldProblem, register.FieldEvidence, register.FieldReporter, register.FieldIdentified} {
		if next.Fields[f] != r.Fields[f] {
			t.Errorf("%s is %q, want %q", f, next.Fields[f], r.Fields[f])
		}
	}
	want := []register.Link{{
		Kind: register.LinkPromoted, To: r.ID, Ref: "OBS-2026-0004", Source: register.LinkOfPromotion, By: "ira", At: now, Event: "e1", Reason: "Three teams see the same in their own halls.",
	}}
	if diff := cmp.Diff(want, register.Apply(next, link).Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}
