package binding

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// A Wait says that a binding must be left alone until a time.
type Wait struct {
	Binding string
	Until   time.Time
	Why     string
}

func (w *Wait) Error() string {
	return fmt.Sprintf("%s: %s; next try at %s", w.Binding, w.Why, w.Until.UTC().Format(time.RFC3339))
}

// IsWait reports whether err only says that a binding must be left alone for now,
// and until when.
func IsWait(err error) (time.Time, bool) {
	w, ok := errors.AsType[*Wait](err)
	if !ok {
		return time.Time{}, false
	}
	return w.Until, true
}

// The reasons for a pause of a site.
const (
	whyLimited = "rate limited"
	whySilent  = "the tracker does not answer"
)

// Held returns a Wait if the site of a binding must be left alone now. It is called before
// every request, reads included.
func Held(row store.Binding, now time.Time) error {
	if !now.Before(row.NotBefore) {
		return nil
	}
	return &Wait{Binding: row.ID, Until: row.NotBefore, Why: cmp.Or(row.Held, whyLimited)}
}

// Enter takes a worker's place at the site of a binding, see Credential.Enter. The error is a
// Wait if the site must be left alone now.
func Enter(ctx context.Context, st Store, b *Binding) (leave func(), err error) {
	row, err := st.Binding(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	if err := Held(row, b.Credential.Now()); err != nil {
		return nil, err
	}
	return b.Credential.Enter(ctx, b)
}

// limited returns a rate limit as a Wait. It stores the limit for the binding, unless it
// concerns one issue alone.
func limited(ctx context.Context, st Store, now time.Time, b *Binding, cause error) error {
	e, ok := errors.AsType[*connectors.Error](cause)
	until := now.Add(time.Minute)
	if ok && !e.Until.IsZero() {
		until = e.Until
	}
	w := &Wait{b.ID, until, whyLimited}
	if ok && e.Scope == connectors.ScopeIssue {
		return w // the others may go on
	}
	return leaveAlone(ctx, st, b, w)
}

// leaveAlone stores w for all bindings that share the credential, and returns it.
func leaveAlone(ctx context.Context, st Store, b *Binding, w *Wait) error {
	err := st.Write(ctx, func(t *store.Tx) error { return t.LimitUntil(ctx, b.Credential.Bindings, w.Until, w.Why) })
	if err != nil {
		return errors.Join(w, err)
	}
	return w
}

// Answered notes how a call to the tracker ended. A rate limit, or several calls in a row
// without an answer, start a pause: the returned error then has a Wait in it. Other errors
// are returned as they are.
func Answered(ctx context.Context, st Store, now time.Time, b *Binding, err error) error {
	switch {
	case connectors.KindOf(err) == connectors.Limited:
		b.Credential.Answered()
		return limited(ctx, st, now, b, err)
	case !unanswered(err):
		if _, ok := errors.AsType[*connectors.Error](err); ok || err == nil {
			b.Credential.Answered()
		}
		return err
	}
	until := b.Credential.silence()
	if until.IsZero() {
		return err
	}
	if w := leaveAlone(ctx, st, b, &Wait{b.ID, until, whySilent}); ctx.Err() == nil {
		return errors.Join(err, w)
	}
	return err
}
