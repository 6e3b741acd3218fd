// Package store keeps the register, the state of the synchronisation and the
// audit log in one SQL database, so that a change and the entry that describes it
// are one transaction.
//
// The embedded default is one SQLite file: WAL, synchronous=FULL (an intent that
// a power cut may undo would mean a duplicate issue), one writing connection and a
// few reading ones. The store trusts its database file as far as the audit log
// reaches: whoever can write the file can change the register, and the signed log
// shows it.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/conformd/conformd/audit"
)

// The errors that callers act upon.
var (
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not in the store")
	// ErrStale: somebody else has taken over the record; what was planned is void.
	ErrStale = errors.New("the record was taken over by another worker")
)

// A Store is the database of one installation.
type Store struct {
	db  *sql.DB // one connection: the only writer
	ro  *sql.DB // readers
	log *audit.Log
	now func() time.Time
	// queue holds the transactions that wait for the committer.
	queue chan *pending
	// around surrounds every commit, see Options.Commit.
	around func(commit func() error) error
	quit   chan struct{}
	done   chan struct{}
	// Run and Config are written into every audit entry.
	run, config string
}

// Options say how to open a store.
type Options struct {
	Dir    string // data directory, made if missing
	Log    *audit.Log
	Run    string // identifies this run of the daemon in the audit log
	Config string // digest of the configuration in force
	// Now is the clock; nil is the real one. SQL is never asked for the time.
	Now func() time.Time
	// Commit surrounds every commit: it calls commit, or returns an error instead. It
	// is there for simulations that stop the process, or lose the disk, just before
	// or after; nil is nothing.
	Commit func(commit func() error) error
}

// File is the name of the database in the data directory.
const File = "conformd.db"

// Open opens the store in the data directory and brings its schema up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(o.Dir, File)
	s := &Store{log: o.Log, run: o.Run, config: o.Config, now: o.Now, queue: make(chan *pending), quit: make(chan struct{}), done: make(chan struct{})}
	if s.now == nil {
		s.now = time.Now
	}
	if s.around = o.Commit; s.around == nil {
		s.around = func(commit func() error) error { return commit() }
	}
	// A commit is durable with fdatasync; the driver's default also syncs the time
	// stamps of the file. Where the system has none, the driver keeps to fsync.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return nil, err
	}
	var err error
	if s.db, err = open(path, 1, "&_txlock=immediate"); err != nil {
		return nil, err
	}
	if err := migrate(ctx, s.db); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.db.Close())
	}
	if err := o.Log.Prepare(ctx, s.db); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	if s.ro, err = open(path, 4, "&_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	go s.commits()
	return s, nil
}

func open(path string, conns int, extra string) (*sql.DB, error) {
	dsn := "file:" + path + "?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)" + extra
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

// DB returns the writing connection, for the job queue that shares it.
func (s *Store) DB() *sql.DB { return s.db }

// Reader returns the reading connections.
func (s *Store) Reader() *sql.DB { return s.ro }

// Close closes the store, once. What is written afterwards fails.
func (s *Store) Close() error {
	close(s.quit)
	<-s.done
	return errors.Join(s.log.Close(), s.ro.Close(), s.db.Close())
}

// CopyTo writes a consistent copy of the database into dir.
func (s *Store) CopyTo(ctx context.Context, dir string) error {
	_, err := s.db.ExecContext(ctx, "VACUUM INTO $1", filepath.Join(dir, File))
	return err
}

// Full reports whether err says that the disk is full or the database cannot be
// written for another passing reason.
func Full(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY:
		return true
	}
	return false
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
