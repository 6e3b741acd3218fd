package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// RootAt returns the root of the tree over the first entries of the log, as checkpoints have it. It
// names what a report was made of, so that a longer log shows later that it begins with the same
// entries. It reads few hashes of a long log, and holds them against the checkpoint of the log; it
// is not a verification, which reads every entry.
func RootAt(ctx context.Context, tx auditdb.Tx, size int64) (tlog.Hash, error) {
	msg, err := auditdb.CurrentCheckpoint(ctx, tx)
	if size == 0 && (err == nil || errors.Is(err, sql.ErrNoRows)) {
		return tlog.TreeHash(0, nil)
	}
	if err != nil {
		return tlog.Hash{}, err
	}
	at, err := tree.ReadCheckpoint(msg)
	if err != nil {
		return tlog.Hash{}, err
	}
	if size > at.Size {
		return tlog.Hash{}, fmt.Errorf("audit: the log has %d entries, and not %d", at.Size, size)
	}
	p, err := newProver(ctx, tx, at, []int64{size})
	if err != nil {
		return tlog.Hash{}, err
	}
	return tlog.TreeHash(size, p)
}
