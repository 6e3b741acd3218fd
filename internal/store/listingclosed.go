package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/register"
)

// addClosed is the migration that lets lists be sorted and narrowed by when records came to their end. The migration
// that numbered the rows of listing wrote them without it.
func addClosed(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "ALTER TABLE listing ADD COLUMN closed TEXT NOT NULL DEFAULT ''"); err != nil {
		return err
	}
	err := everyRecord(ctx, tx, func(r register.Record) error {
		at := closedKey(r)
		if at == "" {
			return nil
		}
		_, err := tx.ExecContext(ctx, "UPDATE listing SET closed = $1 WHERE n = (SELECT n FROM record WHERE id = $2)", at, r.ID)
		return err
	})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "CREATE INDEX listing_closed ON listing (closed, ref)")
	return err
}
