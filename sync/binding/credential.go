package binding

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A Credential is the account with which conformd signs in at a site. Vendors count requests
// by credential, so that bindings that share one share its limits and its pauses. Its
// exported fields are set before its first use and not changed afterwards; it is safe for
// concurrent use.
type Credential struct {
	Bindings []string // in the order of the configuration
	Limits   Limits
	// Share is how many workers may be busy with the site at once, 0 for any number: a
	// site that hangs must not take the workers that other sites need.
	Share int
	Now   func() time.Time

	mu      sync.Mutex
	busy    int
	free    chan struct{}        // closed when a worker leaves
	silent  int                  // attempts in a row that got no answer
	pauses  int                  // pauses in a row because the site was silent
	until   time.Time            // the end of the last pause
	probing bool                 // a worker is trying whether the site answers again
	waiting map[string]time.Time // when records that wait for the write budget are woken
}

// After some attempts without an answer the site is paused, each time for twice as long. One
// attempt then tries whether it answers again.
const (
	silentMost = 3
	pauseFirst = 10 * time.Second
	pauseMost  = 2 * time.Minute
)

// How long a worker waits for a place at a site, and how long the record then waits for its
// next attempt.
const (
	standBy  = 500 * time.Millisecond
	comeBack = 5 * time.Second
)

// Enter takes a worker's place at the site. The caller calls leave when it has its
// answer. The error is a Wait when all places stay taken, or while another worker tries
// whether the site answers again.
func (c *Credential) Enter(ctx context.Context, b *Binding) (leave func(), err error) {
	var t *time.Timer
	for {
		free, why := c.enter()
		if why == "" {
			return c.leave, nil
		}
		if t == nil {
			t = time.NewTimer(standBy)
			defer t.Stop()
		}
		if free != nil {
			select {
			case <-free:
				continue
			case <-t.C:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		return nil, &Wait{Binding: b.ID, Until: c.Now().Add(comeBack), Why: why}
	}
}

// enter takes a place if there is one. Otherwise it returns why not, and a channel that is
// closed when a worker leaves; the channel is nil if waiting would not help.
func (c *Credential) enter() (free <-chan struct{}, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.silent >= silentMost && c.probing:
		return nil, "another worker is trying whether the tracker answers again"
	case c.Share > 0 && c.busy >= c.Share:
		if c.free == nil {
			c.free = make(chan struct{})
		}
		return c.free, "the tracker is slow, and other records wait for it, too"
	}
	c.busy++
	c.probing = c.silent >= silentMost
	return nil, ""
}

// Spare returns a Wait if the site has been silent and the next request would try whether it
// answers again. A caller that still has to store what another site told does that first: it
// must not wait for a site that hangs.
func (c *Credential) Spare(b *Binding) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.silent < silentMost {
		return nil
	}
	return &Wait{Binding: b.ID, Until: c.Now().Add(comeBack), Why: whySilent}
}

func (c *Credential) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy--
	c.probing = false
	if c.free != nil {
		close(c.free)
		c.free = nil
	}
}

// Answered notes that the site answered.
func (c *Credential) Answered() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent, c.pauses = 0, 0
}

// silence notes that the site gave no answer, and returns the end of the pause that this
// starts, zero if it starts none.
func (c *Credential) silence() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.Now()
	if c.silent++; c.silent < silentMost || now.Before(c.until) {
		return time.Time{}
	}
	d := pauseMost
	if c.pauses < 4 {
		d = min(pauseMost, pauseFirst<<c.pauses)
	}
	c.pauses++
	c.until = now.Add(d)
	return c.until
}

// unanswered reports whether an error says that the site gave no answer, or one that
// conformd cannot read. HTTP 500 does not count, because it may concern one issue alone.
func unanswered(err error) bool {
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok {
		return false
	}
	switch e.Kind {
	case connectors.Malformed:
		return true
	case connectors.Unavailable, connectors.Unknown:
		return e.Status == 0 || slices.Contains([]int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout}, e.Status)
	}
	return false
}

// Queue returns when a record that found the write budget spent may try again, so that the
// waiting records come one by one. Spent holds the times of the writes in the last span, in
// order: when a write is older than span, another one may follow.
func (c *Credential) Queue(record string, now time.Time, span time.Duration, spent []time.Time) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.waiting == nil {
		c.waiting = map[string]time.Time{}
	}
	delete(c.waiting, record)
	ahead := 0
	for id, at := range c.waiting {
		if at.Before(now) {
			delete(c.waiting, id)
			continue
		}
		ahead++
	}
	at := spent[ahead%len(spent)].Add(time.Duration(ahead/len(spent)+1) * span)
	c.waiting[record] = at
	return at
}
