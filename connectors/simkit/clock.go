package simkit

import (
	"sync/atomic"
	"time"
)

// A Clock shows real time plus a constant offset. A nil Clock and the zero Clock show real
// time.
type Clock struct{ offset atomic.Int64 }

// NewClock returns a clock that shows start now; a zero start means real time.
func NewClock(start time.Time) *Clock {
	c := &Clock{}
	if !start.IsZero() {
		c.offset.Store(int64(time.Until(start)))
	}
	return c
}

// Now is the time the clock shows, in UTC.
func (c *Clock) Now() time.Time {
	if c == nil {
		return time.Now().UTC()
	}
	return time.Now().Add(time.Duration(c.offset.Load())).UTC()
}

// Advance moves the clock by d; a negative d moves it back.
func (c *Clock) Advance(d time.Duration) { c.offset.Add(int64(d)) }
