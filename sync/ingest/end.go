package ingest

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/history"
)

// end moves the cursor and, after a sweep, has the missing issues read.
func (k *scan) end(ctx context.Context) error {
	// What the records are known by is computed before the transaction that may ask for it.
	if err := k.g.Store.Mark(ctx, k.b.ID, markerIn(k.b.ID)); err != nil {
		return err
	}
	return k.g.Store.Write(ctx, func(t *store.Tx) error {
		if err := k.verified(ctx, t); err != nil {
			return err
		}
		if err := k.readAgain(ctx, t); err != nil {
			return err
		}
		problem, err := k.quarantined(ctx, t)
		if err != nil {
			return err
		}
		if err := t.Scanned(ctx, k.b.ID, k.progress.At, k.sweep, problem); err != nil {
			return err
		}
		if newest := k.seenUntil(); !newest.IsZero() {
			if err := t.SetNewest(ctx, k.b.ID, newest); err != nil {
				return err
			}
		}
		if !k.sweep {
			return nil
		}
		if err := k.missing(ctx, t); err != nil {
			return err
		}
		if err := t.ForgetListed(ctx, k.b.ID); err != nil {
			return err
		}
		return t.ForgetDeliveries(ctx, t.Now().AddDate(0, 0, -30))
	})
}

// missing has the issues read that the sweep did not find. Issues already known to be
// missing do not count again: they would stop writing with every sweep, whatever a person
// has said.
func (k *scan) missing(ctx context.Context, t *store.Tx) (err error) {
	var bound int
	if k.Missing, bound, err = t.Missed(ctx, k.b.ID); err != nil {
		return err
	}
	if err := t.SettleMissed(ctx, k.b.ID); err != nil {
		return err
	}
	// So many missing issues are no news about each of them.
	if stopped, err := k.brake(ctx, t, bound); err != nil || stopped {
		return err
	}
	refs, err := t.Unlisted(ctx, k.b.ID)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := k.g.invalidate(ctx, t, k.b.ID, ref); err != nil {
			return err
		}
	}
	return nil
}

// brake stops writing to the binding if too many of its issues are missing: that is more
// often a lost permission than work. It reports whether writing is stopped for that.
func (k *scan) brake(ctx context.Context, t *store.Tx, known int) (stopped bool, err error) {
	if !k.g.Missing.exceeded(k.Missing, known) {
		bs, err := t.Brakes(ctx, k.b.ID)
		return slices.ContainsFunc(bs, func(b store.Brake) bool { return b.Kind == store.BrakeMissing }), err
	}
	why := fmt.Sprintf("%d of %d issues are missing from the listing", k.Missing, known)
	fresh, err := t.Engage(ctx, k.b.ID, store.BrakeMissing, why)
	if err != nil || !fresh {
		return true, err
	}
	k.g.Log.Error("writing stopped", zap.String("binding", k.b.ID), zap.String("brake", why))
	t.Audit(history.Engaged(k.b.ID, k.trigger, why))
	return true, nil
}

// invalidate has an issue read directly, because a listing does not tell.
func (g *Ingester) invalidate(ctx context.Context, t *store.Tx, binding string, ref connectors.Ref) error {
	id, err := t.Invalidate(ctx, binding, ref)
	if err != nil {
		return err
	}
	return g.MarkDirty(ctx, t, id)
}
