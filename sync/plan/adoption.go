package plan

import (
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/sticky"
)

// decidedAbout returns the decision about the improvement that this plan took in and that moved
// the record: it was declined, or deferred.
func (m *merge) decidedAbout() (register.Approval, bool) {
	last, ok := register.LastAdoption(m.rec)
	if !ok || last.Outcome == register.Adopted || !m.tookIn(register.SubjectAdoption, register.Declined, register.Deferred) {
		return register.Approval{}, false
	}
	return last, true
}

// promoted reports whether this plan took in that the observation was promoted.
func (m *merge) promoted() bool { return m.tookIn(register.SubjectPromotion) }

// settled reports whether a decision about the improvement, or the promotion of the observation, says
// where the record stands.
func (m *merge) settled() bool {
	_, yes := m.decidedAbout()
	return yes || m.promoted()
}

// overruled forgets that somebody moved an issue before it was decided not to make the improvement,
// or not yet.
func (m *merge) overruled() {
	if a, yes := m.decidedAbout(); yes && m.asked.state != "" && !m.asked.by.At.After(a.At) {
		m.forget()
	}
}

// adoption is what the comment says of the decision about the improvement, nil for nothing: that
// it was declined, and until when it is deferred. On its day people are asked to decide anew.
func (m *merge) adoption() *sticky.Adoption {
	a, ok := register.LastAdoption(m.rec)
	switch {
	case !ok:
		return nil
	case a.Outcome == register.Declined && m.rec.State == register.StateRejected:
		return &sticky.Adoption{Declined: a.Reason, By: m.in.Context.Name(a.By)}
	case a.Outcome == register.Deferred && !m.rec.State.Ended():
		return &sticky.Adoption{
			Until: a.Until, Why: a.Reason, By: m.in.Context.Name(a.By), Came: m.in.Context.At.UTC().Format(time.DateOnly) >= a.Until,
			Who: m.in.Policy.Who(register.ActAdopt),
		}
	default:
		return nil
	}
}

// decideAnew asks for another plan on the day until which an improvement is deferred: nobody
// touches the issue on that day.
func (m *merge) decideAnew() {
	a, ok := register.LastAdoption(m.rec)
	if day, err := time.Parse(time.DateOnly, a.Until); ok && err == nil && day.After(m.in.Context.At) {
		m.wake(day)
	}
}
