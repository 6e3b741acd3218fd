package register

import (
	"fmt"
	"slices"
	"time"
)

// Approve appends a to the approvals of r and returns it as it was noted: in the
// current round, and with Refused filled in when it does not count. An event that
// was noted before is returned as it stands and not noted again.
//
// An approval counts if a known person gave it in an attributable event and the
// record was ready for it. A review is refused if the reviewer is involved in the
// record (G15), or if it finds the actions effective before the waiting time is
// over (G14); a later one may count.
func Approve(r Record, a Approval, ctx Context, p Policy) (Record, Approval) {
	i := slices.IndexFunc(r.Approvals, func(known Approval) bool { return known.Event == a.Event })
	if i >= 0 {
		return r, r.Approvals[i]
	}
	r = r.Clone()
	a.Round = r.Round
	if a.Refused == "" {
		why := refuse(r, a, p.withDefaults(ctx), p)
		a.Refused, a.Told = why.log(), why.told
	}
	if a.Told == "" {
		a.Told = a.Refused
	}
	r.Approvals = append(r.Approvals, a)
	return r, a
}

// A refusal says why a decision does not count: once for the log, about the person,
// and once for the person. The zero refusal is none.
type refusal struct {
	rule string // id of the rule that refuses, "" if it is none
	what string // "the reviewer owns the record"
	told string // "you own this record; ask someone else to review it"
}

func (x refusal) log() string {
	if x.rule == "" {
		return x.what
	}
	return x.rule + ": " + x.what
}

// refuse judges a.
func refuse(r Record, a Approval, ctx Context, p Policy) refusal {
	switch {
	case a.Event == "" || a.How != ByTransition && a.How != ByComment:
		return refusal{what: "it is not an attributable event", told: "comment, or move the issue, with an account of your own"}
	case !ctx.knows(a.By):
		return refusal{
			what: ctx.called(a.By) + " is not in the register's list of people",
			told: "your account is not in the register's list of people; ask the ISMS manager to add it",
		}
	}
	switch a.Subject {
	case SubjectEffectiveness:
		return refuseReview(r, a, ctx, p)
	case SubjectRejection:
		if r.State == Closed {
			return refusal{what: "a closed record is reopened before it is rejected", told: "reopen this record before you reject it"}
		}
	case SubjectPlan:
		if r.State.Ended() {
			return refusal{what: "the record is at its end", told: "this record is " + string(r.State) + " already"}
		}
	default:
		return refusal{what: fmt.Sprintf("nothing known is decided by %q", string(a.Subject)), told: "conformd does not know this decision"}
	}
	return refusal{}
}

// refuseReview judges an effectiveness review.
func refuseReview(r Record, a Approval, ctx Context, p Policy) refusal {
	good := a.Outcome == Effective
	if !good && a.Outcome != Partially && a.Outcome != Ineffective {
		return refusal{
			what: fmt.Sprintf("a review does not find %q; it finds effective, partially or ineffective", string(a.Outcome)),
			told: "a review finds effective, partially or ineffective",
		}
	}
	switch {
	case r.Kind() == Observation:
		return refusal{what: "an observation has no effectiveness review", told: "an observation needs no review"}
	case r.State == Closed && !good, r.State == Verifying:
	case r.State == Closed:
		return refusal{what: "the record is closed already", told: "this record is closed already"}
	default:
		return refusal{what: NotYet, told: "the work is not finished yet; review it when nothing else is needed"}
	}
	if p.holds("G15", r) && !mayCountersign(r, ctx) {
		if why := involvement(r, a.By); why.what != "" {
			return refusal{rule: "G15", what: "the reviewer " + why.what, told: why.told}
		}
	}
	if from, ok := ReviewFrom(r, ctx); ok && good && p.holds("G14", r) && a.At.Before(from) {
		day := from.UTC().Format(time.DateOnly)
		return refusal{rule: "G14", what: "the waiting time ends on " + day, told: "the waiting time ends on " + day + "; review it on that day or later"}
	}
	return refusal{}
}

// NotYet is why a review is refused that comes before the work is done.
const NotYet = "the work is not done yet, so nothing can be reviewed"

// holds reports whether a rule is in force for r and holds it back when broken.
func (p Policy) holds(id string, r Record) bool {
	return !p.Disabled[id] && slices.ContainsFunc(p.Rules, func(rule Rule) bool {
		return rule.ID == id && rule.Severity == Must && rule.AppliesTo(r)
	})
}
