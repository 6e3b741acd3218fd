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
		a.Refused = refusal(r, a, p.fill(ctx), p)
	}
	r.Approvals = append(r.Approvals, a)
	return r, a
}

// refusal says why a does not count, "" if it does.
func refusal(r Record, a Approval, ctx Context, p Policy) string {
	switch {
	case a.Event == "" || a.How != ByTransition && a.How != ByComment:
		return "it is not an attributable event"
	case !ctx.knows(a.By):
		return fmt.Sprintf("%q is not a known person", a.By)
	}
	switch a.Subject {
	case SubjectEffectiveness:
		return reviewRefusal(r, a, ctx, p)
	case SubjectRejection:
		if r.State == Closed {
			return "a closed record is reopened before it is rejected"
		}
	case SubjectPlan:
		if r.State.Ended() {
			return "the record is at its end"
		}
	default:
		return fmt.Sprintf("nothing known is decided by %q", string(a.Subject))
	}
	return ""
}

// reviewRefusal says why an effectiveness review does not count, "" if it does.
func reviewRefusal(r Record, a Approval, ctx Context, p Policy) string {
	good := a.Outcome == Effective
	if !good && a.Outcome != Partially && a.Outcome != Ineffective {
		return fmt.Sprintf("a review does not find %q; it finds effective, partially or ineffective", string(a.Outcome))
	}
	switch {
	case r.Kind() == Observation:
		return "an observation has no effectiveness review"
	case r.State == Closed && !good, r.State == Verifying:
	case r.State == Closed:
		return "the record is closed already"
	default:
		return "the work is not done yet, so nothing can be reviewed"
	}
	if p.holds("G15", r) && !mayCountersign(r, ctx) {
		if why := involvement(r, a.By); why != "" {
			return "G15: the reviewer " + why
		}
	}
	if from, ok := ReviewFrom(r, ctx); ok && good && p.holds("G14", r) && a.At.Before(from) {
		return "G14: the waiting time ends on " + from.UTC().Format(time.DateOnly)
	}
	return ""
}

// holds reports whether a rule is in force for r and holds it back when broken.
func (p Policy) holds(id string, r Record) bool {
	return !p.Disabled[id] && slices.ContainsFunc(p.Rules, func(rule Rule) bool {
		return rule.ID == id && rule.Severity == Must && rule.AppliesTo(r)
	})
}
