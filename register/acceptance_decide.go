package register

import (
	"cmp"
	"slices"
)

// accept takes in that somebody asks for an exception, or approves one.
func (w *decision) accept(c Accept) Refusal {
	known := func(event string) bool { return c.By.Event != "" && event == c.By.Event }
	if slices.ContainsFunc(w.r.Acceptances, func(a Acceptance) bool { return known(a.Event) }) ||
		slices.ContainsFunc(w.r.Approvals, func(a Approval) bool { return known(a.Event) }) {
		return Refusal{} // taken in before
	}
	if x := w.refuseAcceptance(c); x != (Refusal{}) {
		return x
	}
	a, waits := AskedAcceptance(w.r)
	if waits && (a.By != c.By.Person || a.Until == c.Until) {
		return w.approveAcceptance(c, a)
	}
	if x := w.refuseAsking(c); x != (Refusal{}) {
		return x
	}
	if waits {
		w.dropAcceptance(c.By, a, AcceptanceWithdrawn, "asked until "+c.Until+" in its place")
	}
	a = Acceptance{
		Round: w.r.Round, Asked: c.Until, Until: c.Until, Reason: c.Reason, Measures: c.Measures, RiskRef: c.RiskRef,
		By: c.By.Person, At: w.when(c.By), Event: c.By.Event, From: c.By.From, State: AcceptanceAsked,
	}
	f := c.By.fact(Fact{Kind: FactAcceptance, Acceptance: &a, Why: c.Reason})
	f.At = a.At
	w.add(f)
	return Refusal{}
}

// consent is the approval of an exception by the author of a command.
func (w *decision) consent(c Accept) Approval {
	return Approval{
		Event: c.By.Event, Subject: SubjectAcceptance, Outcome: Approved, By: c.By.Person, Account: c.By.Account, At: w.when(c.By),
		How: c.By.How, Reason: c.Reason, Round: w.r.Round, Covers: cmp.Or(c.Saw, Covers(w.r, SubjectAcceptance)),
	}
}

// approveAcceptance takes in an approval. With the last one that is needed, the record is
// accepted; not so if the author saw something else than the record says now.
func (w *decision) approveAcceptance(c Accept, a Acceptance) Refusal {
	if x := w.refuseApproval(c, a); x != (Refusal{}) {
		return x
	}
	x := w.consent(c)
	a.Until = c.Until
	then := w.r.Clone()
	then.Approvals = append(then.Approvals, x)
	a.Approved = w.p.enough(then, consents(then), w.ctx)
	if len(a.Approved) == len(acceptanceActs(w.r)) {
		a.State = AcceptanceApproved
	}
	f := c.By.fact(Fact{Kind: FactAcceptance, Acceptance: &a, Decision: &x, Why: c.Reason})
	f.At = x.At
	w.add(f)
	if a.State != AcceptanceApproved {
		return Refusal{}
	}
	w.enter(Accepted, c.By, "accepted until "+a.Until, nil)
	if w.r.Requested == Accepted {
		w.request(c.By, "")
	}
	return Refusal{}
}

// declineAcceptance takes in the decision against an exception that waits. Who asked for it
// takes it back with the same command.
func (w *decision) declineAcceptance(c Decline, a Acceptance) Refusal {
	state := AcceptanceDeclined
	if x := w.refuseAcceptor(c.By); x != (Refusal{}) {
		return x
	}
	switch {
	case unsaid(c.Reason) != nil:
		return Refusal{Rule: acceptanceRule, What: "the decision has no reason", Told: say("say why, as in `/capa keep state because the feed can be repaired in April`")}
	case a.By == c.By.Person:
		state = AcceptanceWithdrawn
	case !w.p.mayAccept(c.By.Person, w.ctx):
		who := w.p.Accepts(w.r)
		return Refusal{Rule: acceptanceRule, What: w.ctx.called(c.By.Person) + " may not decide about an exception; that takes " + who, Told: say("you may not decide about an exception; ask {{.Roles}}", "Roles", byRole(who))}
	}
	w.dropAcceptance(c.By, a, state, c.Reason)
	return Refusal{}
}

// dropAcceptance ends the wait of an exception. Approvals of it count for no later one.
func (w *decision) dropAcceptance(by Author, a Acceptance, state AcceptanceState, why string) {
	w.settleAcceptance(by, a, state, why)
	for _, x := range counting(w.r, SubjectAcceptance) {
		w.add(Fact{Kind: FactVoided, At: w.when(by), Event: x.Event, Why: "the exception was " + string(state), Decision: &x})
	}
}

// settleAcceptance notes what became of an exception.
func (w *decision) settleAcceptance(by Author, a Acceptance, state AcceptanceState, why string) {
	a.State, a.EndedBy, a.EndedAt, a.Because = state, by.Person, w.when(by), why
	f := by.fact(Fact{Kind: FactAcceptance, Acceptance: &a, Why: why})
	f.At = a.EndedAt
	w.add(f)
}

// settleAcceptances ends what does not stand any longer: an exception on the day after its last
// one, or when its approvals count no longer, and a wish for which nothing is left to accept.
func (w *decision) settleAcceptances() {
	if a, stands := StandingAcceptance(w.r); stands {
		if why := w.lapsed(a); why != "" {
			w.settleAcceptance(Author{}, a, AcceptanceEnded, why)
			w.backFromAcceptance(Author{}, why)
		}
	}
	a, waits := AskedAcceptance(w.r)
	if !waits {
		return
	}
	switch {
	case w.r.State.Ended() || w.r.State == Reported:
		w.dropAcceptance(Author{}, a, AcceptanceWithdrawn, "the record is "+string(w.r.State))
	case a.over(w.ctx.At):
		w.dropAcceptance(Author{}, a, AcceptanceWithdrawn, "nobody approved it until "+a.Until)
	}
}

// lapsed says why a standing exception is over, "" if it is not.
func (w *decision) lapsed(a Acceptance) string {
	if a.over(w.ctx.At) {
		return exceptionEnded + a.Until
	}
	for _, by := range a.Approved {
		i := slices.IndexFunc(w.r.Approvals, func(x Approval) bool { return x.Event == by.Event })
		if i >= 0 && w.r.Approvals[i].Void != "" {
			return "the approval by " + by.Person + " counts no longer: " + w.r.Approvals[i].Void
		}
	}
	return ""
}

// backFromAcceptance takes an accepted record up again. Its plan is of another time: a new
// round has milestones and approvals of its own.
func (w *decision) backFromAcceptance(by Author, why string) {
	if w.r.State != Accepted {
		return
	}
	w.back(Analysis, by, why)
	w.add(Fact{Kind: FactRound})
}

// retractAcceptance ends a wish whose comment was edited afterwards. An approval is ended as
// every other decision is.
func (w *decision) retractAcceptance(c Retract) {
	if a, waits := AskedAcceptance(w.r); waits && a.Event == c.Event {
		by := c.By
		by.Event = c.Event
		w.dropAcceptance(by, a, AcceptanceWithdrawn, cmp.Or(c.Why, "taken back"))
	}
}
