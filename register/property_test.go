package register_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/internal/drawtest"
	"github.com/conformd/conformd/register"
)

// states are all states, and one that does not exist.
func states() []register.State {
	return []register.State{
		register.Reported, register.Analysis, register.Planning, register.Implementing,
		register.Verifying, register.Closed, register.Accepted, register.StateRejected, "doing",
	}
}

// values are what people write into a field: good, bad and nothing.
func values(f register.Field) []string {
	full := complete(register.Nonconformity, register.Minor).Fields
	bad := []string{"", "_No response_", "tbd", "Human error"}
	switch f {
	case register.FieldKind:
		return []string{"nonconformity", "nonconformity", "potential_nonconformity", "improvement", "observation", "paperwork", ""}
	case register.FieldGrade:
		return []string{"major", "minor", "minor", "observation", "ofi", ""}
	case register.FieldOwner, register.FieldReviewer:
		return []string{"ana", "ben", "cem", "dee", "zoe", ""}
	case register.FieldSource:
		return []string{"internal_audit", "incident"}
	case register.FieldReviewDue:
		return []string{"2026-12-05", "2027-02-01", "soon"}
	case register.FieldRootCause:
		return append(bad, full[f], full[register.FieldProblem], "The mail goes to a shared mailbox without a duty.")
	case register.FieldActionPlan:
		return []string{
			full[f], "", "- [ ] Automate it @ben due:2026-12-20", "- [x] Automate it @ben due:2026-12-20",
			"- [x] Train everybody @cem due:2026-12-20 evidence:list", "- ~~Automate it~~ @ana",
		}
	case register.FieldDriver:
		return []string{"threat", "weakness", "weakness", "curiosity", ""}
	case register.FieldLikelihood:
		return []string{"likely", "possible", "often", ""}
	case register.FieldBenefit, register.FieldEffect:
		return append(bad, "Nobody compares lists by hand any more.", "Leavers lose their accounts within the hour.")
	case register.FieldNoAction, register.FieldRejectReason:
		return []string{"", "", "One slip in 4,000; correction is enough."}
	default:
		return append(bad, full[f], full[f], full[f])
	}
}

// edited are the fields that people edit in the properties.
func edited() []register.Field {
	var out []register.Field
	for f := range complete(register.Nonconformity, register.Minor).Fields {
		out = append(out, f)
	}
	out = append(out, register.FieldNoAction, register.FieldRejectReason, register.FieldDriver, register.FieldBenefit, register.FieldLikelihood, register.FieldEffect)
	slices.Sort(out)
	return out
}

// A play is what becomes of a record, with what a bystander remembers of it: the test
// knows by itself who was ever involved.
type play struct {
	r        register.Record
	ctx      register.Context
	p        register.Policy
	involved map[string]bool // owned it, had one of its actions, or wrote its cause or plan
	n        int
	late     int // days by which conformd hears later of what people do
}

