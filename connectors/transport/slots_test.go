package transport

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// A slot is given back when the answer begins or the request fails, and not before, even
// if the body is never read.
func TestSlots(t *testing.T) {
	var now, most atomic.Int64
	base := roundTrip(func(r *http.Request) (*http.Response, error) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		switch r.URL.Path {
		case "/fails":
			return nil, io.ErrUnexpectedEOF
		case "/panics":
			panic("in a transport")
		}
		time.Sleep(time.Millisecond)
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("never read")), Request: r}, nil
	})
	l := &slotted{NewSlots(2), base}
	var wg sync.WaitGroup
	for n := range 60 {
		wg.Go(func() {
			defer func() { _ = recover() }()
			path := []string{"/works", "/fails", "/panics"}[n%3]
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://tracker.invalid"+path, nil)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = l.RoundTrip(req) // the body stays open: that is the test
		})
	}
	wg.Wait()
	if n := most.Load(); n > 2 {
		t.Errorf("%d requests at once, want 2 at most", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	full := &slotted{NewSlots(1), base}
	if err := full.slots.take(t.Context()); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://tracker.invalid/works", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := full.RoundTrip(req); !errors.Is(err, ErrNotSent) {
		t.Errorf("RoundTrip without a slot, cancelled = %v, want %v", err, ErrNotSent)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
