//go:build unix

package blackbox

import (
	"math/rand/v2"
	"testing"
	"time"
)

// Every wait in a world has a bound of its own, and all of them together have one,
// too. A world that fails in time ends its processes; one that the test program is
// ended in would leave them behind. On a machine that does much else a second becomes many.
const (
	callMost    = time.Minute     // a request to a tracker
	commandMost = 2 * time.Minute // a command
	startMost   = 2 * time.Minute // the trackers and the configuration
	noticeMost  = 2 * time.Minute // the daemon sees a full disk
	lookMost    = 2 * time.Minute // two looks of the daemon at a tracker
	stopMost    = 2 * time.Minute // the daemon ends on SIGTERM
)

// patience is how long all may take to settle after the last misfortune. Who looks
// for an issue whose create was not answered waits five minutes before it is filed
// again.
func patience() time.Duration {
	if *patient {
		return 10 * time.Minute
	}
	return 4 * time.Minute
}

// lifetime is the time that a world has, in any case less than the test program has.
func lifetime(t *testing.T) time.Duration {
	most := patience() + 6*time.Minute
	if end, ok := t.Deadline(); ok {
		most = min(most, time.Until(end)-15*time.Second)
	}
	return most
}

// pause lets time pass, and fails when the world has none left.
func (l *lane) pause(d time.Duration) {
	l.Helper()
	select {
	case <-time.After(d):
	case <-l.ctx.Done():
		l.Fatalf("the time of this world is over: %v\n%s", l.ctx.Err(), l.daemon.tail())
	}
}

// within waits for something that has to come about.
func (l *lane) within(most time.Duration, what string, ok func() bool) {
	l.Helper()
	end := time.Now().Add(most)
	for !ok() {
		if time.Now().After(end) {
			l.Fatalf("not within %s: %s\n%s", most, what, l.daemon.tail())
		}
		l.pause(200 * time.Millisecond)
	}
}

// between is some time, to the millisecond.
func between(rng *rand.Rand, least, most time.Duration) time.Duration {
	return least + time.Duration(rng.Int64N(int64((most-least)/time.Millisecond)))*time.Millisecond
}

// clock is how times are shown.
func clock(t time.Time) string { return t.Format("15:04:05.000") }
