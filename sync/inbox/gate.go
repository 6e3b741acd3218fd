package inbox

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A gate bounds what the deliveries of one binding may cost.
type gate struct {
	// accepted bounds the authentic ones. Somebody who edits a thousand issues at once
	// must get through; the tracker of a busy organisation sends a few a second.
	accepted *rate.Limiter
	// refused bounds the answers that name the signature. It never stands in the way of
	// an authentic delivery: strangers could shut those out with a flood of their own.
	refused *rate.Limiter
	log     quiet

	mu   sync.Mutex
	poll time.Time // when the last look at the whole binding was asked for
}

func newGate() *gate {
	return &gate{accepted: rate.NewLimiter(20, 2000), refused: rate.NewLimiter(1, 60)}
}

// pollApart is the least time between two looks at a whole binding that deliveries ask
// for: a script that creates labels must not use up the tracker's rate limit.
const pollApart = 30 * time.Second

// nextPoll returns when the binding may be looked at because of a delivery.
func (g *gate) nextPoll(now time.Time) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	if at := g.poll.Add(pollApart); now.Before(at) && at.Sub(now) <= pollApart {
		return at
	}
	g.poll = now
	return now
}

// quietFor is how long a line of the log stands for those that would follow it.
const quietFor = time.Minute

// A quiet says a line now and then, so that a flood of deliveries does not fill the disk
// with log.
type quiet struct {
	mu   sync.Mutex
	said time.Time
	more int
}

// allow reports whether to say a line, and how many were not said since the last.
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
