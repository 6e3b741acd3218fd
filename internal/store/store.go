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
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/conformd/conformd/audit/auditlog"
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
	db  *compiled // one connection: the only writer
	ro  *compiled // readers
	log *auditlog.Log
	now func() time.Time
	// queue holds the transactions that wait for the committer.
	queue chan *pending
	// around surrounds every commit, see Options.Commit.
	around func(commit func() error) error
	quit   chan struct{}
	done   chan struct{}
	// full recognises the driver's errors of a database that cannot be written now.
	full func(error) bool
	// suspect: the database was not checked for damage yet, see Suspect.
	suspect atomic.Bool
	// Run and Config are written into every audit entry.
	run, config string
	// installation is the id of this installation, see Installation.
	installation string
}

// Options say how to open a store.
type Options struct {
	Dir    string // data directory, made if missing
	Log    *auditlog.Log
	Run    string // identifies this run of the daemon in the audit log
	Config string // digest of the configuration in force
	// Now is the clock; nil is the real one. SQL is never asked for the time.
	Now func() time.Time
	// Commit surrounds every commit: it calls commit, or returns an error instead. It
	// is there for simulations that stop the process, or lose the disk, just before
	// or after; nil is nothing.
	Commit func(commit func() error) error
	// Driver is the way to the database; the zero value is SQLite().
	Driver Driver
	// Beside: another process may be working with the database. Its schema is left as it
	// is, and one of another version is an error.
	Beside bool
}

// File is the name of the database in the data directory.
const File = "conformd.db"

// Open opens the store in the data directory and brings its schema up to date.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Driver.Open == nil {
		o.Driver = SQLite()
	}
	path := filepath.Join(o.Dir, File)
	s := &Store{
		log: o.Log, run: o.Run, config: o.Config, now: o.Now, full: o.Driver.Full,
		queue: make(chan *pending), quit: make(chan struct{}), done: make(chan struct{}),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.around = o.Commit; s.around == nil {
		s.around = plainly
	}
	db, err := o.Driver.Open(path, settings+writing, 1)
	if err != nil {
		return nil, err
	}
	s.db = compile(db)
	if err := settle(ctx, db); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, damaged(roomless(err))), db.Close())
	}
	bring := migrate
	if o.Beside {
		bring = current
	}
	if err := bring(ctx, db); err != nil {
		// A damaged database may look like one that has yet to be set up.
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, roomless(err)), sound(ctx, db), db.Close())
	}
	if err := o.Log.Prepare(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if s.installation, err = installation(ctx, db, s.now(), o.Beside); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, damaged(err)), db.Close())
	}
	if s.ro = s.db; !o.Driver.Alone {
		ro, err := o.Driver.Open(path, settings+reading, 4)
		if err != nil {
			return nil, errors.Join(err, db.Close())
		}
		s.ro = compile(ro)
	}
	go s.commits()
	return s, nil
}

func plainly(commit func() error) error { return commit() }

// settle moves what the last run left in the write-ahead log into the database, and
// empties the log. After a sync that failed, the system shows more of the log than the
// disk has, and no later sync makes up for it: whatever this run appended would be
// lost with that hole in a power cut. The pages that are moved are written anew.
func settle(ctx context.Context, db *sql.DB) error {
	// The answer tells whether a reader was in the way, and then the log stays as it is.
	_, err := db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// DB returns the writing connection, for the job queue that shares it.
func (s *Store) DB() *sql.DB { return s.db.db }

// Reader returns the reading connections.
func (s *Store) Reader() *sql.DB { return s.ro.db }

// Close closes the store, once. What is written afterwards fails.
func (s *Store) Close() error {
	close(s.quit)
	<-s.done
	return errors.Join(s.log.Close(), s.ro.Close(), s.db.Close())
}

// CopyTo writes a consistent copy of the database into dir.
func (s *Store) CopyTo(ctx context.Context, dir string) error {
	_, err := s.db.db.ExecContext(ctx, "VACUUM INTO $1", filepath.Join(dir, File))
	return err
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
