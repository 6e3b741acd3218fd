package binding

import (
	"context"

	"github.com/conformd/conformd/internal/store"
)

// A Store is the part of the store that is read before and written after each call to a
// tracker.
type Store interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
