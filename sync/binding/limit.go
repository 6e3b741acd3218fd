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

// The reasons to leave a site alone for a while.
const (
	whyLimited = "rate limited"
	whySilent  = "the tracker does not answer"
)

// Held reports with a Wait that the site of a binding is to be left alone now. It is asked
// before anything is sent, reads included.
func Held(row store.Binding, now time.Time) error {
	if !now.Before(row.NotBefore) {
		return nil
	}
	return &Wait{Binding: row.ID, Until: row.NotBefore, Why: cmp.Or(row.Held, whyLimited)}
}

// Enter takes a worker's place at the site of a binding, see Credential.Enter, unless the
// site is to be left alone now.
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

// limited remembers a rate limit of a binding and returns the Wait that it means.
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

// leaveAlone stores that the site is to be left alone, for all bindings that share the
// credential, and returns the Wait.
func leaveAlone(ctx context.Context, st Store, b *Binding, w *Wait) error {
	err := st.Write(ctx, func(t *store.Tx) error { return t.LimitUntil(ctx, b.Credential.Bindings, w.Until, w.Why) })
	if err != nil {
		return errors.Join(w, err)
	}
	return w
}

// Answered takes note of how a call to the tracker ended, and returns what the caller is
// to make of an error: a rate limit is remembered, and a site that gave no answer several
// times is left alone for a while.
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
