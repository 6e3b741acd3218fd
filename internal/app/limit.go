package app

import (
	"maps"
	"sync"

	"github.com/conformd/conformd/connectors/transport"
)

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
