package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
)

// makeTiles is the migration that creates the table of the roots of full tiles and fills it from
// the log.
func makeTiles(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, auditdb.CreateTile(auditdb.SQLite)); err != nil {
		return err
	}
	return auditlog.FillTiles(ctx, tx)
}
