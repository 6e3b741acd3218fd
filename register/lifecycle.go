package register

import (
	"slices"
	"time"
)

// Check returns the rules that do not hold for r to be in state to: every rule of
// to and of every state before it, since the evidence of earlier steps must still
// be there. Rules of severity Should are among them. StateRejected is beside the
// path and has rules of its own; Accepted is never lawful (see acceptance).
func Check(r Record, to State, ctx Context, p Policy) []Violation {
	return check(r, to, ctx, p, Must, Should)
}

// Unmet is Check for the rules that hold a record back, alone. How far a record may go is
// asked often, and what is only recommended need not be worked out for it.
func Unmet(r Record, to State, ctx Context, p Policy) []Violation {
	return check(r, to, ctx, p, Must)
}

func check(r Record, to State, ctx Context, p Policy, severities ...Severity) []Violation {
	if to == Accepted {
		return []Violation{acceptance()}
	}
	ctx = p.withDefaults(ctx)
	var out []Violation
	for _, rule := range p.Rules {
		if p.Disabled[rule.ID] || !slices.Contains(severities, rule.Severity) || !rule.governs(to) || !rule.AppliesTo(r) {
			continue
		}
		if l := rule.Check(r, ctx); len(l) > 0 {
			out = append(out, Violation{rule.RuleInfo, l})
		}
	}
	return out
}

// governs reports whether the rule must hold for a record to be in state s.
func (i RuleInfo) governs(s State) bool {
	if s == StateRejected || i.To == StateRejected {
		return s == i.To
	}
	return i.To.Rank() >= 0 && i.To.Rank() <= s.Rank()
}

// acceptance is why no record is accepted as an exception: that takes a named
// approver and a date on which it ends, for which a record has no place. It cannot
// be switched off.
func acceptance() Violation {
	return Violation{
		Rule: RuleInfo{
			ID: "G18", Requirement: "nc.proportion", To: Accepted, Kinds: allKinds(), Severity: Must,
			Sentence: "An exception is accepted in a step of its own, which names who approved it and when it ends",
		},
		Lacks: []Lack{{Field: FieldState, What: "Accepting an exception needs the acceptance step, which this register does not offer; close the record with its evidence, or reject it with a reason", Remedy: Remedy{Kind: RemedyMove}}},
	}
}

// Advance returns r in the furthest lawful state towards wanted, and what keeps it
// from there; nothing when it got there. A wanted state that is not Valid is read
// as the present one.
//
// Forward, a record goes as far as the guards allow; it may pass several states at
// once. Backward it may always go, though not from verification or closure to
// before Analysis. A record that lost the evidence for the state it is in goes
// back too, and one whose review did not find the actions effective goes back to
// Analysis whatever is wanted.
//
// Requested is set to wanted if that was not reached, and cleared otherwise.
// Confirmed, Done and Closed are set to ctx.At when their states are entered.
// Advancing again towards the same state changes nothing.
func Advance(r Record, wanted State, ctx Context, p Policy) (Record, []Violation) {
	r = r.Clone()
	if !r.State.Valid() {
		r.State = Reported
	}
	if !wanted.Valid() {
		wanted = r.State
	}
	r = leave(r, wanted)
	for {
		next := furthest(r, wanted, ctx, p)
		done := next == r.State
		r = enter(r, next, ctx)
		if done {
			break
		}
	}
	if r.State.Rank() < Verifying.Rank() && !r.Done.IsZero() && r.State.Rank() >= 0 && workOpen(r) {
		r = r.newRound()
	}
	if r.State == wanted || !wanted.Ended() && r.State.Rank() >= wanted.Rank() {
		return r.request("", ctx), nil
	}
	held := Unmet(r, wanted, ctx, p)
	if r.State == Closed {
		// The evidence that closed a record stands: it is not rejected or accepted
		// afterwards, and no such wish is kept.
		return r.request("", ctx), held
	}
	return r.request(wanted, ctx), held
}

