package binding

import (
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

// Limited remembers a rate limit of a binding and returns the Wait that it means.
func Limited(ctx context.Context, st *store.Store, now time.Time, b *Binding, cause error) error {
	e, ok := errors.AsType[*connectors.Error](cause)
	until := now.Add(time.Minute)
	if ok && !e.Until.IsZero() {
		until = e.Until
	}
	w := &Wait{b.ID, until, "rate limited"}
	if ok && e.Scope == connectors.ScopeIssue {
		return w // the others may go on
	}
	err := st.Write(ctx, func(t *store.Tx) error { return t.LimitUntil(ctx, b.ID, until) })
	if err != nil {
		return errors.Join(w, err)
	}
	return w
}

// ReadFailed turns a failed read into what the caller is to make of it, and
// remembers a rate limit.
func ReadFailed(ctx context.Context, st *store.Store, now time.Time, b *Binding, cause error) error {
	if connectors.KindOf(cause) == connectors.Limited {
		return Limited(ctx, st, now, b, cause)
	}
	return cause
}
