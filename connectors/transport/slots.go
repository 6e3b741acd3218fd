package transport

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// ErrNotSent is the error of a request that waited for a free slot until its context ended.
// It was never sent, so it cannot have had an effect.
var ErrNotSent = errors.New("the request was not sent: too many others were under way")

// Slots bound how many requests to a site are under way at once. Clients that sign in with
// the same credential share them.
type Slots struct{ c chan struct{} }

// NewSlots returns n slots; 0 is any number.
func NewSlots(n int) *Slots {
	if n <= 0 {
		return nil
	}
	return &Slots{make(chan struct{}, n)}
}

func (s *Slots) take(ctx context.Context) error {
	select {
	case s.c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrNotSent, ctx.Err())
	}
}

func (s *Slots) free() { <-s.c }

// slotted holds a slot from before the first attempt until the answer begins. It does not
// hold it until the body was read, because some callers leave the body of a failure unread.
// The wait for a slot does not count against the timeout of the attempts.
type slotted struct {
	slots *Slots
	next  http.RoundTripper
}

// RoundTrip waits for a free slot and sends r.
func (t *slotted) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := t.slots.take(r.Context()); err != nil {
		return nil, err
	}
	defer t.slots.free() // also after a panic
	return t.next.RoundTrip(r)
}
