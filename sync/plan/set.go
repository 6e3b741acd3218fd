package plan

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// mergeSet merges a set-valued field element by element: additions and removals
// from several sides never conflict.
func (m *merge) mergeSet(f register.Field) {
	now := lines(m.rec.Fields[f])
	next := slices.Clone(now)
	from := ""
	type member struct {
		p *mapping.Profile
		v string
	}
	var plus []member
	for _, s := range m.sides(f) {
		added, removed := setDelta(f, s)
		if len(added) == 0 && len(removed) == 0 {
			continue
		}
		if s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
			if s.agreed {
				m.reverts[RevertKey{s.Binding, f}] = true
			}
			continue
		}
		next = slices.DeleteFunc(next, func(e string) bool { return has(removed, e) })
		for _, v := range added {
			plus = append(plus, member{s.Profile, v})
		}
		if from == "" && (len(next) != len(now) || len(plus) > 0) {
			from = s.Binding
		}
		m.pulled[RevertKey{s.Binding, f}] = true
	}
	// Additions come last, so that the order of the sides does not matter.
	for _, a := range plus {
		if !slices.ContainsFunc(next, func(e string) bool { return strings.EqualFold(e, a.v) || shows(a.p, f, e, a.v) }) {
			next = append(next, a.v)
		}
	}
	slices.Sort(next)
	next = slices.Compact(next)
	if v := strings.Join(next, "\n"); v != strings.Join(now, "\n") {
		m.set(f, v, from, ReasonFollow)
	}
}

// setDelta returns what a side added, in its own words lifted, and which of the
// register's elements it removed, both against its base. Without a base a side
// only adds.
func setDelta(f register.Field, s shownSide) (added, removed []string) {
	raw := lines(s.Raw)
	var base []string
	if s.agreed {
		base = lines(s.base.Side)
		if slices.Equal(raw, base) {
			return nil, nil
		}
	}
	for _, v := range lines(s.Value) {
		r, ok := s.Profile.Project(f, v)
		if !ok {
			r = v
		}
		if !has(base, r) {
			added = append(added, v)
		}
	}
	for _, e := range lines(s.base.Register) {
		r, ok := s.Profile.Project(f, e)
		if ok && has(base, r) && !has(raw, r) {
			removed = append(removed, e)
		}
	}
	return added, removed
}

// agreedMembers returns what a side and the register agree on once the side's own changes
// were taken in and before anything is written there: each member that the side shows and
// the register holds, or held when the two last agreed.
//
// A member that the register gave up since then stays in the agreement as long as the side
// shows it. Without it the agreement would equal the register, and the member would stay on
// the side if the write that takes it out is lost. Members that the side does not show are
// left out: they may never be written there, and a member that is taken out on the side
// then leaves the register.
func agreedMembers(p *mapping.Profile, f register.Field, last, now, raw string) string {
	members := lines(now)
	for _, e := range lines(last) {
		if !has(members, e) {
			members = append(members, e)
		}
	}
	members = slices.DeleteFunc(members, func(e string) bool {
		r, ok := p.Project(f, e)
		return !ok || !has(lines(raw), r)
	})
	slices.Sort(members)
	return strings.Join(members, "\n")
}

// shows reports whether element e of the register is shown on the side as v.
func shows(p *mapping.Profile, f register.Field, e, v string) bool {
	r, ok := p.Project(f, e)
	return ok && strings.EqualFold(r, v)
}

// has reports whether a set has a member, whatever its case: a member that is spelled
// in another case is no change.
func has(set []string, v string) bool {
	return slices.ContainsFunc(set, func(e string) bool { return strings.EqualFold(e, v) })
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}
