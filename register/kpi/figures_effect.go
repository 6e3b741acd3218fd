package kpi

import (
	"time"

	"github.com/conformd/conformd/register"
)

const effective = string(register.Effective)

// newEffective is K10: of the records that were reviewed in the period, those whose last review in
// it found the actions effective. Partially effective is not.
func newEffective(q *Question) counter {
	return &partCounter{name: "effective of reviewed", of: func(s *Standing) (hit, counts bool) {
		for _, d := range s.decisions(keyReviews) {
			if q.in(d.at) {
				hit, counts = d.outcome == effective, true
			}
		}
		return hit, counts
	}}
}

// newFirstPass is K11: of the records that were reviewed for the first time in the period.
func newFirstPass(q *Question) counter {
	return &partCounter{name: "effective of first reviews", of: func(s *Standing) (bool, bool) {
		all := s.decisions(keyReviews)
		return len(all) > 0 && all[0].outcome == effective, len(all) > 0 && q.in(all[0].at)
	}}
}

// A partCounter is a share of records.
type partCounter struct {
	name   string
	of     func(*Standing) (hit, counts bool)
	hit, n int
}

func (c *partCounter) take(s *Standing) {
	hit, counts := c.of(s)
	if !counts {
		return
	}
	c.n++
	if hit {
		c.hit++
	}
}

func (c *partCounter) values() []Value { return []Value{share(c.name, c.hit, c.n)} }

// A reviewCounter is K12: reviews that are late, and closings on a review by a person who was not
// involved.
type reviewCounter struct {
	q                     *Question
	waiting, late         int
	closings, independent int
}

func newReviews(q *Question) counter { return &reviewCounter{q: q} }

func (c *reviewCounter) take(s *Standing) {
	if s.state() == register.Verifying {
		c.waiting++
		if d, ok := s.due(keyDueVerification); ok && d.missed(c.q.At) {
			c.late++
		}
	}
	n := c.q.among(s.closings)
	c.closings += n
	c.independent += n - min(n, c.q.among(moments(s.values[keyWaivers])))
}

func (c *reviewCounter) values() []Value {
	return []Value{count("waiting for a review", c.waiting), share("late", c.late, c.waiting), share("closed on an independent review", c.independent, c.closings)}
}

// The cohort of K13: closed in the year that ended a year ago. Later closings have not had the
// time to come up again.
const (
	lookDays   = 365 // within which a recurrence counts
	windowDays = 365 // in which the records of the cohort were closed
)

// newCohort is K13.
func newCohort(q *Question) counter {
	return &partCounter{name: "came up again of closed", of: q.cameAgain}
}

// cameAgain reports whether a record is of the cohort, and whether it came up again.
func (q *Question) cameAgain(s *Standing) (again, counts bool) {
	to := q.At.AddDate(0, 0, -lookDays)
	from := to.AddDate(0, 0, -windowDays)
	var closed time.Time
	for _, t := range s.closings {
		if !t.Before(from) && t.Before(to) {
			closed, counts = t, true
		}
	}
	if !counts {
		return false, false
	}
	for _, d := range s.decisions(keyReviews) {
		again = again || d.trigger == string(register.TriggerRecurrence) && !d.at.Before(closed) && d.at.Before(closed.AddDate(0, 0, lookDays))
	}
	return again, true
}

// newRepeats is K14: of the records that were found in the period, those that were confirmed to
// be a closed one again.
func newRepeats(q *Question) counter {
	return &partCounter{name: "repeats of opened", of: func(s *Standing) (bool, bool) { return repeat(s), q.in(s.identified()) }}
}

// repeat reports whether a record was confirmed to be a closed one again.
func repeat(s *Standing) bool { return s.number(keyAgain) > 0 }

// A causeCounter is K15: the records in planning or later that state a root cause under an
// approved plan, and those of them that name people alone.
type causeCounter struct{ beyond, caused, categorised, people int }

func newCauses(*Question) counter { return &causeCounter{} }

func (c *causeCounter) take(s *Standing) {
	if !s.beyond(register.Planning) {
		return
	}
	c.beyond++
	if s.values[keyCause] == "" || s.values[keyPlan] == "" && !s.beyond(register.Implementing) {
		return
	}
	c.caused++
	if s.values[keyCategory] == "" {
		return
	}
	c.categorised++
	if s.values[keyCategory] == "people" {
		c.people++
	}
}

func (c *causeCounter) values() []Value {
	return []Value{share("with an approved cause", c.caused, c.beyond), share("people alone, of those with a category", c.people, c.categorised)}
}

// A reopenCounter is K21: closings that did not last, to closings.
type reopenCounter struct {
	q                *Question
	reopened, closed int
}

func newReopened(q *Question) counter { return &reopenCounter{q: q} }

func (c *reopenCounter) take(s *Standing) {
	c.reopened += c.q.among(s.reopened)
	c.closed += c.q.among(s.closings)
}

func (c *reopenCounter) values() []Value {
	return []Value{count("reopened", c.reopened), share("reopened to closed", c.reopened, c.closed)}
}

// moments reads a list of times.
func moments(list string) []time.Time {
	var out []time.Time
	for _, x := range fields(list) {
		out = append(out, moment(x))
	}
	return out
}
