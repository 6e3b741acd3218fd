package server

import (
	"context"

	"github.com/conformd/conformd/audit"
)

// A Control is what people with a role do to the daemon itself.
type Control interface {
	// PauseWriting stops writing to a binding until it is released.
	PauseWriting(ctx context.Context, by audit.Actor, binding, reason string) error
	// Release lets the changes that wait at a binding be written; list is the digest of those that the person read.
	Release(ctx context.Context, by audit.Actor, binding, reason, list string) error
	// Adopt puts the configured policy in force from the next start.
	Adopt(ctx context.Context, by audit.Actor, reason string) error
}
