// Package storetest gives tests other ways to the database than the one that
// conformd ships with.
package storetest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/store"
)

// Alone is the way to the same file over one connection that reads and writes: the
// narrowest database that conformd must do with. A read beside a transaction waits
// for ever, so a test that uses it bounds its time.
func Alone() store.Driver {
	d := store.SQLite()
	d.Alone = true
	return d
}

// Watched is the driver that ships, whose reading connections fail the test when
// they are used inside a Write: what is read there is older than the transaction,
// and on a database with one connection it would wait for itself.
func Watched(t testing.TB) store.Driver {
	d := store.SQLite()
	open := d.Open
	d.Open = func(path, settings string, conns int) (*sql.DB, error) {
		db, err := open(path, settings, conns)
		if err != nil || !strings.Contains(settings, "query_only") {
			return db, err
		}
		watched := sql.OpenDB(&connector{t, db.Driver(), "file:" + path + "?" + settings})
		watched.SetMaxOpenConns(conns)
		watched.SetMaxIdleConns(conns)
		return watched, db.Close()
	}
	return d
}

type connector struct {
	t    testing.TB
	drv  driver.Driver
	name string
}

func (c *connector) Driver() driver.Driver { return c.drv }

func (c *connector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.drv.Open(c.name)
	if err != nil {
		return nil, err
	}
	all, ok := inner.(conn)
	if !ok {
		return nil, fmt.Errorf("a connection of %T is not all that a watched one must be", c.drv)
	}
	return &watched{all, c.t}, nil
}

// A conn is what database/sql makes use of in a connection.
type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A watched connection looks at who uses it. Statements run on the goroutine of
// their caller, and the function of a Write on that of the committer.
type watched struct {
	conn
	t testing.TB
}

func (w *watched) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	w.look(q)
	return w.conn.QueryContext(ctx, q, args)
}

func (w *watched) PrepareContext(ctx context.Context, q string) (driver.Stmt, error) {
	st, err := w.conn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	all, ok := st.(stmt)
	if !ok {
		return nil, fmt.Errorf("a statement of %T is not all that a watched one must be", w.conn)
	}
	return &watchedStmt{all, w, q}, nil
}

// A stmt is what database/sql makes use of in a statement.
type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// A watchedStmt is a compiled statement of a watched connection.
type watchedStmt struct {
	stmt
	w *watched
	q string
}

func (s *watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	s.w.look(s.q)
	return s.stmt.QueryContext(ctx, args)
}

func (w *watched) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	w.look("BEGIN")
	return w.conn.BeginTx(ctx, o)
}

func (w *watched) look(q string) {
	if trail, inside := insideWrite(); inside {
		w.t.Errorf("read through the reading connections inside a Write: %s\n%s", q, trail)
	}
}

// insideWrite reports whether the caller runs inside a Write, and the way from
// there to here.
func insideWrite() (trail string, inside bool) {
	pcs := make([]uintptr, 256)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs)])
	var b strings.Builder
	for {
		f, more := frames.Next()
		if strings.HasSuffix(f.Function, "internal/store.(*Store).one") {
			return b.String(), true
		}
		if !strings.HasPrefix(f.Function, "database/sql.") {
			fmt.Fprintf(&b, "\t%s:%d\n", f.Function, f.Line)
		}
		if !more {
			return "", false
		}
	}
}
