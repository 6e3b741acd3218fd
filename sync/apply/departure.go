package apply

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
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

// depart sends a write whose intent was just stored, in the time that it may take.
func depart(ctx context.Context, send func(context.Context) (connectors.Written, error)) (connectors.Written, error) {
	ctx, cancel := context.WithTimeout(ctx, mostDeparture)
	defer cancel()
	return send(ctx)
}

// underWay reports with a Wait that a write which was not found, or not looked for, may still
// arrive. Where one engine alone works on the store, whoever sent it is dead or has given it up.
func (s *session) underWay(in store.Intent) error {
	until := in.At.Add(mostDeparture + mostArrival)
	if s.Alone || !s.Now().Before(until) {
		return nil
	}
	return &binding.Wait{Binding: s.b.ID, Until: until, Why: "a write of another conformd on this store may still arrive"}
}
