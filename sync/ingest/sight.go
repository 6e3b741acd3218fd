package ingest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
)

// Sight reads one issue that a delivery hinted at and that is bound to nothing, and takes
// it in if the binding selects it. It spares a listing of the whole binding for each edit
// of an issue that is none of conformd's business. An error means that the issue was not
// read: the next poll finds it.
func (g *Ingester) Sight(ctx context.Context, id string, ref connectors.Ref) error {
	b := binding.Find(g.Bindings, id)
	if b == nil {
		return fmt.Errorf("no binding %q", id)
	}
	now := g.Now()
	if err := b.Introduced(now.Add(10 * time.Second)); err != nil {
		return err
	}
	row, err := g.Store.Binding(ctx, id)
	if err != nil || row.Since.IsZero() {
		return err // the first scan lists everything
	}
	if err := binding.Held(row, now); err != nil {
		return err
	}
	is, err := b.Tracker.Selected(ctx, ref)
	err = binding.Answered(ctx, g.Store, now, b, err)
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		return nil // a pull request, or gone again
	}
	if err != nil || is == nil {
		return err
	}
	if err := g.attribute(ctx, b, []*connectors.Issue{is}); err != nil {
		return err
	}
	return g.Store.Write(ctx, func(t *store.Tx) error { return g.sighted(ctx, t, b, is) })
}

// sighted takes in a selected issue. Where it comes without its comments it is read again
// with them: a listing of comments begins at the cursor, and the issue may be older.
func (g *Ingester) sighted(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue) error {
	if _, err := g.ingest(ctx, t, b, is, audit.TriggerWebhook); err != nil || b.Tracker.Capabilities().InlineComments {
		return err
	}
	err := g.invalidate(ctx, t, b.ID, connectors.Ref{ID: is.Ref.ID})
	if errors.Is(err, store.ErrNotFound) {
		return nil // it waits for its record
	}
	return err
}
