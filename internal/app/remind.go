package app

import (
	"context"
	"errors"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/server"
	"github.com/conformd/conformd/internal/store"
)

// Remind asks the people of whom something is expected in a record to act on it now. The daemon sends the messages.
func (a *App) Remind(ctx context.Context, by audit.Actor, trigger audit.Trigger, row store.Row) ([]store.Telling, error) {
	t, r, err := a.composer(ctx)
	if err != nil {
		return nil, err
	}
	e, err := r.Entry(ctx, row)
	if err != nil {
		return nil, err
	}
	return t.Remind(ctx, notices.Reminder{By: by, Trigger: trigger, Row: row, Needs: e.View.Needs})
}

// RemindHere is [App.Remind] by the person at this terminal.
func (a *App) RemindHere(ctx context.Context, row store.Row) ([]store.Telling, error) {
	return a.Remind(ctx, a.operator(), audit.TriggerManual, row)
}

// Remind asks the people of a record to act on it now.
func (c control) Remind(ctx context.Context, by audit.Actor, row store.Row) error {
	_, err := c.a.Remind(ctx, by, audit.TriggerPage, row)
	if no, ok := errors.AsType[*notices.UnremindedError](err); ok {
		return &server.UnremindedError{What: no.What, Remedy: no.Remedy}
	}
	return err
}

// Tells reports whether people can be told of anything.
func (c control) Tells() bool { return c.a.Config.Notices.Tells() }
