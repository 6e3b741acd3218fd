package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/conformd/conformd/audit"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables of the register, the audit log and the job queue up to
// date. SQLite's single writing connection is the lock.
func migrate(ctx context.Context, db *sql.DB) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	log := goose.NewGoMigration(2, &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		for _, stmt := range audit.Schema(audit.SQLite) {
			if _, err := tx.ExecContext(ctx, stmt); err != nil {
				return fmt.Errorf("audit log: %w", err)
			}
		}
		return nil
	}}, nil)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files, goose.WithGoMigrations(log), goose.WithDisableGlobalRegistry(true))
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
	if _, err := p.Up(ctx); err != nil {
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
