package register

import (
	"time"
)

// review returns the guards of the effectiveness review and of closing.
func review() []Rule {
	return []Rule{
		{RuleInfo{
			ID: "G14", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Must,
			Sentence: "Time enough has passed since the work was done for its effect to be seen",
		}, waited},
		{RuleInfo{
			ID: "G15", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Must,
			Sentence: "Whoever reviewed the effect was never involved: never owned the record, had none of its actions, wrote neither cause nor plan",
		}, independent},
		{RuleInfo{
			ID: "G26", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Must,
			Sentence: "The reviewer has the role, or is the one whom the approved plan names",
		}, entitled},
		{RuleInfo{
			ID: "G29", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Should,
			Sentence: "It is known who wrote cause, plan and result, so that none of them reviews their own work",
		}, authorsKnown},
		{RuleInfo{
			ID: "G16", Requirement: "nc.effective", To: Closed, Kinds: workKinds(), Severity: Must,
			Sentence: "The latest review found the actions effective and says what was checked",
		}, effective},
		{RuleInfo{
			ID: "G17", Requirement: "nc.isms_change", To: Closed, Kinds: allKinds(), Severity: Must, Evidence: true,
			Sentence: "It is answered whether the ISMS had to change, and the result is summed up",
		}, concluded},
		{RuleInfo{
			ID: "G20", Requirement: "nc.cause", To: Planning, Kinds: workKinds(), Severity: Must, Evidence: true,
			Sentence: "After a review that found the actions not effective, the cause or the plan is a new one",
		}, renewed},
	}
}

// counting returns the approvals of the current round that count, oldest first.
func counting(r Record, about Subject) []Approval {
	var out []Approval
	for _, a := range r.Approvals {
		if a.Subject == about && a.Counts() && a.Round == r.Round {
			out = append(out, a)
		}
	}
	return out
}

// lastReview returns the latest effectiveness review that counts.
func lastReview(r Record) (Approval, bool) {
	all := counting(r, SubjectEffectiveness)
	if len(all) == 0 {
		return Approval{}, false
	}
	return all[len(all)-1], true
}

// failedReview returns the latest review if it found the actions not, or not
// wholly, effective.
func failedReview(r Record) (Approval, bool) {
	a, ok := lastReview(r)
	return a, ok && a.Outcome != Effective
}

// ReviewFrom returns the moment from which the effectiveness of r may be judged:
// the waiting time after the work was done, and not before the planned date. The
// zero time means at once. It is false while the work is not done.
func ReviewFrom(r Record, ctx Context) (time.Time, bool) {
	if r.Done.IsZero() {
		return time.Time{}, false
	}
	// The time of a review is by the clock of a tracker, that of the work by our own.
	// Waiting times are in days, so what counts is the day; without one nothing is
	// compared: that the review followed the work is known from their order.
	var from time.Time
	if n := waitDays(r, ctx); n > 0 {
		from = r.Done.UTC().Truncate(24*time.Hour).AddDate(0, 0, n)
	}
	if d, ok := date(r.Fields[FieldReviewDue]); ok && d.After(from) {
		from = d
	}
	return from, true
}

// waitDays is the waiting time of r. A record without a grade of its own waits as
// long as a minor, an improvement as long as an opportunity for one.
func waitDays(r Record, ctx Context) int {
	g := r.Grade()
	if _, ok := ctx.WaitDays[g]; !ok {
		g = Minor
		if r.Kind() == Improvement {
			g = GradeOFI
		}
	}
	return ctx.WaitDays[g]
}

// waited is G14.
func waited(r Record, ctx Context) []Lack {
	from, ok := ReviewFrom(r, ctx)
	if days := waitDays(r, ctx); !ok && days == 0 {
		return []Lack{{Field: FieldReviewDue, What: say("The actions are not finished"), Remedy: Remedy{Kind: RemedyFinish}}}
	} else if !ok {
		return []Lack{{Field: FieldReviewDue, What: say("The waiting time of {{.Days}} days starts when the actions are finished", "Days", days), Remedy: Remedy{Kind: RemedyFinish}}}
	}
	if ctx.before(from) {
		return []Lack{{Field: FieldReviewDue, What: say("The waiting time ends on {{.Date}}", "Date", dated(from.UTC().Format(time.DateOnly))), Remedy: Remedy{Kind: RemedyWait, Until: from}}}
	}
	return nil
}

