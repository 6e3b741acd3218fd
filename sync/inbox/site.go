package inbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"net/http"

	"github.com/conformd/conformd/connectors"
)

// takeForAll takes in one delivery that may concern any of several bindings, which share
// their secrets. It asks each binding. A delivery that concerns none is accepted and ignored.
func (in *Inbox) takeForAll(w http.ResponseWriter, r *http.Request, site string, bindings []string) Result {
	if _, err := in.o.Webhooks[bindings[0]].Begin(r.Header); err != nil {
		return in.refused(site, err)
	}
	if r.ContentLength > in.o.MaxBody {
		return in.noted(site, TooLarge, nil)
	}
	var body bytes.Buffer
	held, err := in.read(&body, http.MaxBytesReader(w, r.Body, in.o.MaxBody))
	defer func() { in.places.Release(held) }()
	if err != nil {
		return in.noted(site, unread(err), err)
	}
	// Each binding reads a copy, one after the other.
	if !in.places.TryAcquire(int64(body.Len())) {
		return in.noted(site, Busy, errBusy)
	}
	held += int64(body.Len())
	result := Accepted
	for n, id := range bindings {
		d, err := connectors.Hint(in.o.Webhooks[id], r.Header, body.Bytes())
		switch {
		case errors.Is(err, connectors.Forged):
			return in.refused(site, err)
		case err != nil:
			return in.noted(site, Malformed, err)
		case n == 0 && !in.gates[site].accepted.AllowN(in.o.Now(), 1):
			return in.noted(site, TooMany, nil)
		case len(d.Issues) == 0 && !d.All:
			continue
		}
		switch got := in.receiveFor(r.Context(), id, body.Bytes(), d); got {
		case Failed:
			return Failed
		case Duplicate:
			result = Duplicate
		}
	}
	return result
}

// receiveFor stores a delivery for one of the bindings that it concerns.
func (in *Inbox) receiveFor(ctx context.Context, binding string, body []byte, d connectors.Delivery) Result {
	digest := sha256.Sum256(append([]byte(binding+"\x00"), body...))
	return in.store(ctx, binding, digest[:], d)
}
