package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables of the register, the audit log and the job queue up to
// date. SQLite's single writing connection is the lock.
func migrate(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	current, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if current > target {
		return fmt.Errorf("the database is of a newer conformd (schema %d, this one knows %d): run that one, or restore a backup of before it", current, target)
	}
	if err := up(ctx, db, p); err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	m, err := rivermigrate.New(riversqlite.New(db), nil)
	if err != nil {
		return fmt.Errorf("queue migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("queue migrations: %w", err)
	}
	return nil
}

// current fails unless the schema is the one that this conformd knows.
func current(ctx context.Context, db *sql.DB) error {
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	now, target, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if now != target {
		return fmt.Errorf("the running daemon is of another version (schema %d, this one knows %d): use its own conformd, or stop it first", now, target)
	}
	return nil
}

// up runs the migrations that are missing. What SQLite sorts for a new index stays in
// memory meanwhile, some 60 bytes a row: in a container with a read-only file system
// there is no directory for temporary files.
func up(ctx context.Context, db *sql.DB, p *goose.Provider) (err error) {
	if _, err := db.ExecContext(ctx, "PRAGMA temp_store = MEMORY"); err != nil {
		return err
	}
	_, err = p.Up(ctx)
	_, reset := db.ExecContext(context.WithoutCancel(ctx), "PRAGMA temp_store = DEFAULT")
	return errors.Join(err, reset)
}
