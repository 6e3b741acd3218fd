package store

import (
	"context"
	"database/sql"
	"iter"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/register/kpi"
)

// The table discrepancy holds what the figure of trust in the synchronisation is made of: what begins,
// ends or happens by an entry of the log that keeps the register and the trackers apart
// (kpi.Discrepancy). A row is written in the transaction of its entry and follows from the entry alone;
// a verification compares the table with the log. Most entries have no row.

const (
	makeDiscrepancies = "CREATE TABLE discrepancy (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, record TEXT NOT NULL, thing TEXT NOT NULL, ends BOOLEAN NOT NULL)"
	addDiscrepancy    = "INSERT INTO discrepancy (seq, at, kind, record, thing, ends) VALUES ($1, $2, $3, $4, $5, $6)"
	allDiscrepancies  = "SELECT seq, at, kind, record, thing, ends FROM discrepancy ORDER BY seq"
)

// An execer runs a statement.
type execer interface {
	ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error)
}

// putDiscrepancy stores what entry seq says of a discrepancy, if it does.
func (t *Tx) putDiscrepancy(ctx context.Context, seq int64, e *audit.Entry) error {
	return putDiscrepancy(ctx, t, seq, e)
}

func putDiscrepancy(ctx context.Context, to execer, seq int64, e *audit.Entry) error {
	d, ok := ledger.DiscrepancyOf(e)
	if !ok {
		return nil
	}
	_, err := to.ExecContext(ctx, addDiscrepancy, seq, millis(d.At), string(d.Kind), d.Record, d.Thing, d.Ends)
	return err
}

// makeDiscrepancy is the migration that creates the table and fills it from the log, which it reads
// once. An entry that cannot be read is left out: whether the log was tampered with is for a
// verification to say.
func makeDiscrepancy(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, makeDiscrepancies); err != nil {
		return err
	}
	const page = 1000
	for from := int64(0); ; {
		leaves, err := auditdb.Leaves(ctx, tx, from, page)
		if err != nil {
			return err
		}
		for _, l := range leaves {
			from = l.Seq + 1
			e, err := audit.ParseEntry(l.Bytes)
			if err != nil {
				continue
			}
			if err := putDiscrepancy(ctx, tx, l.Seq, &e); err != nil {
				return err
			}
		}
		if len(leaves) < page {
			return nil
		}
	}
}

// discrepancies yields the rows of the table, in the order of the log.
func discrepancies(ctx context.Context, q querier) ledger.Discrepancies {
	return func(yield func(ledger.Discrepancy, error) bool) {
		rows, err := q.QueryContext(ctx, allDiscrepancies)
		if err != nil {
			yield(ledger.Discrepancy{}, err)
			return
		}
		defer func() { _ = rows.Close() }() // Err tells
		for rows.Next() {
			var d ledger.Discrepancy
			var at int64
			err := rows.Scan(&d.Seq, &at, &d.Kind, &d.Record, &d.Thing, &d.Ends)
			d.At = fromMillis(at)
			if !yield(d, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(ledger.Discrepancy{}, err)
		}
	}
}

// withoutNumbers yields discrepancies as figures take them.
func withoutNumbers(all ledger.Discrepancies) iter.Seq2[kpi.Discrepancy, error] {
	return func(yield func(kpi.Discrepancy, error) bool) {
		for d, err := range all {
			if !yield(d.Discrepancy, err) {
				return
			}
		}
	}
}