// drawStart draws a record as it is filed: empty, or complete.
func drawStart(t *rapid.T) *play {
	x := &play{ctx: at(now), p: register.DefaultPolicy(), involved: map[string]bool{}}
	x.ctx.People["rob"] = register.Person{ID: "rob", Name: "Rob Risk", Roles: []string{register.RoleRiskOwner}}
	x.ctx.SmallOrg = rapid.Bool().Draw(t, "small")
	x.r = register.Record{State: register.Reported, Fields: map[register.Field]string{}}
	if rapid.IntRange(0, 3).Draw(t, "start") > 0 {
		full := complete(
			rapid.SampledFrom([]register.Kind{register.Nonconformity, register.PotentialNonconformity, register.Improvement, register.Observation}).Draw(t, "kind"),
			rapid.SampledFrom([]register.Grade{register.Major, register.Minor}).Draw(t, "grade"))
		for f, v := range full.Fields {
			x.do(register.Propose{By: x.by("ana"), Field: f, Value: v})
		}
		if rapid.Bool().Draw(t, "under way") { // or few histories get as far as a review
			for i, subject := range []register.Subject{register.SubjectTriage, register.SubjectPlan} {
				x.do(register.Judge{Approval: register.Approval{
					Event: fmt.Sprint("start", i), Subject: subject, Outcome: register.Approved, By: "ira", At: x.ctx.At, How: register.ByComment,
				}})
			}
			x.do(adoption("start adopted", register.Adopted, "ira", "", x.ctx.At))
			x.do(register.Move{By: x.by("ben"), To: register.Verifying})
			x.ctx.At = x.ctx.At.AddDate(0, 0, 100)
			if rapid.Bool().Draw(t, "reviewed") {
				x.do(register.Judge{Approval: register.Approval{
					Event: "start2", Subject: register.SubjectEffectiveness, Outcome: register.Effective, By: "cem", At: x.ctx.At, How: register.ByComment, Reason: "Two exports are clean.",
				}})
			}
		}
	}
	return x
}

func (x *play) by(person string) register.Author {
	return register.Author{Person: person, At: x.said(), From: "jira-isms"}
}

// said is when people did what conformd hears of now.
func (x *play) said() time.Time { return x.ctx.At.AddDate(0, 0, -x.late) }

// do asks for something, and remembers who was involved by it.
func (x *play) do(c register.Command) []register.Fact {
	before := x.r
	facts, _ := register.Decide(x.r, c, x.ctx, x.p)
	x.r = register.Replay(x.r, facts)
	for _, r := range []register.Record{before, x.r} {
		if before.State == register.Closed {
			break
		}
		x.involved[r.Fields[register.FieldOwner]] = true
		for _, a := range r.AllActions() {
			x.involved[a.Assignee] = true
		}
	}
	if e, ok := c.(register.Propose); ok && before.State != register.Closed && before.Fields[e.Field] != x.r.Fields[e.Field] {
		switch e.Field {
		case register.FieldRootCause, register.FieldActionPlan, register.FieldCorrection, register.FieldCauseMethod:
			x.involved[e.By.Person] = x.r.Fields[e.Field] != "" || x.involved[e.By.Person]
		}
	}
	return facts
}

// step does one thing that people do to a record.
func (x *play) step(t *rapid.T) []register.Fact {
	x.n++
	x.ctx.At = x.ctx.At.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 40, 100}).Draw(t, "days"))
	who := rapid.SampledFrom([]string{"ana", "ben", "cem", "dee", "ira", "ira", "zoe"}).Draw(t, "by")
	event := register.Author{Person: who, At: x.said(), From: "jira-isms", Event: fmt.Sprint("e", x.n), How: register.ByComment}
	switch rapid.IntRange(0, 10).Draw(t, "step") {
	case 0:
		f := rapid.SampledFrom(edited()).Draw(t, "field")
		return x.do(register.Propose{By: x.by(who), Field: f, Value: rapid.SampledFrom(values(f)).Draw(t, "value")})
	case 1, 2:
		return x.do(register.Judge{Approval: register.Approval{
			Event: event.Event,
			Subject: rapid.SampledFrom([]register.Subject{
				register.SubjectEffectiveness, register.SubjectEffectiveness, register.SubjectRejection, register.SubjectPlan, register.SubjectPlan,
				register.SubjectTriage, register.SubjectTriage, register.SubjectReopening,
			}).Draw(t, "subject"),
			Outcome: rapid.SampledFrom([]register.Outcome{register.Effective, register.Effective, register.Ineffective, register.Partially, register.Approved}).Draw(t, "outcome"),
			By:      who, At: x.said(), How: register.ByComment,
			Reason: rapid.SampledFrom([]string{"", "Two exports are clean."}).Draw(t, "reason"),
		}})
	case 3:
		f := rapid.SampledFrom(edited()).Draw(t, "field")
		return x.do(register.Determine{By: event, Field: f, Value: rapid.SampledFrom(values(f)).Draw(t, "value"), Reason: "Agreed in the meeting."})
	case 4:
		return x.good()
	case 6:
		return x.except(t)
	case 8:
		a := promotion(rapid.SampledFrom([]register.Kind{register.Nonconformity, register.Improvement}).Draw(t, "promoted"), who)
		a.Event, a.At = event.Event, x.ctx.At
		return x.do(register.Judge{Approval: a})
	case 7:
		return x.do(adoption(event.Event, rapid.SampledFrom([]register.Outcome{register.Adopted, register.Adopted, register.Declined, register.Deferred}).Draw(t, "adoption"), who, x.ctx.At.AddDate(0, 2, 0).Format(time.DateOnly), x.ctx.At))
	case 5:
		facts := x.do(register.Judge{Approval: register.Approval{
			Event: event.Event, Subject: register.SubjectRejection, Outcome: register.Rejected, By: "ira", At: x.said(), How: register.ByComment,
			Reason: "The policy does not apply to test accounts.",
		}})
		return append(facts, x.do(register.Move{To: register.StateRejected})...)
	default:
		return x.do(register.Move{By: event, To: rapid.SampledFrom(states()).Draw(t, "wanted")})
	}
}

