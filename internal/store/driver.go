package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite" // the driver named "sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A Driver is the way to the database file. Conformd ships with SQLite(); tests have
// others, on disks that fail when they are told to.
type Driver struct {
	// Open opens the database at path on at most conns connections, each of them with
	// the given settings: parameters of a DSN, as both SQLite drivers for Go read them.
	Open func(path, settings string, conns int) (*sql.DB, error)
	// Full reports whether an error says that the disk is full, or that the database
	// cannot be written for another passing reason.
	Full func(error) bool
	// Alone says that only one connection can be open at a time: reads share the one
	// that writes. A read inside a Write must then go through its Tx, or it waits for
	// itself.
	Alone bool
}

// What the store relies on in each of its connections, and in those of a kind.
const (
	settings = "_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)"
	writing  = "&_txlock=immediate"
	reading  = "&_pragma=query_only(1)"
)

// SQLite is the driver that conformd ships with: a file in the data directory, which
// is made if it is missing.
func SQLite() Driver { return Driver{Open: open, Full: full} }

func open(path, settings string, conns int) (*sql.DB, error) {
	reservePages()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	// A commit is durable with fdatasync; the driver's default also syncs the time
	// stamps of the file. Where the system has none, the driver keeps to fsync.
	if _, err := sqlite.Fdatasync(true); err != nil && !errors.Is(err, sqlite.ErrFdatasyncUnavailable) {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?"+settings)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}

func full(err error) bool {
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

// roomless says in words what an error of opening means that SQLite calls an I/O error: the file of
// shared memory beside the database could not be made as large as it must be
// (https://sqlite.org/rescode.html#ioerr_shmsize).
func roomless(err error) error {
	if e, ok := errors.AsType[*sqlite.Error](err); ok && e.Code() == sqlite3.SQLITE_IOERR_SHMSIZE {
		return fmt.Errorf("the disk is full, or its quota is used up: %w", err)
	}
	return err
}

// An unwritten is an error of Write that the driver calls a passing one.
type unwritten struct{ error }

func (u unwritten) Unwrap() error { return u.error }

// Full reports whether err, an error of Write, says that the disk is full or that
// the database cannot be written for another passing reason.
func Full(err error) bool {
	_, ok := errors.AsType[unwritten](err)
	return ok
}
