package register

import (
	"cmp"
	"slices"
	"time"
)

// move brings the record as far towards a state as the rules allow, and notes the rest as
// a request. The record never goes to a later state than wanted. Entering a state asks all
// rules up to it; staying asks none.
func (w *decision) move(c Move) Refusal {
	wanted := c.To
	if !wanted.Valid() {
		wanted = w.r.State
	}
	if w.r.Kind().Evaluates() && wanted.Rank() >= Analysis.Rank() && wanted != Closed {
		wanted = w.r.Kind().begun() // it has no other state on the way
	}
	w.implied(c.By, wanted)
	w.leave(c.By, wanted)
	if w.leavesEnd(wanted) {
		if no := w.movedBack(c); no != (Refusal{}) || w.r.State.Ended() {
			return no
		}
	}
	w.advance(c.By, wanted)
	switch {
	case w.r.State == wanted, !wanted.Ended() && w.r.State.Rank() >= wanted.Rank(),
		// The evidence that closed a record stands: it is not rejected or accepted
		// afterwards, and no such wish is kept.
		w.r.State == Closed:
		wanted = ""
	}
	w.request(c.By, wanted)
	return Refusal{}
}

// request notes the state that is asked for, "" for none.
func (w *decision) request(by Author, s State) {
	if w.r.Requested == s && (by.At.IsZero() || s == "") {
		return
	}
	f := by.fact(Fact{Kind: FactRequested, State: s})
	f.At = w.ctx.At
	if s != "" {
		f.Unmet = Unmet(w.r, s, w.ctx, w.p)
	}
	w.add(f)
}

// implied takes the move of somebody who may decide it as the decision that it is: a
// manager who moves a complete report to analysis triages it, one who moves a complete plan
// into implementation approves it, one who moves it to rejected rejects it. A move beyond
// that says nothing of what was looked at.
func (w *decision) implied(by Author, wanted State) {
	if by.Event == "" {
		return
	}
	judge := func(s Subject, o Outcome, act Act) {
		if w.p.mayOn(w.r, by.Person, act, w.ctx) {
			_ = w.judge(Approval{Event: by.Event + ":" + string(s), Subject: s, Outcome: o, By: by.Person, Account: by.Account, At: by.At, How: cmp.Or(by.How, ByTransition)})
		}
	}
	only := func(to State, ids ...string) bool {
		return !slices.ContainsFunc(Unmet(w.r, to, w.ctx, w.p), func(v Violation) bool { return !slices.Contains(ids, v.Rule.ID) })
	}
	if w.r.State == Reported && !Triaged(w.r) && wanted.Rank() >= Analysis.Rank() && wanted.Rank() <= Implementing.Rank() && only(Analysis, w.r.Kind().triageRule()) {
		judge(SubjectTriage, Approved, ActTriage)
	}
	if wanted == Implementing && w.r.State.Rank() < Implementing.Rank() && len(counting(w.r, SubjectPlan)) == 0 && only(Implementing, "G25") {
		judge(SubjectPlan, Approved, ActApprovePlan)
	}
	if wanted == StateRejected && !w.r.State.Ended() && len(counting(w.r, SubjectRejection)) == 0 {
		judge(SubjectRejection, Rejected, ActReject)
	}
}

