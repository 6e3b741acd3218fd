package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrDamaged is the error of a database that SQLite cannot read, or in which it finds
// something wrong.
var ErrDamaged = errors.New("the database is damaged")

// CheckIntegrity reads the whole database and returns ErrDamaged, with what is wrong, unless it is
// whole. The daemon asks before it does anything: what it would write to a tracker from
// a damaged register nobody could answer for.
func (s *Store) CheckIntegrity(ctx context.Context) error { return sound(ctx, s.db.db) }

// Suspect has MayWrite refuse every write to a tracker until CheckBeside has found the
// database whole.
func (s *Store) Suspect() { s.suspect.Store(true) }

// unchecked is why nothing may be written to a tracker meanwhile.
const unchecked = "the database is being checked for damage since the start"

// CheckBeside is CheckIntegrity while the register is in use: it reads the whole database
// on a connection of its own. Until it ends the write-ahead log is not emptied.
func (s *Store) CheckBeside(ctx context.Context) error {
	if err := sound(ctx, s.ro.db); err != nil {
		return err
	}
	s.suspect.Store(false)
	return nil
}

// Size returns the size of the database in bytes.
func (s *Store) Size(ctx context.Context) (n int64, err error) {
	err = s.ro.QueryRowContext(ctx, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size").Scan(&n)
	return n, err
}

func sound(ctx context.Context, db *sql.DB) error {
	wrong, err := Integrity(ctx, db)
	if err != nil {
		return damaged(err)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%w: %s", ErrDamaged, wrong[0])
	}
	return nil
}

// damaged adds ErrDamaged to what SQLite says of a file that it cannot read.
func damaged(err error) error {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return err
	}
	switch e.Code() & 0xff { // the rest says where
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}
