package auditdb

import (
	"context"
	"database/sql"
)

// A Tx is where the log reads and writes: a *sql.Tx. For reading a *sql.DB or a
// *sql.Conn will do, on which nobody writes meanwhile.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}
