package register

import (
	"cmp"
	"slices"
)

// A record that is closed, accepted or rejected is taken up again by a decision with a reason
// (SubjectReopening). Whoever may decide that and moves an issue back has decided it. Whoever
// may not has asked for it: a proposal for the state waits, and the record stays where it is.

// leavesEnd reports whether a move to a state would take the record up again.
func (w *decision) leavesEnd(wanted State) bool {
	switch w.r.State {
	case Closed:
		return wanted.Rank() >= 0 && wanted != Closed
	case Accepted: // what has not been worked on does not become closed by asking for it
		return wanted.Rank() >= 0 && wanted != Closed
	case StateRejected:
		return wanted.Rank() >= 0
	default:
		return false
	}
}

// movedBack takes in that somebody moves a record out of its end.
func (w *decision) movedBack(c Move) Refusal {
	may := c.By.Event != "" && !c.By.Bot && w.p.mayReopen(w.r, c.By.Person, w.ctx)
	switch {
	case may && c.By.How.atRegister() && unsaid(c.Why) != nil:
		return Refusal{What: "a reopening has a reason", Told: say(`say why: conformd register reopen {{.Ref}} --reason "…"`, "Ref", w.r.Ref)}
	case may:
		return w.judge(Approval{
			Event: c.By.Event + ":" + string(SubjectReopening), Subject: SubjectReopening, Outcome: Approved, By: c.By.Person,
			Account: c.By.Account, At: c.By.At, How: cmp.Or(c.By.How, ByTransition), Reason: c.Why,
		})
	}
	if _, asked := ReopeningAsked(w.r, c.By.From); asked {
		return Refusal{} // whoever asked first asked for all
	}
	x := Proposal{Field: FieldState, Value: string(c.To), By: c.By.Person, At: c.By.At, From: c.By.From, Amends: true}
	w.add(c.By.fact(Fact{Kind: FactProposed, Field: FieldState, Before: string(w.r.State), After: string(c.To), Proposal: &x}))
	return Refusal{}
}

// mayReopen reports whether a person may take r up again. Who may accept may also revoke what
// was accepted.
func (p Policy) mayReopen(r Record, person string, ctx Context) bool {
	return p.may(person, ActReopen, ctx) || r.State == Accepted && p.mayAccept(person, ctx)
}

// reopeners names who may take r up again.
func (p Policy) reopeners(r Record) string {
	if r.State != Accepted {
		return p.roleNames(ActReopen)
	}
	return p.roleNames(ActReopen) + " or " + p.roleNames(ActAccept)
}

// ReopeningAsked returns the request to reopen r that came from a place, "" for any place.
func ReopeningAsked(r Record, from string) (Proposal, bool) {
	i := slices.IndexFunc(r.Proposals, func(x Proposal) bool { return x.Field == FieldState && (from == "" || x.From == from) })
	if i < 0 {
		return Proposal{}, false
	}
	return r.Proposals[i], true
}

// settleReopening ends the requests to reopen a record that is open again.
func (w *decision) settleReopening(by Author) {
	x, asked := ReopeningAsked(w.r, "")
	if !asked || w.r.State.Ended() {
		return
	}
	f := by.fact(Fact{Kind: FactSettled, Field: FieldState, Before: x.Value, After: x.Value, Why: "the record is open again"})
	f.From = "" // wherever it was asked for
	w.add(f)
}
