package register_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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
	out = append(out, register.FieldNoAction, register.FieldRejectReason)
	slices.Sort(out)
	return out
}

// drawStart draws a record: empty, or complete in some state.
func drawStart(t *rapid.T) register.Record {
	if rapid.IntRange(0, 3).Draw(t, "start") == 0 {
		return register.Record{State: register.Reported, Fields: map[register.Field]string{}}
	}
	r := complete(
		rapid.SampledFrom([]register.Kind{register.Nonconformity, register.PotentialNonconformity, register.Improvement, register.Observation}).Draw(t, "kind"),
		rapid.SampledFrom([]register.Grade{register.Major, register.Minor}).Draw(t, "grade"))
	r.State = rapid.SampledFrom(states()[:8]).Draw(t, "state")
	if rapid.Bool().Draw(t, "fresh") {
		r.Done, r.Approvals = time.Time{}, nil
	}
	return r
}

// step does one thing that people do to a record, at its time.
func step(t *rapid.T, r register.Record, ctx register.Context, p register.Policy, i int) register.Record {
	r = r.Clone()
	switch rapid.IntRange(0, 3).Draw(t, "step") {
	case 0:
		f := rapid.SampledFrom(edited()).Draw(t, "field")
		r.Fields[f] = rapid.SampledFrom(values(f)).Draw(t, "value")
	case 1:
		r, _ = approve(r, register.Approval{
			Event:   string(rune('A' + i)),
			Subject: rapid.SampledFrom([]register.Subject{register.SubjectEffectiveness, register.SubjectEffectiveness, register.SubjectRejection, register.SubjectPlan}).Draw(t, "subject"),
			Outcome: rapid.SampledFrom([]register.Outcome{register.Effective, register.Effective, register.Ineffective, register.Partially, register.Approved}).Draw(t, "outcome"),
			By:      rapid.SampledFrom([]string{"ana", "ben", "cem", "dee", "zoe"}).Draw(t, "by"),
			At:      ctx.At, How: register.ByComment,
			Reason: rapid.SampledFrom([]string{"", "Two exports are clean."}).Draw(t, "reason"),
		}, ctx, p)
	default:
		r, _ = advance(r, rapid.SampledFrom(states()).Draw(t, "wanted"), ctx, p)
	}
	return r
}

// drawHistory draws what becomes of a record, calling seen with each stage. The
// clock never goes back.
func drawHistory(t *rapid.T, seen func(r register.Record, ctx register.Context, p register.Policy)) {
	p := register.DefaultPolicy()
	ctx := at(now)
	ctx.SmallOrg = rapid.Bool().Draw(t, "small")
	r := drawStart(t)
	for i := range rapid.IntRange(1, 20).Draw(t, "steps") {
		ctx.At = ctx.At.AddDate(0, 0, rapid.SampledFrom([]int{0, 1, 40, 100}).Draw(t, "days"))
		r = step(t, r, ctx, p, i)
		seen(r, ctx, p)
	}
}

// TestNoPathReachesClosedPastAGuard: whatever people edit, decide and ask for, in
// any order and at any time, a record that was advanced is not closed, nor in any
// other state past analysis, while a guard of that state does not hold.
func TestNoPathReachesClosedPastAGuard(t *testing.T) {
	reached := map[register.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(r register.Record, ctx register.Context, p register.Policy) {
			for _, wanted := range states() {
				got, held := advance(r, wanted, ctx, p)
				reached[got.State]++
				if got.State == register.Accepted {
					t.Fatalf("Advance(%s, %s) = accepted", r.State, wanted)
				}
				if got.State == register.Reported || got.State == register.Analysis {
					continue
				}
				if vs := must(register.Check(got, got.State, ctx, p)); len(vs) > 0 {
					t.Fatalf("Advance(%s, %s) = %s although %v", r.State, wanted, got.State, words(vs))
				}
				if wanted == got.State && len(held) > 0 {
					t.Fatalf("Advance(%s, %s) got there and is held by %v", r.State, wanted, ids(held))
				}
			}
		})
	})
	for _, s := range states()[:6] {
		if reached[s] == 0 {
			t.Errorf("no history reached %s: the property shows nothing about it", s)
		}
	}
}

// TestNoClosureWithoutAnIndependentReview is the same seen from the end: a closed
// nonconformity has an effective review of its present round.
func TestNoClosureWithoutAnIndependentReview(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(r register.Record, ctx register.Context, p register.Policy) {
			r, _ = advance(r, register.Closed, ctx, p)
			if r.State != register.Closed || r.Kind() != register.Nonconformity || ctx.SmallOrg {
				return
			}
			last := -1
			for i, a := range r.Approvals {
				if a.Subject == register.SubjectEffectiveness && a.Refused == "" {
					last = i
				}
			}
			if last < 0 {
				t.Fatal("closed without a review")
			}
			a := r.Approvals[last]
			if a.Outcome != register.Effective || a.Round != r.Round || a.By == r.Fields[register.FieldOwner] || a.Reason == "" {
				t.Fatalf("closed in round %d, owned by %s, on the review %+v", r.Round, r.Fields[register.FieldOwner], a)
			}
		})
	})
}

// TestAdvanceIsIdempotentAndDeterministic: asking again for the same changes
// nothing, the same input gives the same output, and the input is left alone.
func TestAdvanceIsIdempotentAndDeterministic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(r register.Record, ctx register.Context, p register.Policy) {
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
			if (once.State != wanted && (wanted.Ended() || once.State.Rank() < wanted.Rank())) != (len(held) > 0) {
				t.Fatalf("Advance(%s, %s) = %s, held by %v: a record is held if and only if something holds it", r.State, wanted, once.State, ids(held))
			}
		})
	})
}

// TestAddingEvidenceNeverLowersTheState: filling in what is empty, with what a
// complete record has there, takes nothing away.
func TestAddingEvidenceNeverLowersTheState(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		drawHistory(t, func(r register.Record, ctx register.Context, p register.Policy) {
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

// TestApprovalsAreOnlyAppended: nothing that happens to a record changes or takes
// away an approval.
func TestApprovalsAreOnlyAppended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var before []register.Approval
		drawHistory(t, func(r register.Record, _ register.Context, _ register.Policy) {
			if len(r.Approvals) < len(before) || !slices.Equal(before, r.Approvals[:len(before)]) {
				t.Fatalf("approvals were %v and are %v", before, r.Approvals)
			}
			before = slices.Clone(r.Approvals)
		})
	})
}
