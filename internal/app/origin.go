package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/conformd/conformd/audit"
)

// An OriginError is a log that is not the one the configuration names. The name is part
// of each signed checkpoint: under another one the log would break in two.
type OriginError struct {
	Configured string // audit.origin
	Log        string // of the log in the data directory, or of the key that would sign it
}

// Error names both.
func (e *OriginError) Error() string {
	return fmt.Sprintf("audit.origin is %q, and the audit log of this register is %q", e.Configured, e.Log)
}

// sameOrigin holds that the log goes on under its own name.
func (a *App) sameOrigin(ctx context.Context) error {
	name := a.Origin
	b, err := audit.CurrentCheckpoint(ctx, a.Store.Reader())
	switch {
	case errors.Is(err, sql.ErrNoRows): // the key alone has a name yet
	case err != nil:
		return err
	default:
		c, err := audit.ReadCheckpoint(b)
		if err != nil {
			return err
		}
		name = c.Origin
	}
	if name != a.Config.Audit.Origin {
		return &OriginError{a.Config.Audit.Origin, name}
	}
	return nil
}

// PlayKey returns a key for a rehearsal on a copy of the register, which is thrown away:
// the key that vouches for the log stays where it is.
func PlayKey(origin string) (audit.Signer, error) {
	private, _, err := audit.GenerateKey(origin)
	if err != nil {
		return nil, err
	}
	return audit.NewSigner(private)
}
