package register

import (
	"strconv"
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
			ID: "G15", Requirement: "nc.effective", To: Closed, Kinds: causeKinds(), Severity: Must,
			Sentence: "Whoever reviewed the effect was never involved: never owned the record, had none of its actions, wrote neither cause nor plan",
		}, independent},
		{RuleInfo{
			ID: "G26", Requirement: "nc.effective", To: Closed, Kinds: causeKinds(), Severity: Must,
			Sentence: "The reviewer has the role, or is the one whom the approved plan names",
		}, entitled},
		{RuleInfo{
			ID: "G29", Requirement: "nc.effective", To: Closed, Kinds: causeKinds(), Severity: Should,
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
		return []Lack{{Field: FieldReviewDue, What: "The actions are not finished", Remedy: Remedy{Kind: RemedyFinish}}}
	} else if !ok {
		return []Lack{{Field: FieldReviewDue, What: "The waiting time of " + strconv.Itoa(days) + " days starts when the actions are finished", Remedy: Remedy{Kind: RemedyFinish}}}
	}
	if ctx.At.Before(from) {
		return []Lack{{Field: FieldReviewDue, What: "The waiting time ends on " + from.UTC().Format(time.DateOnly), Remedy: Remedy{Kind: RemedyWait, Until: from}}}
	}
	return nil
}

// independent is G15. Without a review there is nobody to judge; G16 asks for one.
func independent(r Record, ctx Context) []Lack {
	a, ok := lastReview(r)
	if !ok {
		return nil
	}
	if !ctx.knows(a.By) {
		return []Lack{{Field: FieldReviewer, What: "The reviewer " + ctx.called(a.By) + " is not in the register's list of people", Remedy: anotherReview()}}
	}
	why := involvement(r, a.By, a.At)
	if why.What == "" || countersigned(r, ctx) {
		return nil
	}
	return []Lack{{Field: FieldReviewer, What: "The reviewer " + why.What + countersignedNote(r, ctx), Remedy: anotherReview()}}
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
			l.note(i.Field, "The tracker does not say who wrote "+label(i.Field)+"; it may have been the reviewer", anotherReview())
		default:
			l.note(i.Field, ctx.called(i.Person)+" wrote "+label(i.Field)+" and is not in the register's list of people; it may have been the reviewer", Remedy{Kind: RemedyPerson})
		}
	}
	return l
}

// entitled is G26.
func entitled(r Record, ctx Context) []Lack {
	a, ok := lastReview(r)
	if !ok || !ctx.knows(a.By) || reviews(r, a.By, ctx, ctx.policy) || countersigned(r, ctx) {
		return nil // G15 speaks of strangers
	}
	return []Lack{{
		Field: FieldReviewer, Remedy: anotherReview(),
		What: "The reviewer " + ctx.called(a.By) + " is neither the one whom the approved plan names nor has the role of " + ctx.policy.roleNames(ActReview) + countersignedNote(r, ctx),
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
		what := "Nobody has reviewed yet whether it worked"
		if v, was := lastVoid(r, SubjectEffectiveness); was {
			what = "The review counts no longer: " + v.Void
		}
		return []Lack{{Field: FieldReviewer, What: what, Remedy: anotherReview()}}
	case a.Outcome != Effective:
		return []Lack{{Field: FieldReviewer, What: "The latest review says " + string(a.Outcome), Remedy: anotherReview()}}
	case !stated(a.Reason):
		return []Lack{{Field: FieldReviewer, What: "The review does not say what was checked", Remedy: anotherReview()}}
	}
	if what := unsaid(a.Reason); what != "" {
		return []Lack{{Field: FieldReviewer, What: "The review " + what + "; review it again and say what was checked", Remedy: anotherReview()}}
	}
	return nil
}

// concluded is G17. An observation changes nothing by itself; a closing note is
// enough.
func concluded(r Record, _ Context) []Lack {
	var l lacks
	if v := r.Fields[FieldISMSChange]; r.Kind() != Observation {
		if !empty(v) && !stated(v) {
			l.add(FieldISMSChange, label(FieldISMSChange)+` says nothing; write what was changed, or "no" and why`)
		} else {
			l.need(r, FieldISMSChange)
		}
	}
	l.need(r, FieldCloseSummary)
	return l
}