// drawHistory draws what becomes of a record, calling seen with each stage and what led
// to it. The clock never goes back.
func drawHistory(t *rapid.T, seen func(x *play, before register.Record, facts []register.Fact)) {
	x := drawStart(t)
	for range rapid.IntRange(1, 25).Draw(t, "steps") {
		before := x.r
		seen(x, before, x.step(t))
	}
}

// good does what every rule asks for, up to the closing.
func (x *play) good() (all []register.Fact) {
	decide := func(s register.Subject, o register.Outcome, by string) {
		x.n++
		all = append(all, x.do(register.Judge{Approval: register.Approval{
			Event: fmt.Sprint("good", x.n), Subject: s, Outcome: o, By: by, At: x.said(), How: register.ByComment, Reason: "Two exports are clean.",
		}})...)
	}
	decide(register.SubjectTriage, register.Approved, "ira")
	decide(register.SubjectPlan, register.Approved, "ira")
	x.n++
	all = append(all, x.do(adoption(fmt.Sprint("good", x.n), register.Adopted, "dee", "", x.ctx.At))...)
	all = append(all, x.do(register.Move{To: register.Verifying})...)
	x.ctx.At = x.ctx.At.AddDate(0, 0, 100)
	decide(register.SubjectEffectiveness, register.Effective, "cem")
	return append(all, x.do(register.Move{To: register.Closed})...)
}

// TestNoStateIsEnteredPastARule: whatever people edit, decide and ask for, in any order and
// at any time, no state past reported is entered from below while a rule of it does not
// hold.
func TestNoStateIsEnteredPastARule(t *testing.T) {
	reached := map[register.State]int{}
	lacking := func() string {
		for _, s := range []register.State{register.Analysis, register.Verifying, register.Closed, register.StateRejected, register.Accepted} {
			if reached[s] == 0 {
				return "a record in " + string(s)
			}
		}
		return ""
	}
	drawtest.Until(t, lacking, func(t *rapid.T) {
		drawHistory(t, func(x *play, before register.Record, facts []register.Fact) {
			r := before
			for _, f := range facts {
				r = register.Apply(r, f)
				if f.Kind != register.FactMoved {
					continue
				}
				reached[f.Move.To]++
				if f.Move.To == register.Accepted {
					honest(t, x, r, f.Move.From)
					continue
				}
				if f.Move.To == register.Reported || f.Move.To.Rank() <= f.Move.From.Rank() && f.Move.To.Rank() >= 0 {
					continue
				}
				vs := must(register.Check(r, f.Move.To, x.ctx, x.p))
				if f.Move.From == register.Accepted && len(must(f.Unmet)) == len(vs) {
					continue // an exception ends also if a rule of analysis does not hold: the fact names that rule
				}
				if len(vs) > 0 {
					t.Fatalf("entered %s from %s although %v", f.Move.To, f.Move.From, words(vs))
				}
			}
		})
	})
}

