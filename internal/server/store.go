package server

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/store"
)

// A Store is the part of the store that the pages read directly; they get records through
// service.Register.
type Store interface {
	Bindings(ctx context.Context) ([]store.Binding, error)
	LogSize(ctx context.Context) (int64, error)
	LookHistory(ctx context.Context, recordID string, before int64, limit int) ([]auditdb.Seen, error)
	OpenConflicts(ctx context.Context, limit int) ([]store.ConflictRow, int, error)
	Ping(ctx context.Context) error
	QuarantinedPage(ctx context.Context, limit int) ([]store.Quarantined, int, error)
	Reader() *sql.DB
	Record(ctx context.Context, ref string) (store.Row, error)
	Records(ctx context.Context) ([]store.Row, error)
	SavedViews(ctx context.Context, person string) ([]store.SavedView, error)
	Tellings(ctx context.Context, ids []string) ([]store.Telling, []store.Commented, error)
	Waiting(ctx context.Context, most int) ([]store.Waiting, error)
	Write(ctx context.Context, do func(*store.Tx) error) error
}
