package register

import (
	"slices"
	"time"
)

// EndedAt returns when r came to its end: when it was closed, when the last approval of its exception was given, or when it was
// decided to reject it or to decline the improvement. It is zero for an open record, and where the record does not say.
func (r Record) EndedAt() time.Time {
	switch r.State {
	case Closed:
		return r.Closed
	case Accepted:
		if a, standing := StandingAcceptance(r); standing && len(a.Approved) > 0 {
			return slices.MaxFunc(a.Approved, func(a, b AcceptedBy) int { return a.At.Compare(b.At) }).At
		}
	case StateRejected:
		var at time.Time
		for _, a := range r.Approvals {
			rejects := a.Subject == SubjectRejection || a.Subject == SubjectAdoption && a.Outcome == Declined
			if rejects && a.Counts() && a.Round == r.Round && a.At.After(at) {
				at = a.At
			}
		}
		return at
	default:
	}
	return time.Time{}
}
