package app

import (
	"io"
	"maps"
	"net/http"
	"sync"

	"github.com/conformd/conformd/connectors/transport"
)

// limit bounds how many requests are under way at once. A request holds its place
// until its answer was read.
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
	free := sync.OnceFunc(func() { <-l.slots })
	answered := false
	defer func() {
		if !answered { // an error, or a panic
			free()
		}
	}()
	resp, err := l.base.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	answered = true
	resp.Body = &slotBody{ReadCloser: resp.Body, free: free}
	return resp, nil
}

// A slotBody frees its place when it was read or closed. Reading counts too: on an
// error go-github reads the body, puts a copy in its place and never closes it.
type slotBody struct {
	io.ReadCloser
	free func()
}

func (b *slotBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil {
		b.free()
	}
	return n, err
}

func (b *slotBody) Close() error {
	defer b.free()
	return b.ReadCloser.Close()
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
