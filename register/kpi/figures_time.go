package kpi

import "time"

// A spanCounter is the time from one moment of a record to another one that is in the period.
type spanCounter struct {
	q        *Question
	name     string
	from, to func(*Standing) time.Time
	all      spread
}

func (c *spanCounter) take(s *Standing) {
	if from, to := c.from(s), c.to(s); c.q.in(to) && !from.IsZero() {
		c.all.days(from, to)
	}
}

func (c *spanCounter) values() []Value { return []Value{c.all.value(c.name, Days)} }

func confirmed(s *Standing) time.Time { return s.time(keyConfirmed) }

// newContain is K5.
func newContain(q *Question) counter {
	return &spanCounter{q: q, name: "found to contained", from: (*Standing).identified, to: func(s *Standing) time.Time { return s.time(keyContained) }}
}

// newPlan is K6: in the first round. What it costs to begin anew is in K8.
func newPlan(q *Question) counter {
	return &spanCounter{q: q, name: "triaged to approved", from: confirmed, to: func(s *Standing) time.Time { return s.planned }}
}

// newImplement is K7: in the first round.
func newImplement(q *Question) counter {
	return &spanCounter{q: q, name: "triaged to done", from: confirmed, to: func(s *Standing) time.Time { return s.done }}
}

// A closeCounter is K8: the time until a record was closed for good, and until it was closed for
// the first time. The difference is what reopening cost.
type closeCounter struct{ last, first spanCounter }

func newClose(q *Question) counter {
	return &closeCounter{
		spanCounter{q: q, name: "found to closed", from: (*Standing).identified, to: (*Standing).closed},
		spanCounter{q: q, name: "found to closed first", from: (*Standing).identified, to: func(s *Standing) time.Time {
			if len(s.closings) == 0 {
				return time.Time{}
			}
			return s.closings[0]
		}},
	}
}

func (c *closeCounter) take(s *Standing) {
	c.last.take(s)
	c.first.take(s)
}

func (c *closeCounter) values() []Value { return append(c.last.values(), c.first.values()...) }

// An onTimeCounter is K9: the records that were closed in the period and met every milestone of
// their last round by the date that was set first, and by the date that counted at last.
type onTimeCounter struct {
	q                    *Question
	n, original, present int
}

func newOnTime(q *Question) counter { return &onTimeCounter{q: q} }

func (c *onTimeCounter) take(s *Standing) {
	closed := s.closed()
	if !c.q.in(closed) {
		return
	}
	dated, original, present := false, true, true
	for _, k := range dueKeys() {
		d, ok := s.due(k)
		if !ok {
			continue
		}
		dated = true
		original = original && d.kept(d.original, closed)
		present = present && d.kept(d.present, closed)
	}
	if !dated {
		return
	}
	c.n++
	if original {
		c.original++
	}
	if present {
		c.present++
	}
}

func (c *onTimeCounter) values() []Value {
	added := share("on time because a date was moved", c.present-c.original, c.n)
	added.Unit = Points
	return []Value{share("by the original dates", c.original, c.n), share("by the present dates", c.present, c.n), added}
}
