package register

import (
	"slices"
	"strings"
	"time"
)

// extensionRule is the id of the rule about dates and who moves them.
const extensionRule = "G30"

// mostExtensions is how many extensions of a major its managers approve themselves.
const mostExtensions = 2

// extending is the act of approving the next extension of r.
func (r *Record) extending() Act {
	n := 0
	for _, e := range r.Extensions {
		if e.State == ExtensionApproved {
			n++
		}
	}
	if r.Grade() == Major && n >= mostExtensions {
		return ActExtendAgain
	}
	return ActExtend
}

// refuseExtension judges a later date, whoever asks for it or approves it.
func (w *decision) refuseExtension(c Extend) (Deadline, Refusal) {
	m := c.Milestone
	refuse := func(what, told string) (Deadline, Refusal) {
		return Deadline{}, Refusal{Rule: extensionRule, What: what, Told: told}
	}
	d, set := deadline(w.r, m, w.ctx.At)
	switch {
	case c.By.Event == "" || c.By.Bot || c.By.How != ByComment && c.By.How != ByTerminal:
		return refuse("it is not an attributable event", "comment with an account of your own")
	case !w.ctx.knows(c.By.Person):
		return Deadline{}, w.stranger(c.By)
	case auditor(c.By.Person, w.ctx):
		return refuse("an auditor moves no date", "an auditor moves no date; ask the owner of the record")
	case !slices.Contains(MilestoneList(), m):
		return refuse("there is no milestone "+quote(string(m)), "the milestones are triage, containment, cause, implementation and verification")
	case w.r.State.Ended():
		return refuse("the record is at its end", "this record is "+string(w.r.State)+": its clocks have stopped")
	case !set:
		return refuse(m.Words()+" has no date", m.Words()+" has no date that could be extended")
	case d.Met:
		return refuse(m.Words()+" is met", m.Words()+" is met already; nothing is left to extend")
	case !isDate(c.To):
		return refuse(quote(c.To)+" is not a date", "write the date as in `/capa extend "+string(m)+" "+w.ctx.At.AddDate(0, 1, 0).Format(time.DateOnly)+" because …`")
	case unsaid(c.Reason) != "":
		return refuse("an extension has a reason", "say why, as in `/capa extend "+string(m)+" "+c.To+" because the vendor delivers in May`")
	case c.To <= d.Present:
		return refuse(c.To+" is not later than "+d.Present+", the present date", m.Words()+" is due on "+d.Present+"; name a later date")
	}
	if body := w.r.Fields[FieldDeadline]; asksFor(m) && isDate(body) && c.To > body {
		return refuse("the certification body wants it by "+body, "the certification body wants it by "+body+"; agree on a later date with it, and let "+w.p.roleNames(ActTriage)+" change "+label(FieldDeadline)+" first")
	}
	if next, ok := following(m); ok {
		if other, set := deadline(w.r, next, w.ctx.At); set && c.To > other.Present {
			return refuse(m.Words()+" would be due after "+next.Words(), next.Words()+" is due on "+other.Present+" and comes after it; extend that first, or name an earlier date")
		}
	}
	return d, Refusal{}
}

// following returns the milestone that cannot be met before m.
func following(m Milestone) (Milestone, bool) {
	switch m {
	case MilestoneContainment:
		return MilestoneCause, true
	case MilestoneCause:
		return MilestoneImplementation, true
	default:
		return "", false
	}
}

// mayAsk refuses a person who has nothing to do with the record.
func (w *decision) mayAsk(person string) Refusal {
	if involvement(w.r, person, w.ctx.At).What != "" || w.r.Fields[FieldReporter] == person || w.r.Fields[FieldReviewer] == person ||
		w.p.may(person, ActExtend, w.ctx) || w.p.may(person, ActExtendAgain, w.ctx) {
		return Refusal{}
	}
	return Refusal{
		Rule: extensionRule, What: w.ctx.called(person) + " is not involved in the record",
		Told: "only somebody who works on this record, reported it or reviews it asks for a later date; ask its owner, or " + w.p.roleNames(ActExtend),
	}
}

// stranger refuses somebody whom the register does not know.
func (w *decision) stranger(by Author) Refusal {
	return Refusal{
		What: w.ctx.called(by.Person) + " is not in the register's list of people",
		Told: "your account is not in the register's list of people; ask the ISMS manager to add it",
	}
}

// inTime is G30. The date of triage is that of G28.
func inTime(r Record, ctx Context) []Lack {
	var l lacks
	if r.State.Ended() {
		return l
	}
	for _, d := range Deadlines(r, ctx.At) {
		if d.Missed && !d.Met && d.Milestone != MilestoneTriage {
			l.add(FieldState, strings.ToUpper(d.Milestone.Words()[:1])+d.Milestone.Words()[1:]+" was due on "+d.Present+"; finish it, or ask for a later date: `/capa extend "+string(d.Milestone)+" <date> because …`")
		}
	}
	return l
}
