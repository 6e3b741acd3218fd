package store

import (
	"cmp"
	"context"
	"database/sql"

	"github.com/conformd/conformd/register"
)

func compareDue(a, b dueRow) int { return cmp.Compare(a.item, b.item) }

// makeDue is the migration that creates the table due and fills it from the records. A later
// version that finds other dates in the same record fills it again: fillDue.
func makeDue(ctx context.Context, tx *sql.Tx) error {
	for _, stmt := range []string{
		`CREATE TABLE due (
    n     BIGINT NOT NULL REFERENCES record (n), -- a number is read in half the time of an id
    item  TEXT   NOT NULL, -- a milestone, or an action; '' for a record without a date
    date  TEXT   NOT NULL,
    who   TEXT   NOT NULL,
    owner TEXT   NOT NULL,
    PRIMARY KEY (n, item)
) WITHOUT ROWID`,
		"CREATE INDEX due_date ON due (date)",
		"CREATE INDEX due_owner ON due (owner, date)",
		"CREATE INDEX due_who ON due (who, date)",
	} {
		if _, err := tx.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return fillDue(ctx, tx)
}

// fillDue writes the rows of every record into the empty table.
func fillDue(ctx context.Context, tx *sql.Tx) error {
	return everyRecord(ctx, tx, func(r register.Record) error {
		for _, d := range dueRows(r) {
			if _, err := tx.ExecContext(ctx, addDue, d.item, d.date, d.who, d.owner, r.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

// everyRecord reads the records for a migration. It holds a part of the register in memory.
func everyRecord(ctx context.Context, tx *sql.Tx, do func(register.Record) error) error {
	const together = 1000 // records
	type numbered struct {
		n int64
		r register.Record
	}
	for after := int64(-1); ; {
		part, err := collect(ctx, tx, func(row scanner) (x numbered, err error) {
			var doc string
			if err = row.Scan(&x.n, &doc); err == nil {
				x.r, err = decodeRecord(doc)
			}
			return x, err
		}, "SELECT r.n, d.doc FROM record r JOIN record_doc d ON d.id = r.id WHERE r.n > $1 ORDER BY r.n LIMIT $2", after, together)
		if err != nil || len(part) == 0 {
			return err
		}
		for _, x := range part {
			if err := do(x.r); err != nil {
				return err
			}
			after = x.n
		}
	}
}
