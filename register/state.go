package register

import "slices"

// A State is a stage in the life of a record (ISO/IEC 27001, 10.2).
type State string

// The states. Closed, Accepted and Rejected end a record's life; all three can be
// left again, back to Analysis (or Reported), never forward.
const (
	Reported      State = "reported"     // filed, not yet confirmed
	Analysis      State = "analysis"     // confirmed; consequences, correction and cause are being worked out
	Planning      State = "planning"     // the cause is known; the actions are being planned
	Implementing  State = "implementing" // the plan is approved and carried out
	Verifying     State = "verifying"    // done; whether it worked is being found out
	Closed        State = "closed"       // it worked, and the evidence is there
	Accepted      State = "accepted"     // an exception, approved and with an expiry
	StateRejected State = "rejected"     // not a nonconformity, a duplicate or out of scope
)

// path lists the working states in the order of a record's life.
func path() []State {
	return []State{Reported, Analysis, Planning, Implementing, Verifying, Closed}
}

// Rank returns the position of s on the path from Reported to Closed, or -1 for
// the side exits.
func (s State) Rank() int { return slices.Index(path(), s) }

// Ended reports whether a record in state s needs no more work.
func (s State) Ended() bool { return s == Closed || s == Accepted || s == StateRejected }

// Valid reports whether s is a state of the lifecycle.
func (s State) Valid() bool { return s.Rank() >= 0 || s == Accepted || s == StateRejected }
