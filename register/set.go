package register

import (
	"slices"
	"strings"
)

// members returns the members of a set, which stand one a line.
func members(set string) []string {
	if set == "" {
		return nil
	}
	return strings.Split(set, "\n")
}

// without returns the members of a set that another set does not have.
func without(set, other string) string {
	theirs := members(other)
	return strings.Join(slices.DeleteFunc(members(set), func(m string) bool { return slices.Contains(theirs, m) }), "\n")
}

// with returns a set with the members of another one, sorted and unique.
func with(set, other string) string {
	all := append(members(set), members(other)...)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), "\n")
}

// proposal returns what an author proposes for a field that has the value now.
func (c Propose) proposal(now string) Proposal {
	x := Proposal{Field: c.Field, Value: c.Value, By: c.By.Person, At: c.By.At, From: c.By.From}
	if info, _ := Info(c.Field); info.Type == TypeSet {
		x.Adds, x.Removes = without(c.Value, now), without(now, c.Value)
	}
	return x
}

// On returns the value that a field has once the proposal is taken in. Now is the value that it
// has today. A set may have changed since the proposal was made: what the proposal adds and
// removes is done to the set of today, so that nothing is lost that others did to it meanwhile.
func (p Proposal) On(now string) string {
	if p.Adds == "" && p.Removes == "" {
		return p.Value // no set, or proposed in an earlier version
	}
	return with(without(now, p.Removes), p.Adds)
}

// proposed returns the value of a field once everything that waits for it is taken in: of sets
// each proposal counts, and of other fields the oldest one. Where nothing waits, there is no value.
func proposed(r Record, f Field) (value string, waits bool) {
	info, _ := Info(f)
	now := r.Fields[f]
	for _, x := range r.Proposals {
		if x.Field == f && (!waits || info.Type == TypeSet) {
			now = x.On(now)
			value, waits = now, true
		}
	}
	return value, waits
}
