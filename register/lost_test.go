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

// A record goes back to where it is lawful when evidence is gone, and says what was lost, by whom, and
// whom it concerns, until it is back.
func TestLostEvidence(t *testing.T) {
	p, ctx := register.DefaultPolicy(), at(now)
	reopened := register.Action{ID: "gh:1", Kind: register.Corrective, Title: "Train", Assignee: "ben", Due: "2026-12-20", State: register.ActionInProgress}
	done := reopened
	done.State, done.Evidence = register.ActionDone, "The list of participants of 20 November"
	full := complete(register.Nonconformity, register.Minor)
	for _, c := range []struct {
		name string
		from register.State
		c    register.Command
		want *register.Loss // nil for nothing lost
	}{
		{"the link of an action is emptied", register.Verifying, register.Propose{
			By: register.Author{Person: "ben", At: now, From: "gh"}, Field: register.FieldActionPlan,
			Value: "- [x] Automate the leaver webhook @ben due:2026-08-30 kind:corrective\n- [ ] Buy a new HR system @ben due:2026-08-30 cancelled: the webhook made it needless\n",
		}, &register.Loss{
			From: register.Verifying, To: register.Implementing, At: now, By: "ben", Rules: []string{"G12"}, What: []string{`Action 2 "Automate the leaver webhook" is done and has no evidence`},
		}},
		{"an action is opened again", register.Closed, register.SetAction{By: register.Author{Person: "zoe", At: now, From: "gh"}, Action: reopened}, &register.Loss{
			From: register.Closed, To: register.Implementing, At: now, By: "zoe", Rules: []string{"G12"}, What: []string{`Action 1 "Train" is not done`},
		}},
		{"the root cause is emptied by somebody whom the tracker does not name", register.Implementing, register.Propose{By: register.Author{At: now, From: "gh"}, Field: register.FieldRootCause, Value: ""}, &register.Loss{
			From: register.Implementing, To: register.Planning, At: now, Rules: []string{"G07"}, What: []string{"Root cause is missing"},
		}},
		{"the review of a closed record is edited", register.Closed, register.Retract{By: register.Author{Person: "cem", At: now, From: "gh"}, Event: "jira-isms:changelog:1", Why: "the comment was edited afterwards"}, &register.Loss{
			From: register.Closed, To: register.Verifying, At: now, By: "cem", Rules: []string{"G16"}, What: []string{"The review counts no longer: the comment was edited afterwards"},
		}},
		{"the triage of a closed record is edited", register.Closed, register.Retract{By: register.Author{Person: "ira", At: now, From: "gh"}, Event: "jira-isms:changelog:t", Why: "the comment was edited afterwards"}, nil},
		{"the evidence is said in other words", register.Implementing, register.Propose{By: register.Author{Person: "ana", At: now, From: "gh"}, Field: register.FieldEvidence, Value: "Export of the IdP of 2026-07-01, compared with the list of leavers."}, nil},
		{"a person goes back", register.Implementing, register.Move{By: register.Author{Person: "ana", At: now, From: "gh"}, To: register.Analysis}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := full.Clone()
			r.Actions = []register.Action{done}
			r.Approvals[1].Covers, r.Approvals[2].Covers = register.PlanDigest(r), register.EvidenceDigest(r)
			if r.State = c.from; c.from == register.Closed {
				r.Closed = now.AddDate(0, 0, -1)
			}
			if c.from.Rank() < register.Verifying.Rank() {
				r.Done = time.Time{}
			}
			facts, _ := register.Decide(r, c.c, ctx, p)
			got := register.Replay(r, facts)
			lost := got.Lost
			if lost != nil {
				said := make([]string, len(lost.Said))
				for i, s := range lost.Said {
					said[i] = s.String()
				}
				if diff := cmp.Diff(lost.What, said); diff != "" {
					t.Errorf("said in English (-what +said):\n%s", diff)
				}
				lost = new(*lost)
				lost.Said = nil
			}
			if diff := cmp.Diff(c.want, lost); diff != "" {
				t.Fatalf("lost (-want +got):\n%s", diff)
			}
			if c.want == nil {
				if len(got.Concerned()) > 0 {
					t.Errorf("%v are concerned by nothing", got.Concerned())
				}
				return
			}
			if got.State != c.want.To || !slices.Equal(got.Concerned(), []string{"ana", "cem"}) {
				t.Errorf("the record is %s and concerns %v", got.State, got.Concerned())
			}
		})
	}
}

// What was lost is forgotten when the record is back where it was.
func TestLostEvidenceComesBack(t *testing.T) {
	p, ctx := register.DefaultPolicy(), at(now)
	r := complete(register.Nonconformity, register.Minor)
	r.State, r.Done = register.Implementing, time.Time{}
	cause := r.Fields[register.FieldRootCause]
	r = propose(r, "ana", register.FieldRootCause, "", ctx)
	r = propose(r, "ana", register.FieldSimilarity, "", ctx)
	if r.State != register.Planning || r.Lost == nil || r.Lost.From != register.Implementing {
		t.Fatalf("%s, lost %+v", r.State, r.Lost)
	}
	r = propose(r, "ana", register.FieldRootCause, cause, ctx)
	r, _ = approve(r, register.Approval{Event: "p2", Subject: register.SubjectPlan, Outcome: register.Approved, By: "ira", At: now, How: register.ByComment}, ctx, p)
	if r.Lost == nil {
		t.Fatal("forgotten before the record was back")
	}
	if r, _ = advance(r, register.Implementing, ctx, p); r.State != register.Implementing || r.Lost != nil {
		t.Errorf("%s, lost %+v, want implementing and nothing", r.State, r.Lost)
	}
}

// TestALossIsToldUntilItIsMadeGood: a record says that evidence was lost exactly while it is before
// the state that it left for that, and each loss names what was lost.
func TestALossIsToldUntilItIsMadeGood(t *testing.T) {
	lost := 0
	history := func(t *rapid.T) {
		drawHistory(t, func(x *play, before register.Record, facts []register.Fact) {
			if l := x.r.Lost; l != nil {
				lost++
				if len(l.What) == 0 || len(l.Rules) == 0 || x.r.State.Rank() >= l.From.Rank() || x.r.State.Ended() {
					t.Fatalf("a record in %s says that it lost %+v", x.r.State, l)
				}
			}
			for _, f := range facts {
				if f.Kind == register.FactMoved && f.Why == "evidence is missing that was there" && f.Move.Lost == nil {
					t.Fatalf("a move back names no loss: %+v", f.Move)
				}
			}
			if before.Lost != nil && x.r.Lost == nil && x.r.State.Rank() < before.Lost.From.Rank() && !x.r.State.Ended() {
				t.Fatalf("a loss was forgotten in %s, which left %s", x.r.State, before.Lost.From)
			}
		})
	}
	drawtest.Until(t, drawtest.Some{"lost evidence": &lost}.Lacking, history)
}
