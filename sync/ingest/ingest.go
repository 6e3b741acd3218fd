// Package ingest takes in what trackers list: it observes the issues of a binding,
// starts records for new ones, quarantines what it cannot place, and notes which records
// must be looked at. Bringing a record in step is the business of package reconcile.
package ingest

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
)

// An Ingester takes in the issues of all bindings. Its fields are set before its first
// use and not changed afterwards.
type Ingester struct {
	Store    Store
	Bindings []*binding.Binding       // in the order of the configuration, which is also that of precedence
	Prefixes map[register.Kind]string // of record numbers, "NC"
	// Overlap is how far a poll looks back behind its cursor: listings lag.
	Overlap time.Duration
	Missing Missing
	Log     *zap.Logger
	Now     func() time.Time
	// Wake is called, in the transaction, for each record that wants to be looked
	// at. It may be nil: the store knows too.
	Wake func(ctx context.Context, t *store.Tx, recordID string) error

	scanning binding.Gate
	turns    turns
	greeting binding.Turns // to ask the trackers about a new register
}

// Missing is how many issues may be missing from a listing before writing stops.
type Missing struct {
	Floor   int // that never stop writing
	Percent int
}

// exceeded reports whether n of all is more than the share allows.
func (m Missing) exceeded(n, all int) bool {
	return m.Percent > 0 && n > m.Floor && n*100 > all*m.Percent
}

// MarkDirty notes that a record must be worked on, and wakes a worker.
func (g *Ingester) MarkDirty(ctx context.Context, t *store.Tx, recordID string) error {
	if err := t.MarkDirty(ctx, recordID); err != nil {
		return err
	}
	if g.Wake == nil {
		return nil
	}
	return g.Wake(ctx, t, recordID)
}
