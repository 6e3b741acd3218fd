package app

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/server"
)

// A control does for the pages what people with a role do to the daemon itself.
type control struct{ a *App }

// Control returns what the pages do to the daemon for people with a role.
func (a *App) Control() server.Control { return control{a} }

// PauseWriting is [App.PauseWriting].
func (c control) PauseWriting(ctx context.Context, by audit.Actor, binding, reason string) error {
	return c.a.PauseWriting(ctx, by, binding, reason)
}

// Release lets the changes that wait at a binding be written.
func (c control) Release(ctx context.Context, by audit.Actor, binding, reason, list string) error {
	_, err := c.a.ReleaseBrakeAs(ctx, by, audit.TriggerPage, binding, reason, list)
	return err
}

// Retry has a record worked on now.
func (c control) Retry(ctx context.Context, id string) error { return c.a.Retry(ctx, id) }

// Settle ends the search for the outcome of a record's writes.
func (c control) Settle(ctx context.Context, by audit.Actor, id, reason string) error {
	_, err := c.a.DropAs(ctx, by, id, reason)
	return err
}

// Adopt puts the configured policy in force from the next start.
func (c control) Adopt(ctx context.Context, by audit.Actor, reason string) error {
	_, _, err := c.a.AdoptSignedIn(ctx, by, reason)
	return err
}

// Policies returns the policies that were adopted, and the configured one.
func (c control) Policies(ctx context.Context) (server.Policies, error) {
	p, err := Policies(ctx, c.a.Config, c.a.Store)
	if err != nil {
		return server.Policies{}, err
	}
	out := server.Policies{Versions: p.Versions, InForce: p.InForce().Number, Last: p.Last().Number}
	if out.Differences, err = p.Differences(); err != nil {
		return out, err
	}
	if out.Adopted, err = p.Policy(p.Last()); err != nil {
		return out, err
	}
	out.Configured, err = policy(c.a.Config)
	return out, err
}
