package register

import (
	"slices"
	"time"
)

// refuseAcceptance judges an exception, whoever asks for it or approves it.
func (w *decision) refuseAcceptance(c Accept) Refusal {
	refuse := func(what string, told *Message) Refusal { return Refusal{Rule: acceptanceRule, What: what, Told: told} }
	if x := w.refuseAcceptor(c.By); x != (Refusal{}) {
		return x
	}
	latest, allowed := w.p.latest(w.r, w.ctx.At)
	today := w.ctx.At.UTC().Format(time.DateOnly)
	switch {
	case w.r.State == Accepted:
		a, _ := StandingAcceptance(w.r)
		return refuse("the record is accepted until "+a.Until+" already", say("this record is accepted until {{.Date}}, and an exception is not prolonged: reopen the record with `/capa reopen <reason>`, and ask anew", "Date", dated(a.Until)))
	case w.r.Kind().Evaluates():
		return refuse(article(w.r.Kind())+" has no exception", say("an exception is about what is to be acted on, and this record measures or reviews the ISMS; close it, or change its target"))
	case w.r.State.Ended():
		return refuse("the record is at its end", say("this record is {{.State}}: nothing is left to accept", "State", w.r.State))
	case w.r.State.Rank() < Analysis.Rank():
		return refuse("the record is not triaged", say("this record is not triaged yet; ask {{.Roles}} to triage it, and ask again", "Roles", byRole(w.p.roleNames(ActTriage))))
	case !isDate(c.Until):
		return refuse(quote(c.Until)+" is not a date", say("say until when, as in `/capa accept until {{.Date}} because …`", "Date", latest))
	case c.Until <= today:
		return refuse(c.Until+" is not after today", say("an exception ends in the future: name a date after {{.Date}}", "Date", dated(today)))
	case !allowed:
		return refuse("the policy in force allows no exception of "+ofWhat(w.r).String(), say("the policy in force allows no exception of {{.What}}; that is register.acceptance, which a person adopts with `conformd policy adopt`", "What", ofWhat(w.r)))
	case c.Until > latest:
		return refuse(c.Until+" is after "+latest+", the last day on which an exception of "+ofWhat(w.r).String()+" may end", say("an exception of {{.What}} ends on {{.Date}} at the latest; name that date or an earlier one", "What", ofWhat(w.r), "Date", dated(latest)))
	}
	return Refusal{}
}

// refuseAcceptor refuses who cannot be known, and who audits the register.
func (w *decision) refuseAcceptor(by Author) Refusal {
	switch {
	case by.Event == "" || by.Bot || !by.How.says():
		return Refusal{Rule: acceptanceRule, What: "it is not an attributable event", Told: say("comment with an account of your own")}
	case !w.ctx.knows(by.Person):
		return w.stranger(by)
	case auditor(by.Person, w.ctx):
		return Refusal{Rule: acceptanceRule, What: "an auditor accepts nothing", Told: say("an auditor accepts nothing; ask the owner of the record")}
	}
	return Refusal{}
}

// refuseAsking judges the wish for an exception.
func (w *decision) refuseAsking(c Accept) Refusal {
	if why := unjustified(w.r, c.Reason); why != nil {
		return Refusal{
			Rule: acceptanceRule, What: "the justification " + why.String(),
			Told: say("the justification {{.Why}}; say in 50 characters or more why the record can stay as it is until then, and what limits the risk", "Why", why),
		}
	}
	return Refusal{}
}

// refuseApproval judges the approval of an exception that somebody else asks for, or that the
// person asked for with the same date.
func (w *decision) refuseApproval(c Accept, a Acceptance) Refusal {
	who := w.p.Accepts(w.r)
	refuse := func(what string, told *Message) Refusal { return Refusal{Rule: acceptanceRule, What: what, Told: told} }
	given := consents(w.r)
	asked := say("{{.Person}} has asked for an exception until {{.Date}} already", "Person", w.ctx.called(a.By), "Date", dated(a.Until))
	switch {
	case a.By == c.By.Person:
		return refuse("whoever asked for an exception does not approve it", say("you asked for this exception, so you do not approve it; it waits for {{.Roles}}", "Roles", byRole(who)))
	case owned(w.r, c.By.Person):
		return refuse("whoever approves an exception owns the record or did", say("you own this record or did, so you do not approve its exception; it waits for {{.Roles}}", "Roles", byRole(who)))
	case !w.p.mayAccept(c.By.Person, w.ctx):
		return refuse(asked.String()+"; approving that takes "+who, say("{{.Asked}}; that waits for {{.Roles}}", "Asked", asked, "Roles", byRole(who)))
	case slices.ContainsFunc(given, func(g Approval) bool { return g.By == c.By.Person }):
		return refuse("the person has approved it already", say("you have approved this exception already; it waits for {{.Roles}}", "Roles", byRole(who)))
	case len(w.p.enough(w.r, append(slices.Clone(given), w.consent(c)), w.ctx)) <= len(w.p.enough(w.r, given, w.ctx)):
		return refuse("the exception waits for "+who, say("this exception waits for {{.Roles}}", "Roles", byRole(who)))
	case c.Until > a.Until:
		return refuse(c.Until+" is later than "+a.Until+", which is asked for", say("the exception is asked for until {{.Date}}; name that date or an earlier one", "Date", dated(a.Until)))
	case unsaid(c.Reason) != nil:
		return refuse("the approval has no reason", say("say why, as in `/capa accept until {{.Date}} because the feed is replaced in March`", "Date", a.Until))
	}
	return Refusal{}
}
