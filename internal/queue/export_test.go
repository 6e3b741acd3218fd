package queue

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
)

// FreeStrays looks for stray jobs once.
func FreeStrays(ctx context.Context, q *Queue) error { return q.freeStrays(ctx) }

// Hurry wakes every job that sleeps.
func (q *Queue) Hurry(ctx context.Context) error { return q.hurry(ctx) }

// Insert asks for a look at records.
func (q *Queue) Insert(ctx context.Context, ids []string) error { return q.insert(ctx, ids) }

// NewDriver returns River's driver with the listener of a Queue.
func NewDriver(db *sql.DB) riverdriver.Driver[*sql.Tx] { return newDriver(db) }

// AskAnyway is how often the listener asks although no bell rang.
const AskAnyway = askAnyway
