package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"

	"github.com/pressly/goose/v3"

	"github.com/conformd/conformd/audit/auditdb"
)

// OpenFile opens the database in dir as it lies there, for checking a copy: nothing
// is written, no side file is made or read.
func OpenFile(dir string) (*sql.DB, error) {
	path := url.URL{Path: filepath.ToSlash(filepath.Join(dir, File))}
	return sql.Open("sqlite", "file:"+path.EscapedPath()+"?mode=ro&immutable=1&_pragma=query_only(1)")
}

// Integrity returns what SQLite finds wrong with a database, nothing if it is whole.
func Integrity(ctx context.Context, db *sql.DB) ([]string, error) {
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check(20)")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		if s != "ok" {
			out = append(out, s)
		}
	}
	return out, rows.Err()
}

// SchemaOf returns the version of a database's schema, and the newest one that this
// program knows.
func SchemaOf(ctx context.Context, db *sql.DB) (current, known int64, err error) {
	if current, err = schema(ctx, db); err != nil {
		return 0, 0, err
	}
	p, err := provider(db)
	if err != nil {
		return 0, 0, err
	}
	for _, s := range p.ListSources() {
		known = max(known, s.Version)
	}
	return current, known, nil
}

func schema(ctx context.Context, db *sql.DB) (current int64, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied").Scan(&current)
	return current, err
}

// The versions of the schema that are written in Go.
const (
	schemaLog     = 2  // tables of the audit log
	schemaHistory = 8  // index of the history of records
	schemaDue     = 28 // search of what is due
	schemaSimilar = 29 // search of what came up again
	schemaCourse  = 31 // figures as of any moment
	schemaTiles   = 32 // roots of the full tiles of the log
	schemaTrust   = 34 // what keeps the register and the trackers apart; figures by standard
	schemaListing = 37 // what lists of the register are sorted by, narrowed to and searched for
	schemaWaits   = 40 // what a person must decide
	schemaClosed  = 44 // when records came to their end
)

// HasLog reports whether a database of a version of the schema has the tables of the audit log. They
// follow those of the records at the first start, and nothing is recorded without them.
func HasLog(version int64) bool { return version >= schemaLog }

// provider knows the migrations of the register and of the audit log.
func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	log := goose.NewGoMigration(schemaLog, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, stmt := range auditdb.Schema(auditdb.SQLite) {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("audit log: %w", err)
			}
		}
		return nil
	}}, nil)
	history := goose.NewGoMigration(schemaHistory, &goose.GoFunc{RunTx: makeHistory}, nil)
	due := goose.NewGoMigration(schemaDue, &goose.GoFunc{RunTx: makeDue}, nil)
	similar := goose.NewGoMigration(schemaSimilar, &goose.GoFunc{RunTx: makeSimilar}, nil)
	course := goose.NewGoMigration(schemaCourse, &goose.GoFunc{RunTx: makeCourse}, nil)
	tiles := goose.NewGoMigration(schemaTiles, &goose.GoFunc{RunTx: makeTiles}, nil)
	trust := goose.NewGoMigration(schemaTrust, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		if err := makeDiscrepancy(ctx, tx); err != nil {
			return err
		}
		return refillCourse(ctx, tx)
	}}, nil)
	listing := goose.NewGoMigration(schemaListing, &goose.GoFunc{RunTx: makeListing}, nil)
	waits := goose.NewGoMigration(schemaWaits, &goose.GoFunc{RunTx: refillFacets}, nil)
	closed := goose.NewGoMigration(schemaClosed, &goose.GoFunc{RunTx: addClosed}, nil)
	return goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithGoMigrations(log, history, due, similar, course, tiles, trust, listing, waits, closed), goose.WithDisableGlobalRegistry(true))
}

// ErrInUse says that somebody else has the database open.
var ErrInUse = errors.New("the database is in use")

// CheckpointWAL brings what lies in the write-ahead log into the database file, so that the
// file alone is the whole database. It fails with ErrInUse if somebody else has it open
// and reads.
func (s *Store) CheckpointWAL(ctx context.Context) error {
	var busy, log, done int
	if _, err := s.db.db.ExecContext(ctx, "PRAGMA busy_timeout(1000)"); err != nil {
		return err // a reader that stays is told at once
	}
	if err := s.db.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &done); err != nil {
		return err
	}
	if busy != 0 {
		return ErrInUse
	}
	return nil
}
