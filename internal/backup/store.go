package backup

import (
	"context"
	"database/sql"
)

// A Store is what a backup needs of the register that it copies.
type Store interface {
	CopyTo(ctx context.Context, dir string) error
	Reader() *sql.DB
}
