package app

import (
	"context"

	"github.com/conformd/conformd/audit"
)

// A control does for the pages what people with a role do to the daemon itself.
type control struct{ a *App }

// PauseWriting is [App.PauseWriting].
func (c control) PauseWriting(ctx context.Context, by audit.Actor, binding, reason string) error {
	return c.a.PauseWriting(ctx, by, binding, reason)
}

// Release lets the changes that wait at a binding be written.
func (c control) Release(ctx context.Context, by audit.Actor, binding, reason, list string) error {
	_, err := c.a.ReleaseBrakeAs(ctx, by, audit.TriggerPage, binding, reason, list)
	return err
}

// Adopt puts the configured policy in force from the next start.
func (c control) Adopt(ctx context.Context, by audit.Actor, reason string) error {
	_, _, err := c.a.AdoptSignedIn(ctx, by, reason)
	return err
}
