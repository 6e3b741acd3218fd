package register

import "slices"

// Impact returns what a change of the policy would hold r back for: the rules that do not
// hold under after and hold, or are not asked, under before. A record at its end is judged
// for the state that it is in, any other for its next one ([Next]). Swapped policies give
// what the change would let go. A closed record is judged at the moment of its closing. Nothing
// is changed by it: entering a state asks the rules, staying does not.
func Impact(r Record, ctx Context, before, after Policy) []Violation {
	to := r.State
	if !r.State.Ended() {
		to, _ = Next(r)
	}
	if !r.Closed.IsZero() {
		ctx.At = r.Closed
	}
	// Each policy fills in its own waiting times and exceptions.
	ctx.WaitDays, ctx.SmallOrg = nil, false
	held := Unmet(r, to, ctx, before)
	return slices.DeleteFunc(Unmet(r, to, ctx, after), func(v Violation) bool {
		return slices.ContainsFunc(held, func(h Violation) bool { return h.Rule.ID == v.Rule.ID })
	})
}
