package server

import (
	"context"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// A Control is what people with a role do to the daemon itself.
type Control interface {
	// PauseWriting stops writing to a binding until it is released.
	PauseWriting(ctx context.Context, by audit.Actor, binding, reason string) error
	// Release lets the changes that wait at a binding be written; list is the digest of those that the person read.
	Release(ctx context.Context, by audit.Actor, binding, reason, list string) error
	// Retry has a record worked on now.
	Retry(ctx context.Context, id string) error
	// Settle ends the search for the outcome of a record's writes.
	Settle(ctx context.Context, by audit.Actor, id, reason string) error
	// Remind asks the people of a record to act on it now. The error is an *UnremindedError if nobody was reminded.
	Remind(ctx context.Context, by audit.Actor, row store.Row) error
	// Tells reports whether people can be told of anything.
	Tells() bool
	// Adopt puts the configured policy in force from the next start.
	Adopt(ctx context.Context, by audit.Actor, reason string) error
	// Policies returns the policies that were adopted, and the configured one.
	Policies(ctx context.Context) (Policies, error)
}

// An UnremindedError says why nobody was reminded of a record, and what helps.
type UnremindedError struct{ What, Remedy string }

// Error says why.
func (e *UnremindedError) Error() string { return e.What }

// Policies are the policies that were adopted, and the configured one.
type Policies struct {
	Versions      []store.Adopted // the newest first
	InForce, Last int64           // numbers of versions
	// Differences are those of the configured policy from the one that was adopted last.
	Differences         []register.Difference
	Adopted, Configured register.Policy
}
