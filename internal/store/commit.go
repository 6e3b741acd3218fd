package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/conformd/conformd/audit"
)

// A Tx is a writing transaction with the audit entries it will commit. Its
// statements are not interrupted when a context ends: SQLite would roll back the
// whole transaction, and with it what others have written in it.
type Tx struct {
	tx      *sql.Tx
	s       *Store
	now     time.Time
	entries []audit.Entry
}

// Now is the time of the transaction, by our clock, to the millisecond.
func (t *Tx) Now() time.Time { return t.now }

// SQL returns the transaction itself, for the job queue.
func (t *Tx) SQL() *sql.Tx { return t.tx }

// ExecContext executes a statement.
func (t *Tx) ExecContext(ctx context.Context, q string, args ...any) (sql.Result, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.s.db.within(ctx, t.tx, q); st != nil { //nolint:sqlclosecheck // ends with the transaction
		return st.ExecContext(ctx, args...)
	}
	return t.tx.ExecContext(ctx, q, args...)
}

// QueryContext executes a query.
func (t *Tx) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	ctx = context.WithoutCancel(ctx)
	if st := t.s.db.within(ctx, t.tx, q); st != nil { //nolint:sqlclosecheck // ends with the transaction
		return st.QueryContext(ctx, args...)
	}
	return t.tx.QueryContext(ctx, q, args...)
}

// QueryRowContext executes a query for one row.
func (t *Tx) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	ctx = context.WithoutCancel(ctx)
	if st := t.s.db.within(ctx, t.tx, q); st != nil { //nolint:sqlclosecheck // ends with the transaction
		return st.QueryRowContext(ctx, args...)
	}
	return t.tx.QueryRowContext(ctx, q, args...)
}

// Audit adds an entry to the transaction. Its time, run and configuration are
// filled in.
func (t *Tx) Audit(e audit.Entry) {
	if e.At.IsZero() {
		e.At = t.now
	}
	e.Run, e.Config = t.s.run, t.s.config
	t.entries = append(t.entries, e)
}

// Flush appends the entries added so far, with their rows in the index of the history and
// among the discrepancies, and returns the number of the first.
func (t *Tx) Flush(ctx context.Context) (int64, error) {
	if len(t.entries) == 0 {
		return 0, nil
	}
	entries := t.entries
	t.entries = nil
	first, err := t.s.log.Append(context.WithoutCancel(ctx), t.tx, entries...)
	if err != nil {
		return first, err
	}
	for i := range entries {
		if err := t.index(ctx, first+int64(i), &entries[i]); err != nil {
			return first, fmt.Errorf("index of the history: %w", err)
		}
		if err := t.putDiscrepancy(ctx, first+int64(i), &entries[i]); err != nil {
			return first, fmt.Errorf("discrepancy: %w", err)
		}
	}
	return first, nil
}

var errClosed = errors.New("the store is closed")

// A pending is a transaction that waits for the committer.
type pending struct {
	ctx  context.Context
	fn   func(*Tx) error
	done chan error
}

// Write runs fn in a transaction and returns when it is durable. The audit entries
// of fn are appended and the checkpoint is signed before the commit: if the log
// cannot be written, nothing is.
//
// Several callers may share one commit, and so one wait for the disk; each still
// succeeds or fails by itself. Fn must not wait for anything but the database.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	p := &pending{ctx: ctx, fn: fn, done: make(chan error, 1)}
	select {
	case s.queue <- p:
		return <-p.done
	case <-ctx.Done():
		return ctx.Err()
	case <-s.quit:
		return errClosed
	}
}

// most bounds how many callers share a commit.
const most = 64

// commits is the only writer: it takes what is waiting, without waiting for more,
// and commits it together.
func (s *Store) commits() {
	defer close(s.done)
	for {
		select {
		case <-s.quit:
			return
		case first := <-s.queue:
			s.commit(s.waiting(first))
		}
	}
}

// waiting returns first and all that is waiting behind it.
func (s *Store) waiting(first *pending) []*pending {
	batch := []*pending{first}
	for len(batch) < most {
		select {
		case p := <-s.queue:
			batch = append(batch, p)
		default:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction and answers each caller.
func (s *Store) commit(batch []*pending) {
	ctx := context.WithoutCancel(batch[0].ctx)
	errs := make([]error, len(batch))
	err := s.together(ctx, batch, errs)
	s.db.learn(ctx)
	for i, p := range batch {
		if errs[i] == nil {
			errs[i] = err // what was not committed has failed, whatever its function said
		}
		if errs[i] != nil && s.full(errs[i]) {
			errs[i] = unwritten{errs[i]}
		}
		p.done <- errs[i]
	}
}

// together runs a batch in one transaction. Its error is that of the batch as a whole:
// nothing of it was committed.
func (s *Store) together(ctx context.Context, batch []*pending, errs []error) error {
	tx, err := s.db.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if len(batch) == 1 {
		errs[0] = s.one(ctx, tx, batch[0])
		err = errs[0]
	} else {
		err = s.each(ctx, tx, batch, errs)
	}
	if err == nil {
		err = s.around(tx.Commit)
	}
	if err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return nil
}

// each runs what shares a transaction, each behind a savepoint of its own.
func (s *Store) each(ctx context.Context, tx *sql.Tx, batch []*pending, errs []error) error {
	for i, p := range batch {
		if _, err := tx.ExecContext(ctx, "SAVEPOINT one"); err != nil {
			return err
		}
		if errs[i] = s.one(ctx, tx, p); errs[i] != nil {
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO one"); err != nil {
				// SQLite has rolled back everything by itself, as it does when the disk is
				// full: what others wrote in this batch is gone too.
				return fmt.Errorf("commit shared with a failed write: %w", errs[i])
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE one"); err != nil {
			return err
		}
	}
	return nil
}

// one runs a single caller's function and appends its audit entries. A panic of the
// function is its error: it would end the process from here, whoever called.
func (s *Store) one(ctx context.Context, tx *sql.Tx, p *pending) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", r, debug.Stack())
		}
	}()
	if err := p.ctx.Err(); err != nil {
		return err
	}
	t := &Tx{tx: tx, s: s, now: s.now().UTC().Truncate(time.Millisecond)}
	if err := p.fn(t); err != nil {
		return err
	}
	_, err = t.Flush(ctx)
	return err
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
