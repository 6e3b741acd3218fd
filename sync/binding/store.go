package binding

import (
	"context"

	"github.com/conformd/conformd/internal/store"
)

// A Store is what is asked of the store and noted there before and after each call to a
// tracker.
type Store interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
