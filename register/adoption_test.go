package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// adoption is a decision about an improvement.
func adoption(event string, o register.Outcome, by, until string, when time.Time) register.Judge {
	if o != register.Deferred {
		until = ""
	}
	return register.Judge{Approval: register.Approval{
		Event: event, Subject: register.SubjectAdoption, Outcome: o, By: by, Until: until, At: when, How: register.ByComment, Reason: "The new storage comes with snapshots.",
	}}
}

// idea is an improvement of which nobody has decided whether it is made.
func idea(s register.State) register.Record {
	r := complete(register.Improvement, register.GradeOFI)
	r.State, r.Done, r.Approvals = s, time.Time{}, r.Approvals[:2]
	return r
}

func TestWhoDecidesAboutAnImprovement(t *testing.T) {
	p := register.DefaultPolicy()
	old := p.Document()
	delete(old.Roles, register.ActAdopt)
	before, err := old.Policy()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		state  register.State
		edit   func(*register.Record)
		a      func(*register.Approval)
		policy *register.Policy
		want   string // Refused
	}{
		{name: "an ISMS manager adopts it", state: register.Analysis},
		{name: "top management adopts it", state: register.Planning, a: func(a *register.Approval) { a.By = "dee" }},
		{name: "a policy without the act has its usual roles", state: register.Analysis, policy: &before},
		{name: "nobody else does", state: register.Analysis, a: func(a *register.Approval) { a.By = "ana" }, want: "G43: Ana Owner may not adopt an improvement; that takes an ISMS manager or top management"},
		{name: "it is triaged first", state: register.Reported, want: "G43: the record is not triaged"},
		{name: "what has ended is not decided about", state: register.Closed, want: "G43: the record is at its end"},
		{name: "a nonconformity is not adopted", state: register.Analysis, edit: set(register.FieldKind, "nonconformity"), want: "G43: the record is no improvement"},
		{name: "a decision has a reason", state: register.Analysis, a: func(a *register.Approval) { a.Reason = "ok" }, want: "G43: the decision has no reason"},
		{name: "a review is no adoption", state: register.Analysis, a: func(a *register.Approval) { a.Outcome = register.Effective }, want: `G43: an improvement is adopted, declined or deferred, and not "effective"`},
		{name: "it is deferred until a day", state: register.Analysis, a: func(a *register.Approval) { a.Outcome, a.Until = register.Deferred, "spring" }, want: `G43: "spring" is not a date`},
		{name: "that comes", state: register.Analysis, a: func(a *register.Approval) { a.Outcome, a.Until = register.Deferred, "2026-12-01" }, want: "G43: 2026-12-01 is not after today"},
		{name: "work that has begun is not deferred", state: register.Implementing, a: func(a *register.Approval) { a.Outcome, a.Until = register.Deferred, "2027-03-01" }, want: "G43: the work has begun"},
		{name: "work that has begun may be given up", state: register.Implementing, edit: set(register.FieldSource, "management_review"), a: func(a *register.Approval) { a.Outcome = register.Declined }},
		{name: "the owner does not decline the finding of an audit", state: register.Analysis, edit: set(register.FieldOwner, "ira"), a: func(a *register.Approval) { a.Outcome = register.Declined }, want: "G43: whoever declines the finding of an audit owns or reported it"},
		{name: "nor does its reporter", state: register.Analysis, edit: set(register.FieldReporter, "ira"), a: func(a *register.Approval) { a.Outcome = register.Declined }, want: "G43: whoever declines the finding of an audit owns or reported it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := idea(c.state)
			if c.edit != nil {
				c.edit(&r)
			}
			j := adoption("e1", register.Adopted, "ira", "", now)
			if c.a != nil {
				c.a(&j.Approval)
			}
			policy := p
			if c.policy != nil {
				policy = *c.policy
			}
			_, noted := approve(r, j.Approval, at(now), policy)
			if noted.Refused != c.want {
				t.Errorf("Refused = %q, want %q", noted.Refused, c.want)
			}
		})
	}
}

// An improvement is planned, and the work begins when it is adopted. Adopting covers problem,
// driver and benefit: it counts no longer when one of them is another.
func TestAdoptedImprovement(t *testing.T) {
	p, ctx := register.DefaultPolicy(), at(now)
	r, held := advance(idea(register.Analysis), register.Implementing, ctx, p)
	if r.State != register.Planning || !slices.Equal(ids(held), []string{"G43"}) {
		t.Fatalf("without a decision: %s, held by %v", r.State, ids(held))
	}
	r, _ = approve(r, adoption("e1", register.Adopted, "dee", "", now).Approval, ctx, p)
	if r, held = advance(r, register.Implementing, ctx, p); r.State != register.Implementing {
		t.Fatalf("adopted: %s, held by %v", r.State, ids(held))
	}
	r = propose(r, "ana", register.FieldBenefit, "Audits need half a day less each year.", ctx)
	if a := r.Approvals[len(r.Approvals)-1]; a.Void != "Benefit changed after it" {
		t.Errorf("the decision is %+v, want void", a)
	}
	if r.State != register.Implementing {
		t.Errorf("the record went to %s: a decision that counts no longer is no lost evidence", r.State)
	}
	if _, held = advance(r, register.Verifying, ctx, p); !slices.Contains(ids(held), "G43") {
		t.Errorf("held by %v, want G43 among them", ids(held))
	}
}

