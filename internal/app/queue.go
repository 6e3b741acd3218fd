package app

import (
	"context"
	"errors"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/apply"
)

// Retry starts an attempt at a record now, even if the record waits for something.
func (a *App) Retry(ctx context.Context, id string) error {
	return a.Store.Write(ctx, func(t *store.Tx) error { return t.MarkDirty(ctx, id) })
}

// RetryAll starts an attempt at every waiting record now.
func (a *App) RetryAll(ctx context.Context) error {
	return a.Store.Write(ctx, func(t *store.Tx) error { return t.WakeAll(ctx) })
}

// ErrNothingOpen is the error of Drop for a record without a write to settle.
var ErrNothingOpen = errors.New("every write of this record has an outcome")

// Drop settles for good the writes of a record that have no outcome, and marks the record
// dirty. It returns these writes.
func (a *App) Drop(ctx context.Context, id, reason string) ([]store.Intent, error) {
	return a.DropAs(ctx, a.operator(), id, reason)
}

// DropAs is Drop for somebody who is not at the terminal.
func (a *App) DropAs(ctx context.Context, by audit.Actor, id, reason string) (dropped []store.Intent, err error) {
	err = a.Store.Write(ctx, func(t *store.Tx) error {
		row, err := t.Row(ctx, id)
		if err != nil {
			return err
		}
		if dropped, err = t.PendingIntents(ctx, id); err != nil {
			return err
		}
		if len(dropped) == 0 {
			return ErrNothingOpen
		}
		for _, in := range dropped {
			if err := apply.Abandon(ctx, t, row, in, by, reason); err != nil {
				return err
			}
		}
		return t.MarkDirty(ctx, id)
	})
	return dropped, err
}
