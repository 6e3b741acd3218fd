package apply

import (
	"context"
	"time"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
)

// Two engines may work on one store. When one takes a record over, a write of the other may
// still wait for its turn at the tracker, or be under way. So a write has a time until which
// it may take: after that it is given up, and cannot leave any more. Whoever took over looks
// for it, and writes nothing to that binding before it was found, or before the time has
// passed and it was looked for in vain.

// How long a write may take from its intent to its answer, and how much later its effect may
// show, the difference of two clocks included.
const (
	mostDeparture = time.Minute
	mostArrival   = 30 * time.Second
)

// departing returns ctx as it is for a request whose intent was just stored.
func departing(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, mostDeparture)
}

// underWay reports with a Wait that a write which was not found may still arrive. Where one
// engine alone works on the store, whoever sent it is dead or has given it up.
func (s *session) underWay(in store.Intent) error {
	until := in.At.Add(mostDeparture + mostArrival)
	if s.Alone || !s.Now().Before(until) {
		return nil
	}
	return &binding.Wait{Binding: s.b.ID, Until: until, Why: "a write of another conformd on this store may still arrive"}
}
