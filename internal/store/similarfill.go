package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/register"
)

// makeSimilar is the migration that creates the table similar and fills it from the records. A
// later version that finds other words in the same record fills it again: fillSimilar.
func makeSimilar(ctx context.Context, tx *sql.Tx) error {
	for _, stmt := range []string{
		`CREATE TABLE similar (
    key    TEXT   NOT NULL, -- a word, or a requirement with a cause category or a part of the scope
    closed BIGINT NOT NULL, -- when the record was closed
    n      BIGINT NOT NULL REFERENCES record (n),
    PRIMARY KEY (key, closed, n)
) WITHOUT ROWID`,
		"CREATE INDEX similar_record ON similar (n)",
	} {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return fillSimilar(ctx, tx)
}

// fillSimilar writes the rows of every closed record into the empty table.
func fillSimilar(ctx context.Context, tx *sql.Tx) error {
	return everyRecord(ctx, tx, func(r register.Record) error {
		for _, x := range similarRows(r) {
			if _, err := tx.ExecContext(ctx, addSimilar, x.key, x.closed, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
}
