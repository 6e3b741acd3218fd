// Package inbox takes in webhook deliveries: authenticated against the raw body,
// stored once, answered fast, and reduced to hints. A delivery never carries
// state: it says which issue to read again. Losing, doubling, reordering or
// forging deliveries costs time and never correctness, because polling finds the
// same changes.
package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// MaxBody is the largest delivery taken, in bytes: GitHub's own cap.
const MaxBody = 25 << 20

// An Inbox receives the deliveries of all bindings.
type Inbox struct {
	Store    *store.Store
	Webhooks map[string]connectors.Webhook // by binding id; only those with a secret
	Log      *zap.Logger
	// Wake is called, in the transaction, for each record that wants to be looked at.
	Wake func(ctx context.Context, t *store.Tx, recordID string) error
	// Poll asks for a look at a whole binding, for hints at issues nobody knows yet.
	Poll func(ctx context.Context, t *store.Tx, binding string) error
	// Counted is called with the result of each delivery: "accepted", "duplicate",
	// "forged", "malformed", "too_large", "unknown_binding", "failed". It may be nil.
	Counted func(binding, result string)
}

// ServeHTTP answers POST /hooks/{binding}: 202 when the hint is durable, 401 for a
// missing or wrong signature, 413 for an oversized body, 400 for an authentic body
// that cannot be understood, 503 when it could not be stored.
func (in *Inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	binding := r.PathValue("binding")
	hook, ok := in.Webhooks[binding]
	if !ok {
		in.answer(w, binding, "unknown_binding", http.StatusNotFound)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if err != nil {
		if _, big := errors.AsType[*http.MaxBytesError](err); big {
			in.answer(w, binding, "too_large", http.StatusRequestEntityTooLarge)
			return
		}
		in.answer(w, binding, "malformed", http.StatusBadRequest)
		return
	}
	d, err := connectors.Hint(hook, r.Header, body)
	switch {
	case errors.Is(err, connectors.Forged):
		in.Log.Warn("delivery refused", zap.String("binding", binding), zap.Error(err))
		in.answer(w, binding, "forged", http.StatusUnauthorized)
		return
	case err != nil:
		in.Log.Warn("delivery not understood", zap.String("binding", binding), zap.Error(err))
		in.answer(w, binding, "malformed", http.StatusBadRequest)
		return
	}
	if d.ID == "" {
		sum := sha256.Sum256(body)
		d.ID = "sha256:" + hex.EncodeToString(sum[:])
	}
	fresh, err := in.Receive(r.Context(), binding, d)
	if err != nil {
		in.Log.Error("delivery not stored", zap.String("binding", binding), zap.String("delivery", d.ID), zap.Error(err))
		in.answer(w, binding, "failed", http.StatusServiceUnavailable)
		return
	}
	if !fresh {
		in.answer(w, binding, "duplicate", http.StatusAccepted)
		return
	}
	in.answer(w, binding, "accepted", http.StatusAccepted)
}

func (in *Inbox) answer(w http.ResponseWriter, binding, result string, status int) {
	if in.Counted != nil {
		in.Counted(binding, result)
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if what := meaning(result); what != "" {
		result += ": " + what
	}
	_, _ = io.WriteString(w, result+"\n")
}

// meaning says what is wrong with a delivery, for the person who reads its answer in the
// tracker's list of deliveries.
func meaning(result string) string {
	switch result {
	case "forged":
		return "the signature is missing or wrong; check the webhook's secret"
	case "unknown_binding":
		return "no binding of this name takes webhooks; check the address"
	case "malformed":
		return "the body could not be read as a delivery of the tracker"
	case "failed":
		return "it could not be stored; the next poll finds the change"
	default:
		return ""
	}
}

// Receive stores a delivery once and turns it into hints, in one transaction. It
// reports whether the delivery was new.
func (in *Inbox) Receive(ctx context.Context, binding string, d connectors.Delivery) (fresh bool, err error) {
	err = in.Store.Write(ctx, func(t *store.Tx) error {
		fresh, err = t.Receive(ctx, binding, d.ID, d.Event)
		if err != nil || !fresh {
			return err
		}
		poll := d.All
		var key string
		for _, ref := range d.Issues {
			key = ref.Key
			id, err := t.Invalidate(ctx, binding, ref)
			if errors.Is(err, store.ErrNotFound) {
				poll = true // a new issue, or one nobody selected: the listing decides
				continue
			}
			if err != nil {
				return err
			}
			if err := t.MarkDirty(ctx, id); err != nil {
				return err
			}
			if in.Wake != nil {
				if err := in.Wake(ctx, t, id); err != nil {
					return err
				}
			}
		}
		t.Audit(audit.Entry{
			Verb:    audit.SyncReceived,
			Actor:   audit.Actor{Kind: audit.Unattributed, How: audit.ByWebhook},
			Origin:  audit.Origin{Binding: binding, Delivery: d.ID, Event: d.Event, Key: key, Trigger: audit.TriggerWebhook},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding},
		})
		if !poll || in.Poll == nil {
			return nil
		}
		return in.Poll(ctx, t, binding)
	})
	return fresh, err
}
