package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A SetBackError says that a log does not go on from a checkpoint of it: entries that it
// had are gone, or others stand in their place.
type SetBackError struct {
	Has int64 // entries that the log has
	Had int64 // entries that the checkpoint vouches for
}

// Error says which of the two.
func (e *SetBackError) Error() string {
	if e.Has < e.Had {
		return fmt.Sprintf("the audit log has %s, and it had %d", plural(e.Has, "entry", "entries"), e.Had)
	}
	return fmt.Sprintf("the first %d entries of the audit log are not those that stood there before", e.Had)
}

// BeginsWith holds that the log begins with what a checkpoint of it vouches for. It goes by
// the recorded hashes of the entries; that the entries are what was hashed, verification
// shows. The error is a SetBackError if it does not.
func BeginsWith(ctx context.Context, tx Tx, c Checkpoint) error {
	var size int64
	err := tx.QueryRowContext(ctx, `SELECT size FROM audit_head WHERE id = 1`).Scan(&size)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("audit: read head: %w", err)
	}
	if size < c.Size {
		return &SetBackError{size, c.Size}
	}
	rows, err := tx.QueryContext(ctx, `SELECT leaf_hash FROM audit_entry WHERE seq < $1 ORDER BY seq`, c.Size)
	if err != nil {
		return fmt.Errorf("audit: read entries: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var e edge
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return fmt.Errorf("audit: read entries: %w", err)
		}
		if len(hash) != tlog.HashSize {
			return &SetBackError{size, c.Size}
		}
		e.add(0, tlog.Hash(hash))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("audit: read entries: %w", err)
	}
	if e.n != c.Size || e.root() != tlog.Hash(c.Root) {
		return &SetBackError{e.n, c.Size}
	}
	return nil
}