// TestTheTableHasEveryStep: whatever happens to a record, it takes steps that the table of
// transitions has, and the table has none that no record can take.
func TestTheTableHasEveryStep(t *testing.T) {
	taken := map[register.Transition]int{}
	lacking := func() string {
		forward := 0
		for s := range taken {
			if s.On == register.OnMove {
				forward++
			}
		}
		if forward < 6 {
			return "the six steps forward: five to closed and one to rejected"
		}
		return ""
	}
	drawtest.Until(t, lacking, func(t *rapid.T) {
		drawHistory(t, func(_ *play, before register.Record, facts []register.Fact) {
			r := before
			for _, f := range facts {
				if f.Kind == register.FactMoved && f.Move.From != f.Move.To {
					if r.State != f.Move.From {
						t.Fatalf("a move from %s of a record in %s", f.Move.From, r.State)
					}
					steps := f.Move.Steps()
					if steps == nil {
						t.Fatalf("%s → %s is not in the table", f.Move.From, f.Move.To)
					}
					for _, s := range steps {
						taken[s]++
					}
				}
				r = register.Apply(r, f)
			}
		})
	})
}

// TestNoCoalitionClosesANonconformity: a closed nonconformity was triaged by a manager, its
// plan was approved by a manager as it is, and somebody who was never involved found it
// effective as it is.
func TestNoCoalitionClosesANonconformity(t *testing.T) {
	closed := 0
	drawtest.Until(t, drawtest.Some{"a closed nonconformity": &closed}.Lacking, func(t *rapid.T) {
		x := drawStart(t)
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			facts := x.step(t)
			entered := slices.ContainsFunc(facts, func(f register.Fact) bool { return f.Kind == register.FactMoved && f.Move.To == register.Closed })
			if !entered || x.r.Kind() != register.Nonconformity || x.ctx.SmallOrg {
				continue
			}
			closed++
			stands := func(s register.Subject, covers string, by ...string) bool {
				return slices.ContainsFunc(x.r.Approvals, func(a register.Approval) bool {
					return a.Subject == s && a.Refused == "" && a.Void == "" && a.Covers == covers && slices.Contains(by, a.By)
				})
			}
			if !stands(register.SubjectTriage, "", "ira") || !stands(register.SubjectPlan, register.PlanDigest(x.r), "ira") {
				t.Fatalf("closed without a manager: %+v", x.r.Approvals)
			}
			var free []string
			for id := range x.ctx.People {
				if !x.involved[id] {
					free = append(free, id)
				}
			}
			if !stands(register.SubjectEffectiveness, register.EvidenceDigest(x.r), free...) {
				t.Fatalf("closed without a review of what it is by one of %v: %+v", free, x.r.Approvals)
			}
		}
	})
}

// TestStayingAsksNothing: neither time nor another policy moves a record that nobody
// touches, unless its exception ends.
func TestStayingAsksNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			later, other := x.ctx, x.p
			if x.r.State == register.Accepted {
				return // an exception ends
			}
			later.At = later.At.AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "later"))
			other.WaitDays = map[register.Grade]int{register.Major: 500, register.Minor: 500}
			if got, _ := advance(x.r, x.r.State, later, other); got.State != x.r.State || !got.Closed.Equal(x.r.Closed) {
				t.Fatalf("%s became %s although nobody did anything", x.r.State, got.State)
			}
		})
	})
}

// TestInvolvementNeverShrinks: whatever people do, who is involved stays involved.
func TestInvolvementNeverShrinks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(x *play, before register.Record, _ []register.Fact) {
			if n := len(before.Involved); len(x.r.Involved) < n || !slices.Equal(before.Involved, x.r.Involved[:n]) {
				t.Fatalf("involved were %v and are %v", before.Involved, x.r.Involved)
			}
		})
	})
}

