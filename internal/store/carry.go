package store

import (
	"context"
	"errors"
	"iter"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register"
)

// RegisterLines yields the lines of register.jsonl: RegisterRows as text.
func RegisterLines(ctx context.Context, tx auditdb.Tx) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for row, err := range RegisterRows(ctx, tx) {
			var line []byte
			switch r := row.(type) {
			case ledger.Row:
				line = r.Line()
			case ledger.Discrepancies:
				continue // they follow from the entries of the export
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

// RegisterRows yields the rows of the register as the audit log tells of them: the discrepancies,
// as ledger.Discrepancies, and then every record, by number, as a ledger.Row. It reads through tx, so that rows and log are of one state; the
// schema must be the present one.
func RegisterRows(ctx context.Context, tx auditdb.Tx) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		if !yield(discrepancies(ctx, tx), nil) {
			return
		}
		rows, err := tx.QueryContext(ctx, `SELECT d.doc, r.ref, r.state, r.requested, u.id IS NOT NULL, coalesce(c.doc, '')
FROM record r JOIN record_doc d ON d.id = r.id LEFT JOIN uncarried u ON u.id = r.id LEFT JOIN course c ON c.n = r.n ORDER BY r.ref, r.id`)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = rows.Close() }() // Err tells
		for rows.Next() {
			var doc, course string
			row := ledger.Row{Course: &course}
			var l ledger.Listed
			if err = rows.Scan(&doc, &l.Ref, &l.State, &l.Requested, &row.Waiting, &course); err == nil {
				row.Record, err = decodeRecord(doc)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if l != (ledger.Listed{Ref: row.Record.Ref, State: row.Record.State, Requested: row.Record.Requested}) {
				row.Listed = &l
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}

// Uncarried returns at most limit records of an earlier version that the log is yet to be
// told of, by id.
func (t *Tx) Uncarried(ctx context.Context, limit int) ([]string, error) {
	return t.texts(ctx, "SELECT id FROM uncarried ORDER BY id LIMIT $1", limit)
}

// Carry stores a record of an earlier version as the log is told of it, with the entry that
// carries it.
func (t *Tx) Carry(ctx context.Context, r register.Record) error {
	doc, err := encodeRecord(r)
	if err != nil {
		return err
	}
	var version int64
	if err := t.QueryRowContext(ctx, "UPDATE record SET version = version + 1 WHERE id = $1 RETURNING version", r.ID).Scan(&version); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, "UPDATE record_doc SET doc = $1 WHERE id = $2", doc, r.ID); err != nil {
		return err
	}
	if err := t.project(ctx, r); err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM uncarried WHERE id = $1", r.ID); err != nil {
		return err
	}
	t.Audit(ledger.CarriedEntry(r, version))
	return nil
}

// UncarriedCount returns how many records the log is yet to be told of. In a database of an
// earlier version those are all.
func (s *Store) UncarriedCount(ctx context.Context) (n int64, err error) {
	table := "uncarried"
	if err := s.CheckSchema(ctx); errors.Is(err, ErrOlder) {
		table = "record"
	} else if err != nil {
		return 0, err
	}
	err = s.ro.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n)
	return n, err
}
