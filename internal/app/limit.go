package app

import (
	"maps"
	"net/http"
	"sync"

	"github.com/conformd/conformd/connectors/transport"
)

// limit bounds how many requests a tracker has to work on at once. A request holds its
// place until its answer begins, and not until the body was read: whether that happens
// is up to the caller, and some leave the body of a failure unread. Each place that is
// not given back would be one request less for as long as the daemon runs.
func limit(base http.RoundTripper, n int) http.RoundTripper {
	if base == nil {
		base = transport.Pooled()
	}
	if n <= 0 {
		return base
	}
	return &limiter{base: base, slots: make(chan struct{}, n)}
}

type limiter struct {
	base  http.RoundTripper
	slots chan struct{}
}

func (l *limiter) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case l.slots <- struct{}{}:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	defer func() { <-l.slots }() // also after a panic
	return l.base.RoundTrip(r)
}

// counters count the requests to each binding since the start.
type counters struct {
	mu sync.Mutex
	n  map[string]int64
}

func (c *counters) observer(binding string) func(transport.Attempt) {
	return func(transport.Attempt) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.n == nil {
			c.n = map[string]int64{}
		}
		c.n[binding]++
	}
}

// Requests returns how many requests were sent to each binding since the start.
func (a *App) Requests() map[string]int64 {
	a.count.mu.Lock()
	defer a.count.mu.Unlock()
	return maps.Clone(a.count.n)
}
