// Package kpi computes the figures of a management review (ISO/IEC 27001, 9.1 and 9.3.2 d) from
// the register as its log stood at a moment.
//
// The package is pure: it reads courses, which the caller keeps or replays, and asks neither for
// the time nor for a file.
package kpi

import (
	"time"

	"github.com/conformd/conformd/register"
)

// A Course is what the figures need of the life of a record: the values that count, and since
// when the log holds each. The time of a step is the one at which the log recorded it. A fact
// that is recorded late, or tells of an earlier day, adds a step at its end and changes no figure
// as of an earlier moment.
//
// A course follows from the entries of the log about its record alone. The zero value is the
// course of a record that the log does not tell of.
type Course struct {
	// Record is the id of the record. Whoever reads or replays courses fills it in: it is not
	// among the steps.
	Record string

	steps []step
}

// A step is one value as of a time.
type step struct {
	at    int64 // milliseconds since 1970
	key   key
	value string // "" takes the value away
}

// Take notes how a record stands after an entry that the log recorded at a moment. Entries of one
// moment are one step: only the last of them counts. A clock that went back counts as one that
// stood still.
func (c *Course) Take(recorded time.Time, r register.Record) {
	at := recorded.UnixMilli()
	if n := len(c.steps); n > 0 {
		at = max(at, c.steps[n-1].at)
	}
	for n := len(c.steps); n > 0 && c.steps[n-1].at == at; n = len(c.steps) {
		c.steps = c.steps[:n-1]
	}
	var was values
	for _, s := range c.steps {
		was[s.key] = s.value
	}
	now := valuesOf(r, &was, at)
	for k := range keys {
		if now[k] != was[k] {
			c.steps = append(c.steps, step{at, k, now[k]})
		}
	}
}

// Concerns reports whether a fact can change a value that the figures need. A replay asks it to
// leave out the entries that change nothing; Take gives the same course without it.
func Concerns(f register.Fact) bool {
	switch f.Kind {
	case register.FactSet:
		return counted(f.Field)
	case register.FactInvolved, register.FactNumbered, register.FactProposed, register.FactSettled, register.FactRefused, register.FactSent, register.FactRequested:
		return f.Contained != nil
	default:
		return true
	}
}

// At returns how the record stood at a moment, by what the log had recorded until then. It is
// false if the log did not tell of the record yet.
func (c *Course) At(t time.Time) (Standing, bool) {
	var s Standing
	ok := c.at(t, &s)
	return s, ok
}

// at is At into a standing that is used again.
func (c *Course) at(t time.Time, s *Standing) bool {
	*s = Standing{closings: s.closings[:0], reopened: s.reopened[:0], readings: s.readings[:0]}
	until := t.UnixMilli()
	for _, x := range c.steps {
		if x.at > until {
			break
		}
		s.take(x)
	}
	return s.begun
}

// recorded is when the record was recorded, by the first that the log tells of it.
func (c *Course) recorded() time.Time {
	if len(c.steps) == 0 {
		return time.Time{}
	}
	first := c.steps[0].at
	for _, x := range c.steps {
		if x.at == first && x.key == keyRecorded {
			return moment(x.value)
		}
	}
	return time.Time{}
}
