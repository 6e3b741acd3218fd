package register

import (
	"time"
)

// A Deadline is a milestone of a record with its dates, as people are told of it.
type Deadline struct {
	Milestone Milestone `json:"milestone"`
	Original  string    `json:"original"` // date that was set when the clock started
	Present   string    `json:"present"`  // date that counts
	// External says that the present date is the certification body's.
	External bool `json:"external,omitempty"`
	Met      bool `json:"met"`
	// MetAt is when it was met, as far as the register knows.
	MetAt time.Time `json:"met_at,omitzero"`
	// Missed says that the present date has passed and the milestone was not met by it.
	Missed bool `json:"missed"`
	// Extended counts the approved extensions, and Asked is one that waits.
	Extended int        `json:"extended,omitempty"`
	Asked    *Extension `json:"asked,omitempty"`

	round int // of its date
}

// Deadlines returns the milestones of r that have a date in the present round, as of a
// moment. The date of triage and that of containment are set once for all rounds.
func Deadlines(r Record, at time.Time) []Deadline {
	var out []Deadline
	for _, m := range MilestoneList() {
		if d, ok := deadline(r, m, at); ok {
			out = append(out, d)
		}
	}
	return out
}

// deadline returns the milestone of r in the present round, false if it has no date.
func deadline(r Record, m Milestone, at time.Time) (Deadline, bool) {
	if m == MilestoneDecision {
		return deferral(r, at)
	}
	d, ok := dateOf(r, m, r.Round)
	if !ok && (m == MilestoneTriage || m == MilestoneContainment) {
		d, ok = dateOf(r, m, -1)
	}
	if !ok {
		return Deadline{}, false
	}
	x := Deadline{Milestone: m, Original: d.Date, Present: d.Date, round: d.Round}
	for _, e := range extended(r, m, d.Round) {
		x.Present, x.Extended = e.Date, x.Extended+1
	}
	if e, waits := Asked(r, m); waits {
		x.Asked = &e
	}
	if body := r.Fields[FieldDeadline]; asksFor(m) && isDate(body) && body < x.Present {
		x.Present, x.External = body, true
	}
	x.MetAt, x.Met = met(r, m)
	x.Missed = late(x, at) && (x.Met || !r.State.Ended()) // an end stops the clocks
	return x, true
}

// late reports whether a milestone was met after its present date, or is open after it. One
// that was met at a time which is not known counts as met in time.
func late(d Deadline, at time.Time) bool {
	if d.Met {
		at = d.MetAt
	}
	return at.UTC().Format(time.DateOnly) > d.Present
}

// asksFor reports whether the certification body's date is about a milestone: it asks for
// correction, cause and action, and not for the review of what they led to.
func asksFor(m Milestone) bool {
	return m == MilestoneContainment || m == MilestoneCause || m == MilestoneImplementation
}

func isDate(s string) bool {
	_, ok := date(s)
	return ok
}

// met reports whether a milestone of the present round is met, and since when; the zero time
// if that is not known.
func met(r Record, m Milestone) (time.Time, bool) {
	switch m {
	case MilestoneTriage:
		for _, a := range r.Approvals {
			if a.Subject == SubjectTriage && a.Counts() {
				return a.At, true
			}
		}
		return r.Confirmed, r.State.Rank() >= Analysis.Rank()
	case MilestoneContainment:
		return r.Contained, stated(r.Fields[FieldCorrection])
	case MilestoneCause:
		if approved(r) {
			all := counting(r, SubjectPlan)
			return all[len(all)-1].At, true
		}
		return time.Time{}, r.State.Rank() >= Implementing.Rank()
	case MilestoneImplementation:
		return r.Done, r.State.Rank() >= Verifying.Rank()
	default:
		a, reviewed := lastReview(r)
		return a.At, reviewed || r.State == Closed
	}
}
