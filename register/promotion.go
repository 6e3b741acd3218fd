package register

import (
	"maps"
	"slices"
)

// An observation that turns out to be more is promoted (9.2), and so is a signal (6.1.1): a person with
// the role says to which kind and why. The observation ends, closed by that, and a record of the other
// kind is filed with a link to it. Numbers, dates and triage of the new record are its own.

// promotable reports whether records of a kind are promoted.
func promotable(k Kind) bool { return k == Observation || k == Signal }

// promotions are the kinds that an observation or a signal is promoted to.
func promotions() []Kind { return []Kind{Nonconformity, PotentialNonconformity, Improvement} }

// promoted returns the decision by which the observation or signal r became a record of another kind.
func promoted(r Record) (Approval, bool) {
	all := counting(r, SubjectPromotion)
	if !promotable(r.Kind()) || len(all) == 0 {
		return Approval{}, false
	}
	return all[len(all)-1], true
}

// PromotedTo returns the kind of the record that was filed for the observation or signal r.
func PromotedTo(r Record) (Kind, bool) {
	a, was := promoted(r)
	return Kind(a.Outcome), was
}

// carriedOver are the fields that a promoted observation or signal gives to the record that is filed for it.
// Triage decides them anew.
func carriedOver() []Field {
	return []Field{
		FieldTitle, FieldReporter, FieldOwner, FieldSource, FieldSourceRef, FieldRequirements, FieldStandards, FieldProblem, FieldEvidence, FieldLocation, FieldScope,
		FieldIdentified, FieldDriver, FieldLabels,
	}
}

// PromotedFrom returns the record that is filed because the observation r was promoted by a, and the
// fact that links it. Whoever stores it gives it its number.
func (a Approval) PromotedFrom(r Record) (Record, Fact) {
	next := Record{Fields: maps.Clone(r.Fields)}
	maps.DeleteFunc(next.Fields, func(f Field, _ string) bool { return !slices.Contains(carriedOver(), f) })
	next.Fields[FieldKind] = string(a.Outcome)
	if r.Kind() == Signal {
		next.Fields[FieldProblem] = r.Fields[FieldStatement]
	}
	l := Link{Kind: LinkPromoted, To: r.ID, Ref: r.Ref, Source: LinkOfPromotion, By: a.By, At: a.At, Event: a.Event, Reason: a.Reason}
	return next, a.author().fact(Fact{Kind: FactLinked, Link: &l, Why: a.Reason})
}

// promote ends the observation or the signal.
func (w *decision) promote(a Approval) {
	w.enter(Closed, a.author(), "it was promoted to "+article(Kind(a.Outcome))+": "+a.Reason, nil)
	w.request(a.author(), "")
}

// refusePromotion judges a promotion.
func (w *decision) refusePromotion(a Approval) Refusal {
	switch {
	case !promotable(w.r.Kind()):
		return Refusal{What: "the record is no observation and no signal", Told: say("this record is no observation and no signal; change its kind with `/capa kind improvement because …`")}
	case !slices.Contains(promotions(), Kind(a.Outcome)):
		return Refusal{What: article(w.r.Kind()) + " is not promoted to " + quote(string(a.Outcome)), Told: say("an observation or a signal is promoted to a nonconformity, a potential_nonconformity or an improvement, as in `/capa promote improvement because …`")}
	case w.r.State.Ended():
		return Refusal{What: "the record is at its end", Told: say("this record is {{.State}} already; reopen it with `/capa reopen <reason>`, and promote it then", "State", w.r.State)}
	case w.r.State == Reported:
		return Refusal{What: "the record is not triaged", Told: say("this record is not triaged yet; ask {{.Roles}} to triage it, or to change its kind", "Roles", byRole(w.p.roleNames(ActTriage)))}
	case unsaid(a.Reason) != nil:
		return Refusal{What: "the promotion has no reason", Told: say("say why, as in `/capa promote improvement because …`")}
	}
	if x := w.without(a.By, ActPromote, "", say("promote an observation or a signal")); x != (Refusal{}) {
		return x
	}
	for _, v := range Unmet(w.r, Closed, w.ctx, w.p) {
		if v.Rule.ID != "G17" && v.Rule.ID != disposedRule && len(v.Lacks) > 0 {
			what := v.Lacks[0].What
			return Refusal{Rule: v.Rule.ID, What: "it cannot be promoted yet: " + what.String(), Told: say("it cannot be promoted yet: {{.What}}; repeat the command afterwards", "What", what)}
		}
	}
	return Refusal{}
}

// article is a kind in a sentence: "an improvement".
func article(k Kind) string {
	if k == Improvement || k == Observation || k == Objective || k == Audit {
		return "an " + kindWords(k)
	}
	return "a " + kindWords(k)
}
