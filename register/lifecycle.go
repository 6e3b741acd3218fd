package register

// Check returns the rules that do not hold for r to be in state to: every rule of
// to and of every state before it, since the evidence of earlier steps must still
// be there. Rules of severity Should are among them.
func Check(r Record, to State, ctx Context, p Policy) []Violation { return nil }

// Furthest returns the furthest state towards wanted that r may lawfully be in,
// and what keeps it from wanted.
func Furthest(r Record, wanted State, ctx Context, p Policy) (State, []Violation) {
	return r.State, nil
}

// Advance returns r in the furthest lawful state towards wanted. Requested is set
// when that is not wanted and cleared otherwise. The violations say what is
// missing.
func Advance(r Record, wanted State, ctx Context, p Policy) (Record, []Violation) {
	return r.Clone(), nil
}

// Missing returns what holds r back from the state it was requested to be in, or
// from the next one when nothing is requested.
func Missing(r Record, ctx Context, p Policy) []Violation { return nil }

// Approve appends a to the approvals of r and returns it as it was noted, with
// Refused filled in when it does not count. An event that is known already is not
// noted again.
func Approve(r Record, a Approval, ctx Context, p Policy) (Record, Approval) {
	return r, a
}