// leave takes r out of verification, closure or rejection if it cannot stay there
// or is wanted elsewhere.
func leave(r Record, wanted State) Record {
	verified := r.State == Verifying || r.State == Closed
	if a, failed := failedReview(r); failed && verified {
		r.Attempts = append(r.Attempts, attempt(r, a))
		r.State = Analysis
		return r.newRound()
	}
	back := wanted.Rank() >= 0 && wanted.Rank() < Verifying.Rank()
	switch {
	case r.State == Closed && wanted == Verifying, verified && back:
		r.State = Analysis
		return r.newRound()
	case r.State == StateRejected && wanted.Rank() >= 0:
		r.State = Reported
		return r.newRound()
	case !r.Done.IsZero() && back:
		// It had fallen back for lost evidence, and nobody asks for it to return.
		return r.newRound()
	}
	return r
}

// attempt notes what review a found not to have worked.
func attempt(r Record, a Approval) Attempt {
	t := Attempt{Round: r.Round, Review: a.Event, RootCause: r.Fields[FieldRootCause]}
	for _, act := range r.AllActions() {
		if act.State != ActionCancelled {
			t.Actions = append(t.Actions, act.Title)
		}
	}
	return t
}

// newRound makes earlier approvals and the waiting time void.
func (r Record) newRound() Record {
	r.Round++
	r.Done = time.Time{}
	return r
}

// workOpen reports whether an action of r is still to be done.
func workOpen(r Record) bool {
	return r.Kind() != Observation && slices.ContainsFunc(r.AllActions(), func(a Action) bool {
		return a.State != ActionDone && a.State != ActionCancelled
	})
}

// furthest returns the furthest lawful state from where r is towards wanted.
func furthest(r Record, wanted State, ctx Context, p Policy) State {
	lawful := func(s State) bool { return len(Unmet(r, s, ctx, p)) == 0 }
	if wanted.Rank() < 0 && lawful(wanted) {
		return wanted
	}
	// A side exit that is not open leaves the record where it is, if that is lawful.
	target := wanted
	if wanted.Rank() < 0 {
		target = r.State
	}
	from := r.State
	switch {
	case from == StateRejected && target == StateRejected && lawful(from):
		return from
	case from == StateRejected:
		from = Reported
	case from == Accepted:
		from = Analysis
	}
	if target.Rank() < 0 {
		target = from
	}
	if r.Round > 0 && target == Reported && from != Reported {
		target = Analysis
	}
	// Up to Analysis a record needs nothing in order to stay, only to move forward.
	at := min(from.Rank(), target.Rank(), Analysis.Rank())
	for at < target.Rank() && lawful(path()[at+1]) {
		at++
	}
	return path()[at]
}

// enter puts r in state s and sets the times that go with it.
func enter(r Record, s State, ctx Context) Record {
	r.State = s
	if s.Rank() >= Analysis.Rank() && r.Confirmed.IsZero() {
		r.Confirmed = ctx.At
	}
	if s.Rank() >= Verifying.Rank() && r.Done.IsZero() {
		r.Done = ctx.At
	}
	switch {
	case s != Closed:
		r.Closed = time.Time{}
	case r.Closed.IsZero():
		r.Closed = ctx.At
	}
	return r
}

// request notes the state that is asked for, "" for none, and since when.
func (r Record) request(s State, ctx Context) Record {
	changed := r.Requested != "" && r.Requested != s
	r.Requested = s
	switch {
	case s == "":
		r.RequestedAt = time.Time{}
	case r.RequestedAt.IsZero() || changed:
		r.RequestedAt = ctx.At
	}
	return r
}

// Next returns the state that r was requested to be in, or the one that follows on its
// path when nothing is requested. It is false for a record at its end.
func Next(r Record) (State, bool) {
	switch {
	case r.Requested != "":
		return r.Requested, true
	case r.State.Ended():
		return "", false
	default:
		return path()[r.State.Rank()+1], true
	}
}

// Missing returns what holds r back from its next state (Next); nothing for a record at
// its end.
func Missing(r Record, ctx Context, p Policy) []Violation {
	to, ok := Next(r)
	if !ok {
		return nil
	}
	return Unmet(r, to, ctx, p)
}
