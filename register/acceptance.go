package register

import (
	"slices"
	"time"
)

// An Acceptance is the wish of a person to live with a nonconformity until a date, and what
// became of it. People call it an exception.
type Acceptance struct {
	Round    int       `json:"round,omitempty"`
	Asked    string    `json:"asked"` // date that was asked for
	Until    string    `json:"until"` // last day; an approver may have named an earlier one
	Reason   string    `json:"reason"`
	Measures string    `json:"measures,omitempty"` // that compensate for it meanwhile
	RiskRef  string    `json:"risk_ref,omitempty"` // entry of the risk register
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Event    string    `json:"event"` // identifies it
	From     string    `json:"from"`  // the binding, or "register"

	State AcceptanceState `json:"state"`
	// Approved names who has approved it, and by which act.
	Approved []AcceptedBy `json:"approved,omitempty"`

	EndedBy string    `json:"ended_by,omitempty"` // "" where the end followed from the record or the date
	EndedAt time.Time `json:"ended_at,omitzero"`
	Because string    `json:"because,omitempty"` // why it ended
}

// An AcceptedBy is one approval of an acceptance.
type AcceptedBy struct {
	Person string    `json:"person"`
	Act    Act       `json:"act"`
	At     time.Time `json:"at"`
	Event  string    `json:"event"` // of the Approval
}

// An AcceptanceState is what became of an acceptance.
type AcceptanceState string

// The states of an acceptance.
const (
	AcceptanceAsked     AcceptanceState = "asked"     // it waits for approvals
	AcceptanceApproved  AcceptanceState = "approved"  // the record is accepted
	AcceptanceDeclined  AcceptanceState = "declined"  // somebody with the role decided against it
	AcceptanceWithdrawn AcceptanceState = "withdrawn" // by who asked, or because nothing is left to accept
	AcceptanceEnded     AcceptanceState = "ended"     // its date has passed, or what was approved changed
	AcceptanceRevoked   AcceptanceState = "revoked"   // a person reopened the record
)

// Accept asks for an exception. From another person, while one is asked for, it is an approval.
type Accept struct {
	By       Author
	Until    string // date
	Reason   string
	Measures string
	RiskRef  string
	// Saw is the digest of the record that the author saw, see Covers; "" for the present one.
	Saw string
}

func (c Accept) author() Author { return c.By }

// acceptanceChange is the name by which the log calls the end date of an acceptance.
const acceptanceChange = "acceptance"

// IsAcceptanceChange reports whether the log calls the end date of an acceptance so.
func IsAcceptanceChange(name string) bool { return name == acceptanceChange }

// AcceptanceChange is the name by which the log calls the end date of an acceptance.
func AcceptanceChange() string { return acceptanceChange }

// AskedAcceptance returns the acceptance of r that waits for approvals.
func AskedAcceptance(r Record) (Acceptance, bool) { return acceptanceIn(r, AcceptanceAsked) }

// StandingAcceptance returns the acceptance by which r is accepted.
func StandingAcceptance(r Record) (Acceptance, bool) { return acceptanceIn(r, AcceptanceApproved) }

// LastAcceptance returns the latest acceptance of r that was approved, be it over or not.
func LastAcceptance(r Record) (Acceptance, bool) {
	for _, a := range slices.Backward(r.Acceptances) {
		if a.State == AcceptanceApproved || a.State == AcceptanceEnded || a.State == AcceptanceRevoked {
			return a, true
		}
	}
	return Acceptance{}, false
}

func acceptanceIn(r Record, s AcceptanceState) (Acceptance, bool) {
	i := slices.IndexFunc(r.Acceptances, func(a Acceptance) bool { return a.State == s })
	if i < 0 {
		return Acceptance{}, false
	}
	return r.Acceptances[i], true
}

// accept takes an acceptance in, as it is now.
func (r *Record) accept(a Acceptance) {
	i := slices.IndexFunc(r.Acceptances, func(known Acceptance) bool { return known.Event == a.Event })
	if i < 0 {
		r.Acceptances = append(r.Acceptances, a)
		return
	}
	r.Acceptances[i] = a
}

// NoticeDays are the days before the end date on which people are reminded.
func NoticeDays() []int { return []int{30, 14, 3} }

// Notice returns the last reminder that is due for an acceptance at a moment: at most so many
// days are left. It is 0 before the first reminder.
func (a Acceptance) Notice(at time.Time) int {
	last := 0
	for _, n := range NoticeDays() {
		if !at.Before(a.before(n)) {
			last = n
		}
	}
	return last
}

// Wakes returns when something about a standing acceptance changes next: a reminder is due, or
// it is over. The zero time if its date cannot be read.
func (a Acceptance) Wakes(at time.Time) time.Time {
	for _, n := range append(NoticeDays(), -1) {
		if day := a.before(n); day.After(at) {
			return day
		}
	}
	return time.Time{}
}

// before returns the beginning of the day that is n days before the last one, in UTC.
func (a Acceptance) before(n int) time.Time {
	last, ok := date(a.Until)
	if !ok {
		return time.Time{}
	}
	return last.UTC().AddDate(0, 0, -n)
}

// over reports whether the last day of an acceptance has passed.
func (a Acceptance) over(at time.Time) bool { return !at.Before(a.before(-1)) }
