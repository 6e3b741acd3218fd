package inbox

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A gate bounds what the deliveries of one binding may cost.
type gate struct {
	// accepted bounds the authentic deliveries. A bulk edit of a thousand issues must get
	// through; the tracker of a busy organisation sends a few deliveries a second.
	accepted *rate.Limiter
	// refused bounds the answers about a wrong signature. It does not apply to authentic
	// deliveries, which strangers could otherwise shut out with a flood.
	refused *rate.Limiter
	log     quiet

	mu   sync.Mutex
	poll time.Time // when the last poll was asked for
}

func newGate() *gate {
	return &gate{accepted: rate.NewLimiter(20, 2000), refused: rate.NewLimiter(1, 60)}
}

// pollApart is the least time between two polls of a binding that deliveries ask for: a
// script that creates labels must not use up the tracker's rate limit.
const pollApart = 30 * time.Second

// nextPoll returns when the binding may be polled because of a delivery.
func (g *gate) nextPoll(now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.poll.Add(pollApart); now.Before(at) && at.Sub(now) <= pollApart {
		return at
	}
	g.poll = now
	return now
}

// quietFor is how long further lines of the same kind are left out of the log.
const quietFor = time.Minute

// A quiet limits how often a line is logged, so that a flood of deliveries does not fill the
// disk with log.
type quiet struct {
	mu   sync.Mutex
	said time.Time
	more int
}

// allow reports whether to log a line, and how many were left out since the last one.
func (q *quiet) allow(now time.Time) (more int, say bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if since := now.Sub(q.said); since >= 0 && since < quietFor {
		q.more++
		return 0, false
	}
	more, q.more, q.said = q.more, 0, now
	return more, true
}
