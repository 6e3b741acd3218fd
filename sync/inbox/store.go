package inbox

import (
	"context"

	"github.com/conformd/conformd/internal/store"
)

// A Store is the part of the store that an inbox needs. An inbox writes in one transaction
// per delivery.
type Store interface {
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
