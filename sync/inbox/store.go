package inbox

import (
	"context"

	"github.com/conformd/conformd/internal/store"
)

// A Store is what an inbox needs of the store: what it notes, it notes in one
// transaction.
type Store interface {
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
