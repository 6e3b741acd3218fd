package auditlog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

const selectHashes = `SELECT seq, leaf_hash FROM audit_entry ORDER BY seq`

// FillTiles stores the roots of the full tiles of a log that was written without them. It ends
// before an entry that is missing: whether somebody removed it is for a verification to say.
func FillTiles(ctx context.Context, tx auditdb.Tx) error {
	roots, err := tiles(ctx, tx)
	if err != nil {
		return fmt.Errorf("audit: roots of tiles: %w", err)
	}
	for n, root := range roots {
		if _, err := tx.ExecContext(ctx, insertTile, n, root[:]); err != nil {
			return fmt.Errorf("audit: roots of tiles: %w", err)
		}
	}
	return nil
}

func tiles(ctx context.Context, tx auditdb.Tx) (roots []tlog.Hash, err error) {
	rows, err := tx.QueryContext(ctx, selectHashes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var edge tree.Edge
	var seq int64
	var hash sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&seq, &hash); err != nil {
			return nil, err
		}
		if seq != edge.N || len(hash) != tlog.HashSize {
			break
		}
		h := tlog.Hash(hash)
		if tile, full := edge.Tile(h); full {
			roots = append(roots, tile)
		}
		edge.Add(0, h)
	}
	return roots, rows.Err()
}
