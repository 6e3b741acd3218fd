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
	refuse := func(what string, told *Message) (Deadline, Refusal) {
		return Deadline{}, Refusal{Rule: extensionRule, What: what, Told: told}
	}
	d, set := deadline(w.r, m, w.ctx.At)
	switch {
	case c.By.Event == "" || c.By.Bot || !c.By.How.says():
		return refuse("it is not an attributable event", say("comment with an account of your own"))
	case !w.ctx.knows(c.By.Person):
		return Deadline{}, w.stranger(c.By)
	case auditor(c.By.Person, w.ctx):
		return refuse("an auditor moves no date", say("an auditor moves no date; ask the owner of the record"))
	case m == MilestoneDecision && !w.r.State.Ended():
		return refuse("a deferred improvement is decided anew", say("decide anew: `/capa adopt <why>`, `/capa decline <why>` or `/capa defer until=<date> <why>`; that takes {{.Roles}}", "Roles", byRole(w.p.roleNames(ActAdopt))))
	case !slices.Contains(MilestoneList(), m):
		return refuse("there is no milestone "+quote(string(m)), say("the milestones are triage, containment, cause, implementation and verification"))
	case w.r.State.Ended():
		return refuse("the record is at its end", say("this record is {{.State}}: its clocks have stopped", "State", w.r.State))
	case !set:
		return refuse(m.Words()+" has no date", say("{{.Milestone}} has no date that could be extended", "Milestone", m))
	case d.Met:
		return refuse(m.Words()+" is met", say("{{.Milestone}} is met already; nothing is left to extend", "Milestone", m))
	case !isDate(c.To):
		return refuse(quote(c.To)+" is not a date", say("write the date as in `/capa extend {{.Key}} {{.Date}} because …`", "Key", string(m), "Date", w.ctx.At.AddDate(0, 1, 0).Format(time.DateOnly)))
	case unsaid(c.Reason) != nil:
		return refuse("an extension has a reason", say("say why, as in `/capa extend {{.Key}} {{.Date}} because the vendor delivers in May`", "Key", string(m), "Date", c.To))
	case c.To <= d.Present:
		return refuse(c.To+" is not later than "+d.Present+", the present date", say("{{.Milestone}} is due on {{.Date}}; name a later date", "Milestone", m, "Date", dated(d.Present)))
	}
	if body := w.r.Fields[FieldDeadline]; asksFor(m) && isDate(body) && c.To > body {
		return refuse("the certification body wants it by "+body, say("the certification body wants it by {{.Date}}; agree on a later date with it, and let {{.Roles}} change {{.Field}} first", "Date", dated(body), "Roles", byRole(w.p.roleNames(ActTriage)), "Field", FieldDeadline))
	}
	if next, ok := following(m); ok {
		if other, set := deadline(w.r, next, w.ctx.At); set && c.To > other.Present {
			return refuse(m.Words()+" would be due after "+next.Words(), say("{{.Next}} is due on {{.Date}} and comes after it; extend that first, or name an earlier date", "Next", next, "Date", dated(other.Present)))
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
	if involvement(w.r, person, w.ctx.At).reviewer != nil || w.r.Fields[FieldReporter] == person || w.r.Fields[FieldReviewer] == person ||
		w.p.mayOn(w.r, person, ActExtend, w.ctx) || w.p.may(person, ActExtendAgain, w.ctx) {
		return Refusal{}
	}
	return Refusal{
		Rule: extensionRule, What: w.ctx.called(person) + " is not involved in the record",
		Told: say("only somebody who works on this record, reported it or reviews it asks for a later date; ask its owner, or {{.Roles}}", "Roles", byRole(w.p.WhoOn(w.r, ActExtend))),
	}
}

// stranger refuses somebody whom the register does not know.
func (w *decision) stranger(by Author) Refusal {
	return Refusal{
		What: w.ctx.called(by.Person) + " is not in the register's list of people",
		Told: say("your account is not in the register's list of people; ask the ISMS manager to add it"),
	}
}

// inTime is G30. The date of triage is that of G28.
func inTime(r Record, ctx Context) []Lack {
	var l lacks
	if r.State.Ended() {
		return l
	}
	for _, d := range Deadlines(r, ctx.At) {
		if last, ok := date(d.Present); d.Met || ok && ctx.before(last.AddDate(0, 0, 1)) {
			continue
		}
		if d.Milestone == MilestoneDecision {
			l.note(FieldState, say("The improvement was deferred until {{.Date}}; decide anew", "Date", dated(d.Present)), adopting())
			continue
		}
		if d.Milestone != MilestoneTriage {
			l.add(FieldState, "{{.Milestone}} was due on {{.Date}}; finish it, or ask for a later date: `/capa extend {{.Key}} <date> because …`",
				"Milestone", term(strings.ToUpper(d.Milestone.Words()[:1])+d.Milestone.Words()[1:]), "Date", dated(d.Present), "Key", string(d.Milestone))
		}
	}
	return l
}
