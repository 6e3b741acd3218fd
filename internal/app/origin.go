package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// An OriginError says that the configuration names another log than the one in the data
// directory. The name is part of each signed checkpoint, so that a log cannot continue under
// a new name.
type OriginError struct {
	Configured string // audit.origin
	Log        string // first name of the log in the data directory, or of the key that would sign it
}

// Error names both logs.
func (e *OriginError) Error() string {
	return fmt.Sprintf("audit.origin is %q, but the audit log of this register has the origin %q", e.Configured, e.Log)
}

// sameOrigin checks that the configuration names the log that is there. A restore may have
// given the log another name since, which the configuration does not follow.
func (a *App) sameOrigin(ctx context.Context) error {
	name := a.Origin
	b, err := auditdb.CurrentCheckpoint(ctx, a.Store.Reader())
	switch {
	case errors.Is(err, sql.ErrNoRows): // the key alone has a name yet
	case err != nil:
		return err
	default:
		c, err := tree.ReadCheckpoint(b)
		if err != nil {
			return err
		}
		name = tree.FirstName(c.Origin)
	}
	if name != a.Config.Audit.Origin {
		return &OriginError{a.Config.Audit.Origin, name}
	}
	return nil
}

// PlayKey returns a new key for a rehearsal, whose copy of the register is thrown away. The
// real signing key is not used there.
func PlayKey(origin string) (tree.Signer, error) {
	private, _, err := tree.GenerateKey(origin)
	if err != nil {
		return nil, err
	}
	return tree.NewSigner(private)
}
