package register

import (
	"slices"
	"time"
)

// Whether an improvement is made is decided by people with the role (ISO/IEC 27001, 10.1): they
// adopt it, decline it, or defer it until a day on which it is decided anew. The decision is an
// Approval (SubjectAdoption).

// drivers are what calls for an improvement, or for preventing a nonconformity.
func drivers() []string {
	return []string{"weakness", "best_practice", "new_technology", "internal_context", "external_context", "threat", "vulnerability", "business_need"}
}

// adoptedFields are what a decision about an improvement is about.
func adoptedFields() []Field { return []Field{FieldProblem, FieldDriver, FieldBenefit} }

// LastAdoption returns the latest decision about the improvement r that counts, of the present
// round; false while nobody has decided.
func LastAdoption(r Record) (Approval, bool) {
	all := counting(r, SubjectAdoption)
	if r.Kind() != Improvement || len(all) == 0 {
		return Approval{}, false
	}
	return all[len(all)-1], true
}

func decidedAs(r Record, o Outcome) bool {
	a, ok := LastAdoption(r)
	return ok && a.Outcome == o
}

// declined reports whether it was decided not to make the improvement r.
func declined(r Record) bool { return decidedAs(r, Declined) }

// deferral returns the date on which a deferred improvement is decided anew. The original one is
// that of the first deferral in a row.
func deferral(r Record, at time.Time) (Deadline, bool) {
	d := Deadline{Milestone: MilestoneDecision, round: r.Round, Extended: -1}
	if !decidedAs(r, Deferred) {
		return Deadline{}, false
	}
	for _, a := range slices.Backward(counting(r, SubjectAdoption)) {
		if a.Outcome != Deferred {
			break
		}
		d.Original, d.Extended = a.Until, d.Extended+1
		if d.Present == "" {
			d.Present = a.Until
		}
	}
	d.Missed = late(d, at) && !r.State.Ended()
	return d, true
}

// adopt carries out what was decided about an improvement. One that is declined has ended; one
// that is deferred waits in analysis.
func (w *decision) adopt(a Approval) {
	switch {
	case a.Outcome == Declined:
		w.enter(StateRejected, a.author(), "the improvement was declined: "+a.Reason, nil)
		w.request(a.author(), "")
	case a.Outcome == Deferred && w.r.State == Planning:
		w.enter(Analysis, a.author(), "the improvement was deferred until "+a.Until+": "+a.Reason, nil)
	}
}

// adoptionVerb returns the command of a decision about an improvement, "" if it is none, and what
// it does.
func adoptionVerb(o Outcome) (verb string, what *Message) {
	switch o {
	case Adopted:
		return "adopt", say("adopt an improvement")
	case Declined:
		return "decline", say("decline an improvement")
	case Deferred:
		return "defer", say("defer an improvement")
	default:
		return "", nil
	}
}

// refuseAdoption judges a decision about an improvement.
func (w *decision) refuseAdoption(a Approval) Refusal {
	r := w.r
	verb, deciding := adoptionVerb(a.Outcome)
	refuse := func(what string, told *Message) Refusal { return Refusal{Rule: adoptionRule, What: what, Told: told} }
	today, later := w.ctx.At.UTC().Format(time.DateOnly), dated(w.ctx.At.UTC().AddDate(0, 3, 0).Format(time.DateOnly))
	switch {
	case verb == "":
		return refuse("an improvement is adopted, declined or deferred, and not "+quote(string(a.Outcome)), say("an improvement is adopted, declined or deferred"))
	case r.Kind() != Improvement:
		return refuse("the record is no improvement", say("this record is no improvement: a {{.Kind}} is not adopted, declined or deferred", "Kind", term(kindWords(r.Kind()))))
	case r.State.Ended():
		return refuse("the record is at its end", say("this record is {{.State}} already", "State", r.State))
	case r.State == Reported:
		return refuse("the record is not triaged", say("this record is not triaged yet; ask {{.Roles}} to triage it, and decide then", "Roles", byRole(w.p.roleNames(ActTriage))))
	case unsaid(a.Reason) != nil:
		if a.Outcome == Deferred {
			return refuse("the decision has no reason", say("say why, as in `/capa defer until={{.Date}} the new storage comes with snapshots`", "Date", later))
		}
		return refuse("the decision has no reason", say("say why, as in `{{.Command}} the new storage comes with snapshots`", "Command", term("/capa "+verb)))
	case a.Outcome == Deferred && !isDate(a.Until):
		return refuse(quote(a.Until)+" is not a date", say("say until when, as in `/capa defer until={{.Date}} <why>`", "Date", later))
	case a.Outcome == Deferred && a.Until <= today:
		return refuse(a.Until+" is not after today", say("name a day after {{.Date}}, on which the improvement is decided anew", "Date", dated(today)))
	case a.Outcome == Deferred && r.State.Rank() > Planning.Rank():
		return refuse("the work has begun", say("this record is in {{.State}}: work that has begun is not deferred; decline it, or ask for a later date with `/capa extend`", "State", r.State))
	}
	if x := w.without(a.By, ActAdopt, "", deciding); x != (Refusal{}) {
		x.Rule = adoptionRule
		return x
	}
	audited := r.Fields[FieldSource] == "internal_audit" || r.Fields[FieldSource] == "external_audit"
	if a.Outcome == Declined && audited && (owned(r, a.By) || a.By == r.Fields[FieldReporter]) {
		return refuse("whoever declines the finding of an audit owns or reported it", say("this improvement comes from an audit, and you own or reported it; ask another person with the role to decline it"))
	}
	return Refusal{}
}
