package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// A compiled is a connection pool that keeps its statements compiled. SQLite spends
// more time on reading the text of our small statements than on executing them.
//
// What cannot be compiled is executed as text, so that its error is the one that
// the caller would have got.
type compiled struct {
	db *sql.DB

	mu     sync.Mutex // not held across a statement
	stmts  map[string]*sql.Stmt
	missed []string // by a transaction, which holds the only connection
}

// mostCompiled bounds how many statements are kept: ours are constants, but for a few
// that are put together from constants.
const mostCompiled = 256

func compile(db *sql.DB) *compiled { return &compiled{db: db, stmts: map[string]*sql.Stmt{}} }

// QueryContext executes a query on any connection.
func (c *compiled) QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error) {
	if st := c.statement(ctx, q); st != nil { //nolint:sqlclosecheck // Close ends it
		return st.QueryContext(ctx, args...)
	}
	return c.db.QueryContext(ctx, q, args...)
}

// QueryRowContext executes a query for one row on any connection.
func (c *compiled) QueryRowContext(ctx context.Context, q string, args ...any) *sql.Row {
	if st := c.statement(ctx, q); st != nil { //nolint:sqlclosecheck // Close ends it
		return st.QueryRowContext(ctx, args...)
	}
	return c.db.QueryRowContext(ctx, q, args...)
}

// statement returns the compiled form of a query, nil if there is none.
func (c *compiled) statement(ctx context.Context, q string) *sql.Stmt {
	st, ok := c.known(q)
	if !ok {
		st = c.add(ctx, q)
	}
	return st
}

func (c *compiled) known(q string) (*sql.Stmt, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	st, ok := c.stmts[q]
	return st, ok || len(c.stmts) >= mostCompiled
}

func (c *compiled) add(ctx context.Context, q string) *sql.Stmt {
	st, err := c.db.PrepareContext(ctx, q)
	if err != nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if other, ok := c.stmts[q]; ok {
		_ = st.Close() //nolint:sqlclosecheck // somebody else was as fast
		return other
	}
	c.stmts[q] = st
	return st
}

// within returns the compiled form of a statement in a transaction, nil if there is
// none yet. The transaction holds the only connection, so compiling is put off until
// learn.
func (c *compiled) within(ctx context.Context, tx *sql.Tx, q string) *sql.Stmt {
	st, ok := c.known(q)
	switch {
	case st != nil:
		return tx.StmtContext(ctx, st)
	case !ok:
		c.mu.Lock()
		c.missed = append(c.missed, q)
		c.mu.Unlock()
	}
	return nil
}

// learn compiles what transactions have missed. It is called between two of them.
func (c *compiled) learn(ctx context.Context) {
	c.mu.Lock()
	missed := c.missed
	c.missed = nil
	c.mu.Unlock()
	for _, q := range missed {
		c.statement(ctx, q)
	}
}

// Close closes the statements and the pool.
func (c *compiled) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, st := range c.stmts {
		errs = append(errs, st.Close())
	}
	clear(c.stmts)
	return errors.Join(append(errs, c.db.Close())...)
}
