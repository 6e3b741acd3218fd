package ingest

import (
	"context"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// A Store is what a scan needs of the store: how far it got, what it has shown, and which
// issues are known. All that it changes, it changes in a transaction.
type Store interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	Bound(ctx context.Context, binding string) ([]store.Bound, error)
	ListedIn(ctx context.Context, binding string) (map[string]bool, error)
	Mark(ctx context.Context, binding string, marker func(recordID string) string) error
	New(ctx context.Context) (bool, error)
	Orphans(ctx context.Context, binding string, since time.Time) ([]store.Bound, error)
	OwnListing(ctx context.Context, binding string) (store.OwnListing, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
