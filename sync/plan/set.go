package plan

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A setChange is what one side made of a set.
type setChange struct {
	side           shownSide
	added, removed []string
}

// apply returns a set with a change. Additions come last, so that the order of changes does
// not matter.
func apply(f register.Field, set []string, cs ...setChange) string {
	next := slices.Clone(set)
	for _, c := range cs {
		next = slices.DeleteFunc(next, func(e string) bool { return has(c.removed, e) })
	}
	for _, c := range cs {
		for _, v := range c.added {
			if !slices.ContainsFunc(next, func(e string) bool { return strings.EqualFold(e, v) || shows(c.side.Profile, f, e, v) }) {
				next = append(next, v)
			}
		}
	}
	slices.Sort(next)
	return strings.Join(slices.Compact(next), "\n")
}

// touches reports whether a change adds to a set, or takes something out of it.
func (c setChange) touches(set []string) bool {
	return len(c.added) > 0 || slices.ContainsFunc(set, func(e string) bool { return has(c.removed, e) })
}

// between returns what a side made of a set that it showed as was and shows as is.
func between(s shownSide, was, is string) setChange {
	c := setChange{side: s, added: lines(is), removed: lines(was)}
	c.added = slices.DeleteFunc(c.added, func(e string) bool { return has(lines(was), e) })
	c.removed = slices.DeleteFunc(c.removed, func(e string) bool { return has(lines(is), e) })
	return c
}

// mergeSet merges a set-valued field element by element: additions and removals
// from several sides never conflict. What a side proposes already grows by its changes. What
// came after a triage of this look is taken in side by side, see late: each proposes its own.
func (m *merge) mergeSet(f register.Field) {
	now := lines(m.rec.Fields[f])
	var cs []setChange
	for _, s := range m.sides(f) {
		c := setChange{side: s}
		if c.added, c.removed = setDelta(f, s); len(c.added) == 0 && len(c.removed) == 0 {
			continue
		}
		if s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
			if s.agreed {
				m.reverts[RevertKey{s.Binding, f}] = true
			}
			continue
		}
		m.pulled[RevertKey{s.Binding, f}] = true
		if x, waits := m.waiting(f, s.Binding); waits {
			m.set(f, apply(f, lines(x.On(m.rec.Fields[f])), c), s.Binding, ReasonFollow)
			continue
		}
		if !m.lateSet(f, c) {
			cs = append(cs, c)
		}
	}
	now = lines(m.rec.Fields[f]) // with what came before a triage
	from := ""
	if i := slices.IndexFunc(cs, func(c setChange) bool { return c.touches(now) }); i >= 0 {
		from = cs[i].side.Binding
	}
	v := apply(f, now, cs...)
	if from == "" || v == strings.Join(now, "\n") {
		return
	}
	m.set(f, v, from, ReasonFollow)
	if _, waits := m.waiting(f, from); !waits || len(cs) == 1 {
		return
	}
	for _, c := range cs {
		m.set(f, apply(f, now, c), c.side.Binding, ReasonFollow) // each side proposes what it shows
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