// leave takes the record out of verification if it cannot stay there or is wanted
// elsewhere. Closure and rejection are left by a decision alone, see movedBack.
func (w *decision) leave(by Author, wanted State) {
	back := wanted.Rank() >= 0 && wanted.Rank() < Verifying.Rank()
	a, failed := failedReview(w.r)
	switch {
	case failed && (w.r.State == Verifying || w.r.State == Closed): // taken in by an earlier version
		w.failed(a)
	case w.r.State == Verifying && back:
		w.enter(Analysis, by, "", nil)
		w.add(Fact{Kind: FactRound})
	case !w.r.Done.IsZero() && back && !w.r.State.Ended():
		// It had fallen back for lost evidence, and nobody asks for it to return.
		w.add(Fact{Kind: FactRound})
	}
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

// workOpen reports whether an action of r is still to be done.
func workOpen(r Record) bool {
	return r.Kind() != Observation && !r.Kind().Evaluates() && slices.ContainsFunc(r.AllActions(), func(a Action) bool {
		return a.State != ActionDone && a.State != ActionCancelled
	})
}

// advance enters the furthest lawful state towards wanted.
func (w *decision) advance(by Author, wanted State) {
	lawful := func(s State) bool { return len(Unmet(w.r, s, w.ctx, w.p)) == 0 }
	if w.r.State == wanted {
		return
	}
	if wanted.Rank() < 0 {
		if w.r.State != Closed && w.r.State != Accepted && lawful(wanted) {
			w.enter(wanted, by, "", nil)
		}
		return // a side exit that is not open leaves the record where it is
	}
	if w.r.State == Accepted {
		return // it is left by a decision, or when its exception is over
	}
	target := wanted
	if w.r.Round > 0 && target == Reported && w.r.State != Reported {
		target = Analysis
	}
	for w.r.State.Rank() > target.Rank() {
		w.enter(target, by, "", nil)
	}
	for w.r.State.Rank() < target.Rank() {
		next := w.r.Kind().after(w.r.State)
		if !lawful(next) {
			return
		}
		w.enter(next, by, "", nil)
	}
}

// enter puts the record in a state and sets the times that go with it. Steps in one
// direction are one move.
func (w *decision) enter(s State, by Author, why string, unmet []Violation) {
	w.step(s, by, why, unmet, nil)
}

// sendBack takes the record back to where it is lawful, because evidence is gone.
func (w *decision) sendBack(s State, by Author, why string, gone []Violation) {
	w.step(s, by, why, gone, w.loss(by, s, gone))
}

func (w *decision) step(s State, by Author, why string, unmet []Violation, lost *Loss) {
	m := Moved{Lost: lost, From: w.r.State, To: s, Confirmed: w.r.Confirmed, Done: w.r.Done, Closed: w.r.Closed}
	if s.Rank() >= Analysis.Rank() && m.Confirmed.IsZero() {
		m.Confirmed = w.ctx.At
	}
	if s.Rank() >= Verifying.Rank() && m.Done.IsZero() {
		m.Done = w.done()
	}
	switch {
	case s != Closed:
		m.Closed = time.Time{}
	case m.Closed.IsZero():
		m.Closed = w.ctx.At
	}
	if s == Closed {
		if use, ok := smallOrgUse(w.r, w.ctx, w.p); ok {
			m.SmallOrg = &use
		}
	}
	f := by.fact(Fact{Kind: FactMoved, Why: why, Move: &m, Unmet: unmet, Met: w.met(s, unmet)})
	if n := len(w.facts); n > 0 && w.facts[n-1].Kind == FactMoved && why == "" && w.facts[n-1].Why == "" && w.facts[n-1].Move.To.Rank() < s.Rank() {
		m.From = w.facts[n-1].Move.From
		w.facts[n-1] = f
		w.r = Apply(w.r, f)
		return
	}
	w.add(f)
}

// back puts the record where it is worked on again, also if a rule of that state no longer
// holds: the fact names the rule.
func (w *decision) back(to State, by Author, why string) {
	w.enter(to, by, why, Unmet(w.r, to, w.ctx, w.p))
}

// done is when the work was done: WorkDone of the context, where it is known better than
// now.
func (w *decision) done() time.Time {
	if !w.ctx.WorkDone.IsZero() && w.ctx.WorkDone.Before(w.ctx.At) {
		return w.ctx.WorkDone
	}
	return w.ctx.At
}

// met lists the rules in force that let the record into a state.
func (w *decision) met(s State, lost []Violation) []string {
	var out []string
	if s == Accepted {
		out = append(out, acceptanceRule)
	}
	row := w.p.RigourFor(w.r)
	for _, rule := range w.p.Rules {
		unmet := slices.ContainsFunc(lost, func(v Violation) bool { return v.Rule.ID == rule.ID })
		if !unmet && rule.governs(s) && w.p.asks(&rule.RuleInfo, w.r, w.r.Kind(), &row) == Must {
			out = append(out, rule.ID)
		}
	}
	return out
}

// Next returns the state that r was requested to be in, or the one that follows on its
// path when nothing is requested. It is false for a record at its end, and for one that is measured.
func Next(r Record) (State, bool) {
	switch {
	case r.Requested != "":
		return r.Requested, true
	case r.State.Ended(), r.Kind().Measured() && r.State != Reported:
		return "", false // what is measured goes on until somebody ends it
	default:
		return r.Kind().after(r.State), true
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