func TestDeclinedImprovement(t *testing.T) {
	p, ctx := register.DefaultPolicy(), at(now)
	r := idea(register.Planning)
	r.Requested = register.Closed
	got, _ := approve(r, adoption("e1", register.Declined, "ira", "", now).Approval, ctx, p)
	if got.State != register.StateRejected || got.Requested != "" {
		t.Fatalf("declined: %s, requested %q, want rejected and nothing requested", got.State, got.Requested)
	}
	if settled, _ := advance(got, register.StateRejected, ctx, p); settled.State != register.StateRejected {
		t.Errorf("it became %s by itself", settled.State)
	}
	again, _ := approve(got, register.Approval{Event: "e2", Subject: register.SubjectReopening, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment, Reason: "The budget of next year has room for it."}, ctx, p)
	if _, decided := register.LastAdoption(again); again.State != register.Reported || decided {
		t.Errorf("reopened: %s, decided %t, want reported and a decision anew", again.State, decided)
	}
}

// A deferred improvement waits in analysis, and its day is a date that people are told of. The
// first day stays known when it is deferred again.
func TestDeferredImprovement(t *testing.T) {
	p := register.DefaultPolicy()
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	r, _ := approve(idea(register.Planning), adoption("e1", register.Deferred, "ira", "2027-03-01", now).Approval, at(now), p)
	if r.State != register.Analysis {
		t.Fatalf("deferred: %s, want analysis", r.State)
	}
	if got, held := advance(r, register.Implementing, at(now), p); got.State != register.Analysis || !slices.Equal(ids(held), []string{"G42"}) {
		t.Errorf("planned: %s, held by %v, want analysis by G42", got.State, ids(held))
	}
	due := func(r register.Record, on string) []register.DueItem {
		return slices.DeleteFunc(register.Due(r, day(on)), func(d register.DueItem) bool { return d.Milestone != register.MilestoneDecision })
	}
	want := []register.DueItem{{Milestone: register.MilestoneDecision, Original: "2027-03-01", Due: "2027-03-01"}}
	if diff := cmp.Diff(want, due(r, "2027-03-01")); diff != "" {
		t.Errorf("due on the day (-want +got):\n%s", diff)
	}
	later := at(day("2027-03-02"))
	if lacks := words(register.Check(r, register.Analysis, later, p)); !slices.Contains(lacks, "The improvement was deferred until 2027-03-01; decide anew") {
		t.Errorf("the day after, people are told %q", lacks)
	}
	if _, err := register.Decide(r, register.Extend{By: register.Author{Person: "ana", Event: "e3", How: register.ByComment, At: now}, Milestone: register.MilestoneDecision, To: "2027-06-01", Reason: "The vendor is late."}, later, p); err == nil {
		t.Error("a deferral was extended, and not decided anew")
	}
	r, _ = approve(r, adoption("e2", register.Deferred, "dee", "2027-06-01", later.At).Approval, later, p)
	want = []register.DueItem{{Milestone: register.MilestoneDecision, Original: "2027-03-01", Due: "2027-06-01", Extended: 1}}
	if diff := cmp.Diff(want, due(r, "2027-03-02")); diff != "" {
		t.Errorf("deferred again (-want +got):\n%s", diff)
	}
	r = propose(r, "ana", register.FieldBenefit, "Audits need half a day less each year.", later)
	if len(due(r, "2027-03-02")) != 1 {
		t.Error("another benefit ended the wait")
	}
	r, _ = approve(r, adoption("e4", register.Adopted, "dee", "", later.At).Approval, later, p)
	if got, held := advance(r, register.Implementing, later, p); len(due(got, "2027-03-02")) > 0 || got.State != register.Implementing {
		t.Errorf("adopted: %s, held by %v, due %v", got.State, ids(held), due(got, "2027-03-02"))
	}
}

// TestNoImprovementIsMadeUndecided: whatever people do, the work on an improvement begins on a
// decision to adopt it by somebody with the role, about what it says.
func TestNoImprovementIsMadeUndecided(t *testing.T) {
	begun, ended := 0, 0
	drawtest.Until(t, drawtest.Some{"an improvement that is begun": &begun, "an improvement that is declined": &ended}.Lacking, func(t *rapid.T) {
		drawHistory(t, func(_ *play, before register.Record, facts []register.Fact) {
			r := before
			for _, f := range facts {
				was := r
				r = register.Apply(r, f)
				if r.Kind() != register.Improvement || f.Kind != register.FactMoved {
					continue
				}
				a, decided := register.LastAdoption(r)
				if f.Move.To.Rank() >= register.Implementing.Rank() && was.State.Rank() < register.Implementing.Rank() && was.State.Rank() >= 0 {
					begun++
					if !decided || a.Outcome != register.Adopted || a.Covers != register.Covers(r, register.SubjectAdoption) || a.By != "ira" && a.By != "dee" {
						t.Fatalf("the work began on %+v", a)
					}
				}
				if decided && a.Outcome == register.Declined && f.Move.To == register.StateRejected {
					ended++
				}
			}
		})
	})
}
