package reconcile

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// A Store is what work on a record needs of the store: which records want it, and their
// issues. The record itself is read in the transaction that takes it over.
type Store interface {
	Binding(ctx context.Context, id string) (store.Binding, error)
	Dirty(ctx context.Context, now time.Time, limit int) ([]string, error)
	NextWake(ctx context.Context) (time.Time, error)
	OwnIssues(ctx context.Context, binding, marker string) ([]connectors.Ref, error)
	OwnListing(ctx context.Context, binding string) (store.OwnListing, error)
	StaleIssues(ctx context.Context, recordID string) ([]store.BoundIssue, error)
	Unplanned(ctx context.Context, now time.Time) ([]string, error)
	Unverified(ctx context.Context, bindings []string) ([]string, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
