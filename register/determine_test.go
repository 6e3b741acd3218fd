package register_test

import (
	"errors"
	"testing"

	"github.com/conformd/conformd/register"
)

// "/capa amend root-cause because …" takes in what waits. Where nothing waits it takes nothing
// in, and least of all nothing in the place of the cause.
func TestNothingIsTakenInThatNobodyProposed(t *testing.T) {
	r := complete(register.Nonconformity, register.Minor)
	r.State = register.Planning
	by := register.Author{Person: "ira", How: register.ByComment, Event: "gh-isms:comment:7:0", At: now}
	facts, err := register.Decide(r, register.Determine{By: by, Field: register.FieldRootCause, Reason: "It is said more clearly now."}, at(now), register.DefaultPolicy())
	var no register.Refusal
	if !errors.As(err, &no) || no.Told.String() != "nothing is proposed for Root cause" {
		t.Errorf("Decide() = %v, want a refusal that says that nothing is proposed", err)
	}
	if got := register.Replay(r, facts).Fields[register.FieldRootCause]; got != r.Fields[register.FieldRootCause] {
		t.Errorf("the cause is %q, want %q", got, r.Fields[register.FieldRootCause])
	}
}

// TestATakenProposalOfASetKeepsWhatCameMeanwhile: a proposal of a set waits while others add
// members. Taking it in does to the set of today what the proposal did to the set of its day.
func TestATakenProposalOfASetKeepsWhatCameMeanwhile(t *testing.T) {
	by := func(who, from, event string) register.Author {
		return register.Author{Person: who, At: now, From: from, How: register.ByComment, Event: event}
	}
	proposes := func(f register.Field, from, value string) register.Command {
		return register.Propose{By: by("ben", from, ""), Field: f, Value: value, Why: "changed in a tracker"}
	}
	takes := func(f register.Field) register.Command {
		return register.Determine{By: by("ira", "gh", "gh:comment:9:0"), Field: f, Reason: "The supplier is affected, too."}
	}
	reopens := register.Judge{Approval: register.Approval{
		Event: "gh:comment:8:0", Subject: register.SubjectReopening, By: "ira", How: register.ByComment, At: now, Reason: "Two accounts are enabled again.",
	}}
	const requirements, scope = register.FieldRequirements, register.FieldScope
	for _, tc := range []struct {
		name     string
		field    register.Field
		state    register.State
		commands []register.Command
		want     string
	}{
		{"nothing came", requirements, register.Planning, []register.Command{proposes(requirements, "gh", "A\nC")}, "A\nC"},
		{"another issue proposes another member", requirements, register.Planning, []register.Command{proposes(requirements, "gh", "A\nC"), proposes(requirements, "jira", "A\nB\nD")}, "A\nC\nD"},
		{"two issues propose the same", requirements, register.Planning, []register.Command{proposes(requirements, "gh", "A\nC"), proposes(requirements, "jira", "A\nB\nC")}, "A\nC"},
		{"the issue proposes anew", requirements, register.Planning, []register.Command{proposes(requirements, "gh", "A\nC"), proposes(requirements, "gh", "A\nB\nE")}, "A\nB\nE"},
		{"all is taken out", requirements, register.Planning, []register.Command{proposes(requirements, "gh", "")}, ""},
		// Once a closed record is open again, everybody may change its scope.
		{"a member came when the record was open again", scope, register.Closed, []register.Command{proposes(scope, "gh", "A\nC"), reopens, proposes(scope, "jira", "A\nB\nD")}, "A\nC\nD"},
		{"a member went when the record was open again", scope, register.Closed, []register.Command{proposes(scope, "gh", "A\nB\nC"), reopens, proposes(scope, "jira", "B")}, "B\nC"},
	} {
		r := complete(register.Nonconformity, register.Minor)
		r.State = tc.state
		r.Fields[tc.field] = "A\nB"
		for _, c := range append(tc.commands, takes(tc.field)) {
			facts, err := register.Decide(r, c, at(now), register.DefaultPolicy())
			if err != nil {
				t.Fatalf("%s: %v", tc.name, err)
			}
			r = register.Replay(r, facts)
		}
		if got := r.Fields[tc.field]; got != tc.want || len(r.Proposals) > 0 {
			t.Errorf("%s: %s is %q, and %+v waits; want %q, and nothing waits", tc.name, tc.field, got, r.Proposals, tc.want)
		}
	}
}

// TestAProposalOfAnEarlierVersionIsTakenWhole: it does not say what it adds and removes.
func TestAProposalOfAnEarlierVersionIsTakenWhole(t *testing.T) {
	const f = register.FieldRequirements
	r := complete(register.Nonconformity, register.Minor)
	r.State = register.Planning
	r.Proposals = []register.Proposal{{Field: f, Value: "A\nC", By: "ben", At: now, From: "gh"}}
	by := register.Author{Person: "ira", How: register.ByComment, Event: "gh:comment:9:0", At: now}
	facts, err := register.Decide(r, register.Determine{By: by, Field: f, Reason: "The supplier is affected, too."}, at(now), register.DefaultPolicy())
	if got := register.Replay(r, facts).Fields[f]; err != nil || got != "A\nC" {
		t.Errorf("%s is %q (%v), want the value of the proposal", f, got, err)
	}
}
