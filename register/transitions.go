package register

import "slices"

// A Transition is one step that a record can take. A request for a later state takes
// several in a row, as far as the rules of each allow.
type Transition struct {
	From, To State
	// On is what brings it about.
	On Trigger
	// Act is what the person who decides it must be allowed to do, "" for no act.
	Act Act
	// Effect is what else comes of it, for people; "" for nothing.
	Effect string
}

// A Trigger is what brings a transition about.
type Trigger string

// The triggers.
const (
	OnMove     Trigger = "asked for"         // by a status, a command or a standing request
	OnBack     Trigger = "taken back"        // somebody asks for an earlier state
	OnReview   Trigger = "review"            // it found the actions not, or not wholly, effective
	OnReopened Trigger = "reopening"         // by a decision with a reason
	OnLost     Trigger = "evidence was lost" // that had let the record in
	OnAccepted Trigger = "exception"         // the approvals of one are complete
	OnAgain    Trigger = "recurrence"        // another record was confirmed to be the same nonconformity again
	OnOver     Trigger = "exception is over" // its last day has passed, or what was approved changed
	OnDeclined Trigger = "declined"          // it was decided not to make the improvement
	OnDeferred Trigger = "deferred"          // it is decided another day
	OnPromoted Trigger = "promoted"          // an observation or a signal is filed again as a record of another kind
)

// anew is the effect of leaving verification, closing or rejection.
const anew = "a new round: plan, waiting time and review are needed anew"

// Transitions returns the lifecycle as one table: there is no other step. Which rules stand
// before a step is said by their To; they are asked on entering, and on staying none is.
func Transitions() []Transition {
	out := []Transition{
		{Reported, Analysis, OnMove, ActTriage, "starts the clock"},
		{Analysis, Planning, OnMove, "", ""},
		{Planning, Implementing, OnMove, ActApprovePlan, ""},
		{Implementing, Verifying, OnMove, "", "starts the waiting time"},
		{Verifying, Closed, OnMove, ActReview, "what it was closed with stands from then on"},
		{Verifying, Analysis, OnReview, ActReview, anew},
		{Closed, Analysis, OnReview, ActReview, anew},
		{Closed, Analysis, OnAgain, ActRecurrence, anew},
		{Closed, Analysis, OnReopened, ActReopen, anew},
		{Closed, Analysis, OnBack, ActReopen, anew},
		{StateRejected, Reported, OnReopened, ActReopen, anew},
		{StateRejected, Reported, OnBack, ActReopen, anew},
		{Accepted, Analysis, OnReopened, ActReopen, anew},
		{Accepted, Analysis, OnBack, ActReopen, anew},
		{Accepted, Analysis, OnOver, "", anew},
	}
	for _, from := range []State{Reported, Analysis, Planning, Implementing, Verifying} {
		out = append(out, Transition{from, StateRejected, OnMove, ActReject, ""})
	}
	for _, from := range []State{Analysis, Planning, Implementing, Verifying} {
		out = append(out, Transition{from, Accepted, OnAccepted, ActAccept, "until its end date"})
	}
	for _, from := range []State{Analysis, Planning, Implementing, Verifying} {
		out = append(out, Transition{from, StateRejected, OnDeclined, ActAdopt, "the improvement is not made"})
	}
	for _, from := range []State{Analysis, Planning, Implementing, Verifying} {
		out = append(out, Transition{from, Closed, OnPromoted, ActPromote, "a record of the other kind is filed, with a link to the observation or the signal"})
	}
	out = append(out, Transition{Planning, Analysis, OnDeferred, ActAdopt, "until the day that was named"})
	for i, from := range path() {
		for _, to := range path()[:i] {
			switch {
			case from == Verifying && to == Analysis: // and from there, if it is lawful, forward
				out = append(out, Transition{from, to, OnBack, "", anew})
			case from.Rank() < Verifying.Rank():
				out = append(out, Transition{from, to, OnBack, "", ""})
			}
		}
	}
	for _, from := range []State{Planning, Implementing, Verifying, Closed} {
		for _, to := range []State{Analysis, Planning, Implementing, Verifying} {
			if to.Rank() < from.Rank() {
				out = append(out, Transition{from, to, OnLost, "", ""})
			}
		}
	}
	return out
}

// Steps returns the transitions that a move takes, in order. It is nil for a move that the
// table does not have.
func (m Moved) Steps() []Transition {
	all := Transitions()
	find := func(from, to State) (Transition, bool) {
		i := slices.IndexFunc(all, func(t Transition) bool { return t.From == from && t.To == to })
		if i < 0 {
			return Transition{}, false
		}
		return all[i], true
	}
	if m.From.Rank() < 0 || m.To.Rank() < 0 || m.To.Rank() < m.From.Rank() {
		if t, ok := find(m.From, m.To); ok {
			return []Transition{t}
		}
		return nil
	}
	var out []Transition
	for _, to := range path()[m.From.Rank()+1 : m.To.Rank()+1] {
		t, ok := find(path()[to.Rank()-1], to)
		if !ok {
			return nil
		}
		out = append(out, t)
	}
	return out
}
