package kpi

import (
	"cmp"
	"slices"
	"time"

	"github.com/conformd/conformd/register"
)

// A standingCounter is K1: the open records by state, grade and risk.
type standingCounter struct{ n map[[3]string]int }

func newStanding(*Question) counter { return &standingCounter{map[[3]string]int{}} }

func (c *standingCounter) take(s *Standing) {
	if s.open() {
		c.n[[3]string{s.values[keyState], s.values[keyGrade], s.values[keyRisk]}]++
	}
}

func (c *standingCounter) values() []Value {
	all := 0
	groups := make([][3]string, 0, len(c.n))
	for g, n := range c.n {
		all += n
		groups = append(groups, g)
	}
	slices.SortStableFunc(groups, func(a, b [3]string) int {
		return cmp.Or(cmp.Compare(register.State(a[0]).Rank(), register.State(b[0]).Rank()), cmp.Compare(a[1], b[1]), cmp.Compare(a[2], b[2]))
	})
	out := []Value{count("open", all)}
	for _, g := range groups {
		out = append(out, count(g[0]+", "+cmp.Or(g[1], "no grade")+", "+cmp.Or(g[2], "no")+" risk", c.n[g]))
	}
	return out
}

// A flowCounter is K2: what was found and what was closed in the period.
type flowCounter struct {
	q              *Question
	opened, closed int
}

func newFlow(q *Question) counter { return &flowCounter{q: q} }

func (c *flowCounter) take(s *Standing) {
	if c.q.in(s.identified()) {
		c.opened++
	}
	c.closed += c.q.among(s.closings)
}

func (c *flowCounter) values() []Value {
	return []Value{count("opened", c.opened), count("closed", c.closed), net(c.opened - c.closed), share("closed of opened", c.closed, c.opened)}
}

func net(n int) Value {
	v := count("net", n)
	v.N = max(n, -n)
	return v
}

// among counts the moments in the period.
func (q *Question) among(all []time.Time) int {
	n := 0
	for _, t := range all {
		if q.in(t) {
			n++
		}
	}
	return n
}

// An ageCounter is K3: how long the open records have been open.
type ageCounter struct {
	at  time.Time
	all spread
}

func newAge(q *Question) counter { return &ageCounter{at: q.At} }

func (c *ageCounter) take(s *Standing) {
	if s.open() {
		c.all.days(s.identified(), c.at)
	}
}

func (c *ageCounter) values() []Value {
	out := []Value{c.all.value("age", Days)}
	from := 0.0
	for _, b := range []struct {
		name string
		to   float64 // days, not in it
	}{{"0 to 30 days", 31}, {"31 to 60 days", 61}, {"61 to 90 days", 91}, {"91 to 180 days", 181}, {"more than 180 days", 1e9}} {
		n := 0
		for _, x := range c.all {
			if x >= from && x < b.to {
				n++
			}
		}
		out, from = append(out, count(b.name, n)), b.to
	}
	return out
}

// An overdueCounter is K4: the open records with a milestone that was missed.
type overdueCounter struct {
	at          time.Time
	open, late  int
	with, lates [keys]int // by milestone
}

func newOverdue(q *Question) counter { return &overdueCounter{at: q.At} }

func (c *overdueCounter) milestones() []key { return append(dueKeys(), keyDueDecision) }

func (c *overdueCounter) take(s *Standing) {
	if !s.open() {
		return
	}
	c.open++
	late := false
	for _, k := range c.milestones() {
		d, ok := s.due(k)
		if !ok {
			continue
		}
		c.with[k]++
		if d.missed(c.at) {
			c.lates[k]++
			late = true
		}
	}
	if late {
		c.late++
	}
}

func (c *overdueCounter) values() []Value {
	out := []Value{share("overdue", c.late, c.open)}
	for i, name := range []string{"triage", "containment", "cause and plan", "implementation", "verification", "decision"} {
		k := c.milestones()[i]
		out = append(out, share(name, c.lates[k], c.with[k]))
	}
	return out
}
