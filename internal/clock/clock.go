// Package clock notices when the wall clock is set. What was put off until a time by a
// clock that was a day ahead would else wait for a day.
package clock

import (
	"sync"
	"time"
)

// Tolerance is how far the wall clock may drift from the steady one between two looks
// before it counts as set: what waits too long by that much does no harm.
const Tolerance = time.Minute

// A Watch compares a wall clock with the steady clock of the process, which nobody
// can set.
type Watch struct {
	now   func() time.Time
	start time.Time

	mu     sync.Mutex
	offset time.Duration // of the wall clock from the steady one, when last looked at
}

// New returns a watch over a wall clock.
func New(now func() time.Time) *Watch {
	w := &Watch{now: now, start: time.Now()}
	w.offset = w.measure()
	return w
}

// measure returns how far the wall clock is from where the steady one would have it.
func (w *Watch) measure() time.Duration {
	steady := time.Since(w.start) // by the steady clock
	return w.now().Round(0).Sub(w.start.Round(0)) - steady
}

// Set returns by how much the wall clock was set since the last call, zero if it was
// not: negative if it went back.
func (w *Watch) Set() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := w.offset
	is := w.measure()
	if by := is - was; by.Abs() > Tolerance {
		w.offset = is
		return by
	}
	return 0
}
