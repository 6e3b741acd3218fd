// Package inbox takes in webhook deliveries: authenticated against the raw body,
// stored once, answered fast, and reduced to hints. A delivery never carries
// state: it says which issue to read again. Losing, doubling, reordering or
// forging deliveries costs time and never correctness, because polling finds the
// same changes.
//
// Strangers reach it. So a delivery without a well-formed signature is refused before a
// byte of its body is read. Limits bound the memory that all bodies take together, the rate
// of deliveries, and the lines that they add to the log.
package inbox

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/semaphore"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// An Inbox receives the deliveries of all bindings. Make one with New.
type Inbox struct {
	o      Options
	places *semaphore.Weighted // bytes of bodies in memory
	gates  map[string]*gate    // by binding id or name of a site

	mu     sync.Mutex
	forgot time.Time // when old deliveries were last deleted
}

// Options say what an inbox needs.
type Options struct {
	Store    Store
	Webhooks map[string]connectors.Webhook // by binding id; only those with a secret
	// Sites maps the name of a site, as its address has it, to the ids of its bindings: the
	// webhook of an organisation or of an app delivers for all its repositories. If a binding
	// has the same name, the address is that of the binding.
	Sites map[string][]string
	Log   *zap.Logger
	// Wake is called, in the transaction, for each record that became dirty. It may be nil,
	// because the store knows the dirty records.
	Wake func(ctx context.Context, t *store.Tx, recordID string) error
	// Jobs may be nil: the next regular poll then finds the change.
	Jobs Jobs
	// MaxBody is the largest body taken, in bytes; 0 for DefaultMaxBody.
	MaxBody int64
	// Now is the clock; nil is the real one.
	Now func() time.Time
	// Counted is called with the result of each delivery, see the constants. It may be nil.
	Counted func(binding, result string)
}

// Jobs takes, in the transaction of the delivery, the work that the delivery makes necessary.
type Jobs interface {
	// Sight asks for the read of one issue that is bound to nothing.
	Sight(ctx context.Context, tx *sql.Tx, binding, issueID, key string) error
	// Poll asks for a poll of a binding at a time.
	Poll(ctx context.Context, tx *sql.Tx, binding string, at time.Time) error
}

// DefaultMaxBody is the largest body taken, in bytes, if the configuration does not say.
// A payload holds one issue and one comment, whose texts are 64 KiB at most on GitHub and
// 32,767 characters on Jira.
const DefaultMaxBody = 2 << 20

// MostMaxBody is the largest that may be configured, in bytes: GitHub's own cap
// (https://docs.github.com/en/webhooks/webhook-events-and-payloads#payload-cap).
const MostMaxBody = 25 << 20

// leastPlaces is the least number of bytes that all bodies together may take in memory, even
// if the largest allowed body is small.
const leastPlaces = 16 << 20

// New returns an inbox.
func New(o Options) *Inbox {
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	in := &Inbox{o: o, places: semaphore.NewWeighted(max(leastPlaces, 2*o.MaxBody)), gates: map[string]*gate{}}
	for id := range o.Webhooks {
		in.gates[id] = newGate()
	}
	for name := range o.Sites {
		if in.gates[name] == nil {
			in.gates[name] = newGate()
		}
	}
	return in
}

// ServeHTTP answers POST /hooks/{binding}, and /hooks/{site} for all bindings of a site: 202
// when the hint is durable, 401 for a missing or wrong signature, 413 for an oversized body,
// 408 for one that takes too long, 400 for an authentic body that cannot be understood, 429
// for more deliveries than a tracker sends, and 503 when there is no memory for the body or
// it could not be stored.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	binding := r.PathValue("binding")
	if hook, ok := in.o.Webhooks[binding]; ok {
		in.answer(w, binding, in.take(w, r, binding, hook))
		return
	}
	if of := in.o.Sites[binding]; len(of) > 0 {
		in.answer(w, binding, in.takeForAll(w, r, binding, of))
		return
	}
	in.answer(w, "", UnknownBinding)
}

// take takes in one delivery and returns the result.
func (in *Inbox) take(w http.ResponseWriter, r *http.Request, binding string, hook connectors.Webhook) Result {
	incoming, err := hook.Begin(r.Header)
	if err != nil {
		return in.refused(binding, err)
	}
	if r.ContentLength > in.o.MaxBody {
		return in.noted(binding, TooLarge, nil)
	}
	digest := sha256.New()
	_, _ = io.WriteString(digest, binding+"\x00") // a digest never fails
	held, err := in.read(io.MultiWriter(incoming, digest), http.MaxBytesReader(w, r.Body, in.o.MaxBody))
	defer in.places.Release(held)
	if err != nil {
		return in.noted(binding, unread(err), err)
	}
	d, err := incoming.Hint()
	switch {
	case errors.Is(err, connectors.Forged):
		return in.refused(binding, err)
	case err != nil:
		return in.noted(binding, Malformed, err)
	case !in.gates[binding].accepted.AllowN(in.o.Now(), 1):
		return in.noted(binding, TooMany, nil)
	}
	return in.store(r.Context(), binding, digest.Sum(nil), d)
}

// store keeps an authentic delivery, which its digest tells from others.
func (in *Inbox) store(ctx context.Context, binding string, digest []byte, d connectors.Delivery) Result {
	fresh, err := in.receive(ctx, binding, "sha256:"+hex.EncodeToString(digest), named(d))
	switch {
	case err != nil:
		in.o.Log.Error("delivery not stored", zap.String("binding", binding), zap.Error(err))
		return Failed
	case !fresh:
		return Duplicate
	}
	return Accepted
}

// refused is the result for a delivery whose signature is missing or wrong.
func (in *Inbox) refused(binding string, err error) Result {
	result := Forged
	if !in.gates[binding].refused.AllowN(in.o.Now(), 1) {
		result = TooMany
	}
	return in.noted(binding, result, err)
}

// noted logs that a delivery was not taken, unless the log has just said so.
func (in *Inbox) noted(binding string, result Result, err error) Result {
	if more, say := in.gates[binding].log.allow(in.o.Now()); say {
		in.o.Log.Warn("delivery not taken", zap.String("binding", binding), zap.String("result", string(result)), zap.Error(err), zap.Int("and_more_since", more))
	}
	return result
}

func (in *Inbox) answer(w http.ResponseWriter, binding string, result Result) {
	if in.o.Counted != nil {
		in.o.Counted(binding, string(result))
	}
	a := result.answer()
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	if a.status >= 400 {
		h.Set("Connection", "close") // the rest of the body will not be read
	}
	if a.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(a.wait/time.Second)))
	}
	w.WriteHeader(a.status)
	text := string(result)
	if a.meaning != "" {
		text += ": " + a.meaning
	}
	_, _ = io.WriteString(w, text+"\n") //nolint:gosec // words of our own, as plain text
}