// independent is G15. Without a review there is nobody to judge; G16 asks for one.
func independent(r Record, ctx Context) []Lack {
	a, ok := judgedReview(r, ctx, ctx.policy)
	if !ok {
		return nil
	}
	if !ctx.knows(a.By) {
		return []Lack{{Field: FieldReviewer, What: say("The reviewer {{.Person}} is not in the register's list of people", "Person", ctx.called(a.By)), Remedy: anotherReview()}}
	}
	why := involvement(r, a.By, a.At)
	if why.reviewer == nil || countersigned(r, ctx) {
		return nil
	}
	return []Lack{{Field: FieldReviewer, What: noted(say("The reviewer {{.Fault}}", "Fault", why.reviewer), r, ctx), Remedy: anotherReview()}}
}

// authorsKnown is G29. Where a tracker does not name an author, or an account that belongs to
// nobody, it may have been the reviewer.
func authorsKnown(r Record, ctx Context) []Lack {
	a, reviewed := lastReview(r)
	var l lacks
	for _, i := range r.Involved {
		switch {
		case i.As != InvolvedAuthor, ctx.knows(i.Person), summing(i.Field) && (!reviewed || !i.Since.Before(a.At)):
		case i.Person == "":
			l.note(i.Field, say("The tracker does not say who wrote {{.Field}}; it may have been the reviewer", "Field", i.Field), anotherReview())
		default:
			l.note(i.Field, say("{{.Person}} wrote {{.Field}} and is not in the register's list of people; it may have been the reviewer", "Person", ctx.called(i.Person), "Field", i.Field), Remedy{Kind: RemedyPerson})
		}
	}
	return l
}

// entitled is G26.
func entitled(r Record, ctx Context) []Lack {
	a, ok := judgedReview(r, ctx, ctx.policy)
	if !ok || !ctx.knows(a.By) || reviews(r, a.By, ctx, ctx.policy) || countersigned(r, ctx) {
		return nil // G15 speaks of strangers
	}
	return []Lack{{
		Field: FieldReviewer, Remedy: anotherReview(),
		What: noted(say("The reviewer {{.Person}} is neither the one whom the approved plan names nor has the role of {{.Roles}}", "Person", ctx.called(a.By), "Roles", byRole(ctx.policy.roleNames(ActReview))), r, ctx),
	}}
}

// anotherReview is the remedy of a review that is not there or does not do.
func anotherReview() Remedy {
	return Remedy{Kind: RemedyDecide, Subject: SubjectEffectiveness, Outcome: Effective}
}

// countersigned reports whether a small organisation may do with a reviewer who is involved
// or has no role.
func countersigned(r Record, ctx Context) bool {
	_, _, ok := countersignature(r, ctx)
	return ok
}

func mayCountersign(r Record, ctx Context) bool { return ctx.SmallOrg && r.Grade() == Minor }

// effective is G16.
func effective(r Record, _ Context) []Lack {
	a, ok := lastReview(r)
	switch {
	case !ok:
		what := unreviewed(r)
		if v, was := lastVoid(r, SubjectEffectiveness); was {
			what = say("The review counts no longer: {{.Why}}", "Why", v.Voided())
		}
		return []Lack{{Field: FieldReviewer, What: what, Remedy: anotherReview()}}
	case a.Outcome != Effective:
		return []Lack{{Field: FieldReviewer, What: say("The latest review says {{.Outcome}}", "Outcome", a.Outcome), Remedy: anotherReview()}}
	case !stated(a.Reason):
		return []Lack{{Field: FieldReviewer, What: say("The review does not say what was checked"), Remedy: anotherReview()}}
	}
	if what := unsaid(a.Reason); what != nil {
		return []Lack{{Field: FieldReviewer, What: say("The review {{.What}}; review it again and say what was checked", "What", what), Remedy: anotherReview()}}
	}
	return nil
}

// concluded is G17. An observation changes nothing by itself; a closing note is
// enough.
func concluded(r Record, _ Context) []Lack {
	var l lacks
	if _, was := promoted(r); was {
		return nil // the reason of the promotion is the note
	}
	if v := r.Fields[FieldISMSChange]; r.Kind() != Observation {
		if !empty(v) && !stated(v) {
			l.add(FieldISMSChange, `{{.Field}} says nothing; write what was changed, or "no" and why`)
		} else {
			l.need(r, FieldISMSChange)
		}
	}
	l.need(r, FieldCloseSummary)
	return l
}
