package register

// recurrenceRule is the id of the rule about candidates for a recurrence and who answers them.
const recurrenceRule = "G03"

// recurrenceNamed returns the candidate that an answer names. A person may confirm one that the
// register did not propose.
func (w *decision) recurrenceNamed(c AnswerRecurrence) (Recurrence, Refusal) {
	to, known := w.ctx.Records[c.Name]
	if i := w.r.recurrenceOf(to.ID, c.Name); i >= 0 {
		return w.r.Recurrences[i], Refusal{}
	}
	refuse := func(what string, told *Message) (Recurrence, Refusal) {
		return Recurrence{}, Refusal{Rule: recurrenceRule, What: what, Told: told}
	}
	switch fault := linkFault(w.r, Claim{RecurrenceOf, c.Name}, w.ctx); {
	case !c.Again:
		return refuse(c.Name+" is no candidate", say("nobody asks whether this record is {{.Ref}} again; `conformd register show {{.Ref2}}` lists its candidates", "Ref", c.Name, "Ref2", w.r.Ref))
	case fault != nil:
		return refuse(fault.String(), fault)
	case known && to.State != Closed:
		return refuse(to.Ref+" is not closed, so it cannot have come up again", say("{{.Ref}} is {{.State}} and not closed: link the records with `/capa link recurrence-of {{.Ref}} because …`, and work on one of them", "Ref", to.Ref, "State", to.State))
	}
	return Recurrence{To: to.ID, Ref: to.Ref, Why: "a person names it", Put: w.when(c.By)}, Refusal{}
}

// refuseAnswer judges who answers a candidate, and how. Neither the owner of the new record nor
// that of the closed one answers: each has something to lose.
func (w *decision) refuseAnswer(c AnswerRecurrence, x Recurrence) Refusal {
	rule := recurrenceRule
	if w.p.Disabled[rule] {
		rule = "" // who may answer is asked for all the same
	}
	refuse := func(what string, told *Message) Refusal { return Refusal{Rule: rule, What: what, Told: told} }
	who := w.p.roleNames(ActRecurrence)
	verb := "no-recurrence"
	if c.Again {
		verb = "recurrence"
	}
	switch {
	case c.By.Event == "" || c.By.Bot || !c.By.How.says():
		return refuse("it is not an attributable event", say("comment with an account of your own"))
	case !w.ctx.knows(c.By.Person):
		return w.stranger(c.By)
	case !w.p.may(c.By.Person, ActRecurrence, w.ctx):
		return refuse(w.ctx.called(c.By.Person)+" may not answer a candidate for a recurrence; that takes "+who, say("you may not answer whether a record came up again; ask {{.Roles}}", "Roles", byRole(who)))
	case owned(w.r, c.By.Person):
		return refuse("whoever answers a candidate for a recurrence owns the record or did", say("you own this record or did, so you do not say whether it is a recurrence; ask {{.Roles}} who never owned it", "Roles", byRole(who)))
	case x.Owner == c.By.Person && !c.Again:
		return refuse("whoever refuses a recurrence owned the closed record", say("you owned {{.Ref}}, so you do not say that it did not come up again; ask {{.Roles}} who did not own it", "Ref", x.Ref, "Roles", byRole(who)))
	case w.r.State.Ended():
		return refuse("the record is at its end", say("this record is {{.State}}: reopen it before you answer", "State", w.r.State))
	case x.State == RecurrenceConfirmed:
		return refuse("the recurrence is confirmed", say("this record is a recurrence of {{.Ref}} already, and {{.Ref}} was taken up again on that: a confirmation is not taken back", "Ref", x.Ref))
	case unsaid(c.Reason) != nil:
		return refuse("the answer has no reason", say("say why, as in `/capa {{.Verb}} {{.Ref}} because the accounts come from another directory`", "Verb", verb, "Ref", x.Ref))
	}
	return Refusal{}
}
