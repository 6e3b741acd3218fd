package verify

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// A SetBackError says that a log does not go on from a checkpoint of it: entries that it
// had are gone, or others stand in their place.
type SetBackError struct {
	Has int64 // entries that the log has
	Had int64 // entries that the checkpoint vouches for
	// Origin is the name of the log, and Was that in the checkpoint, where no restore leads
	// from one to the other; both are empty where it is one log.
	Origin, Was string
}

// Error says which of them.
func (e *SetBackError) Error() string {
	switch {
	case e.Was != "":
		return fmt.Sprintf("the audit log is %s, and it was %s: no entry tells of a restore between them", e.Origin, e.Was)
	case e.Has < e.Had:
		return fmt.Sprintf("the audit log has %s, and it had %d", audit.Plural(e.Has, "entry", "entries"), e.Had)
	}
	return fmt.Sprintf("the first %d entries of the audit log are not those that stood there before", e.Had)
}

// BeginsWith holds that the log begins with what a checkpoint of it vouches for, or says
// itself that a restore removed it. It goes by the recorded hashes of the entries; that the
// entries are what was hashed, verification shows. The error is a SetBackError if it does not.
func BeginsWith(ctx context.Context, tx auditdb.Tx, c tree.Checkpoint) error {
	var size int64
	var msg []byte
	err := tx.QueryRowContext(ctx, `SELECT size, checkpoint FROM audit_head WHERE id = 1`).Scan(&size, &msg)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("audit: read head: %w", err)
	}
	if line, _, _ := bytes.Cut(msg, []byte("\n")); size > 0 && string(line) != c.Origin {
		restores, err := restoresIn(ctx, tx)
		if err != nil {
			return err
		}
		switch s, _ := stands(string(line), restores, c); s {
		case cutOff:
			return nil
		case foreign:
			return &SetBackError{Has: size, Had: c.Size, Origin: string(line), Was: c.Origin}
		case continued: // the entries tell
		}
	}
	if size < c.Size {
		return &SetBackError{Has: size, Had: c.Size}
	}
	rows, err := tx.QueryContext(ctx, `SELECT leaf_hash FROM audit_entry WHERE seq < $1 ORDER BY seq`, c.Size)
	if err != nil {
		return fmt.Errorf("audit: read entries: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var e tree.Edge
	for rows.Next() {
		var hash []byte
		if err := rows.Scan(&hash); err != nil {
			return fmt.Errorf("audit: read entries: %w", err)
		}
		if len(hash) != tlog.HashSize {
			return &SetBackError{Has: size, Had: c.Size}
		}
		e.Add(0, tlog.Hash(hash))
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("audit: read entries: %w", err)
	}
	if e.N != c.Size || e.Root() != tlog.Hash(c.Root) {
		return &SetBackError{Has: e.N, Had: c.Size}
	}
	return nil
}

// leavesAtOnce is how many leaves are read at a time.
const leavesAtOnce = 256

// restoresIn returns the restores that the log tells of, in the order of its entries.
func restoresIn(ctx context.Context, tx auditdb.Tx) (out []audit.Restore, err error) {
	for from := int64(0); ; {
		leaves, err := auditdb.Leaves(ctx, tx, from, leavesAtOnce)
		if err != nil || len(leaves) == 0 {
			return out, err
		}
		for _, l := range leaves {
			r, ok, err := audit.RestoreIn(l.Seq, l.Bytes)
			if err != nil {
				return nil, err
			}
			if ok {
				out = append(out, r)
			}
		}
		from = leaves[len(leaves)-1].Seq + 1
	}
}