// TestAdvanceIsIdempotentAndDeterministic: asking again for the same changes
// nothing, the same input gives the same output, and the input is left alone.
func TestAdvanceIsIdempotentAndDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			r, ctx, p := x.r, x.ctx, x.p
			wanted := rapid.SampledFrom(states()).Draw(t, "wanted")
			before := r.Clone()
			once, held := advance(r, wanted, ctx, p)
			if diff := cmp.Diff(before, r.Clone()); diff != "" {
				t.Fatalf("Advance(%s, %s) changed its argument:\n%s", before.State, wanted, diff)
			}
			same, heldToo := advance(r, wanted, ctx, p)
			if diff := cmp.Diff(once, same) + cmp.Diff(held, heldToo); diff != "" {
				t.Fatalf("Advance(%s, %s) twice from the same record:\n%s", r.State, wanted, diff)
			}
			if !wanted.Valid() {
				wanted = r.State
			}
			again, heldAgain := advance(once, wanted, ctx, p)
			if diff := cmp.Diff(once, again) + cmp.Diff(held, heldAgain); diff != "" {
				t.Fatalf("Advance(%s, %s) = %s, and again (-once +again):\n%s", r.State, wanted, once.State, diff)
			}
			wish := once.Requested
			if wish == "" {
				wish = once.State
			}
			settled, _ := advance(once, wish, ctx, p)
			if diff := cmp.Diff(once, settled); diff != "" {
				t.Fatalf("Advance(%s, %s) towards its own wish (-once +settled):\n%s", once.State, wish, diff)
			}
			if !r.State.Ended() && once.State != register.Closed && (once.State != wanted && (wanted.Ended() || once.State.Rank() < wanted.Rank())) != (len(held) > 0) {
				t.Fatalf("Advance(%s, %s) = %s, held by %v: a record is held if and only if something holds it", r.State, wanted, once.State, ids(held))
			}
		})
	})
}

// TestAddingEvidenceNeverLowersTheState: filling in what is empty, with what a
// complete record has there, takes nothing away.
func TestAddingEvidenceNeverLowersTheState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(x *play, _ register.Record, _ []register.Fact) {
			r, ctx, p := x.r, x.ctx, x.p
			f := rapid.SampledFrom([]register.Field{
				register.FieldTitle, register.FieldProblem, register.FieldEvidence, register.FieldLocation, register.FieldRequirements,
				register.FieldIdentified, register.FieldCorrection, register.FieldCauseMethod, register.FieldCriteria,
				register.FieldISMSChange, register.FieldCloseSummary,
			}).Draw(t, "evidence")
			full := complete(register.Nonconformity, register.Minor).Fields
			more := r.Clone()
			// The texts are compared with the root cause, so they must be its own.
			if v := more.Fields[f]; v == "" || v == "tbd" {
				more.Fields[f] = full[f]
			}
			if more.Fields[register.FieldRootCause] == full[register.FieldProblem] {
				return
			}
			less, _ := furthest(r, register.Closed, ctx, p)
			if got, _ := furthest(more, register.Closed, ctx, p); got.Rank() < less.Rank() {
				t.Fatalf("Furthest = %s with %s filled in, %s without", got, f, less)
			}
		})
	})
}

// TestApprovalsAreOnlyAppended: nothing that happens to a record takes a decision away or
// changes it, except that it may count no longer.
func TestApprovalsAreOnlyAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(x *play, before register.Record, _ []register.Fact) {
			for i, a := range before.Approvals {
				now := x.r.Approvals[i]
				if a.Void == "" {
					now.Void = ""
				}
				if now != a {
					t.Fatalf("a decision was %+v and is %+v", a, now)
				}
			}
		})
	})
}
