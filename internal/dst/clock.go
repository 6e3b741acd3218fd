package dst

import (
	"math/rand/v2"
	"time"
)

// now is conformd's own clock, which may be wrong.
func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.off)
}

// set sets how wrong conformd's clock is.
func (w *world) set(off time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.off = off
	w.counts["clock set"]++
	w.noteLocked("clock", "off by %s", off)
}

// misset has conformd's clock jump now and then, and puts it right in the end.
func (w *world) misset() {
	a := &actor{clockID, "clock"}
	r := rand.New(rand.NewPCG(w.Seed, 7)) //nolint:gosec // chance by seed is the point
	offs := []time.Duration{0, -time.Hour, time.Hour, -24 * time.Hour, 24 * time.Hour, -3 * time.Second}
	for !w.isCalm() {
		a.sleep(time.Duration(r.Int64N(int64(4 * w.Think))).Truncate(time.Millisecond))
		if !w.isCalm() {
			w.set(offs[r.IntN(len(offs))])
		}
	}
}
