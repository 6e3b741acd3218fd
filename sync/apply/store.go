package apply

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// A Store is the part of the store that a write to a tracker needs: whether the binding may
// be written to, how much of its budget is spent, and what its workflow allows.
type Store interface {
	ledger
	OwnIssues(ctx context.Context, binding, marker string) ([]connectors.Ref, error)
	Restored(ctx context.Context, binding string) (time.Time, error)
	SpentAt(ctx context.Context, bindings []string, since time.Time) ([]time.Time, error)
	Workflow(ctx context.Context, binding string) (map[string][]string, error)
	Write(ctx context.Context, fn func(*store.Tx) error) error
}
