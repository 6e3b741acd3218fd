package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// The table course holds what figures are made of: for each record the values that count and since
// when the log holds each (kpi.Course). It is written in the transaction that writes the record
// and its entries, follows from the log alone, and a verification compares it with the log.

const (
	coursesByID  = "SELECT r.id, c.doc FROM course c JOIN record r ON r.n = c.n ORDER BY c.n"
	selectCourse = "SELECT c.doc FROM record r JOIN course c ON c.n = r.n WHERE r.id = $1"
	putCourse    = "INSERT INTO course (n, doc) SELECT n, $1 FROM record WHERE id = $2 ON CONFLICT (n) DO UPDATE SET doc = excluded.doc"
)

// putCourse notes in the course of a record how it stands now. Most changes of a record change no
// value that counts, and then nothing is written.
func (t *Tx) putCourse(ctx context.Context, r register.Record) error {
	var was string
	var c kpi.Course
	err := t.QueryRowContext(ctx, selectCourse, r.ID).Scan(&was)
	if err == nil {
		c, err = kpi.Parse(was)
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("course of %s: %w", r.Ref, err)
	}
	c.Take(t.now, r)
	now := c.String()
	if now == was {
		return nil
	}
	_, err = t.ExecContext(ctx, putCourse, now, r.ID)
	return err
}

// Figures answers questions about the register, a sheet for each, from one state of the database.
// It holds one course in memory at a time.
func (s *Store) Figures(ctx context.Context, questions ...kpi.Question) ([]kpi.Sheet, error) {
	tx, err := s.Reader().BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	sheets, err := kpi.Figures(courses(ctx, tx), withoutNumbers(discrepancies(ctx, tx)), questions...)
	if err != nil {
		return nil, err
	}
	for i := range sheets {
		if sheets[i].Entries, err = auditdb.SizeAt(ctx, tx, sheets[i].At); err != nil {
			return nil, err
		}
		root, err := export.RootAt(ctx, tx, sheets[i].Entries)
		if err != nil {
			return nil, err
		}
		sheets[i].Root = root.String()
	}
	return sheets, nil
}

// courses yields the course of every record, each good until the next one.
func courses(ctx context.Context, q querier) iter.Seq2[*kpi.Course, error] {
	return func(yield func(*kpi.Course, error) bool) {
		rows, err := q.QueryContext(ctx, coursesByID)
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = rows.Close() }() // Err tells
		var c kpi.Course
		for rows.Next() {
			var doc string
			if err = rows.Scan(&c.Record, &doc); err == nil {
				err = c.Read(doc)
			}
			if !yield(&c, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}
}
