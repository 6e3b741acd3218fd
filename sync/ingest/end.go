package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/history"
)

// orphanFor is how long a sweep looks for an issue that vanished: permissions that
// were lost by mistake are given back within days.
const orphanFor = 30 * 24 * time.Hour

// end moves the cursor and, after a whole listing, has the missing issues read.
func (k *scan) end(ctx context.Context) error {
	// What the records are known by is computed before the transaction that may ask for it.
	if err := k.g.Store.Mark(ctx, k.b.ID, markerIn(k.b.ID)); err != nil {
		return err
	}
	var bound, orphans []store.Bound
	if k.whole {
		var err error
		if bound, err = k.g.Store.Bound(ctx, k.b.ID); err != nil {
			return err
		}
		if orphans, err = k.g.Store.Orphans(ctx, k.b.ID, k.g.Now().Add(-orphanFor)); err != nil {
			return err
		}
		if err := k.unshown(ctx, bound); err != nil {
			return err
		}
		if k.seen, err = k.g.Store.ListedIn(ctx, k.b.ID); err != nil {
			return err
		}
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
		if err := t.Scanned(ctx, k.b.ID, k.progress.At, k.whole, problem); err != nil {
			return err
		}
		if newest := k.seenUntil(); !newest.IsZero() {
			if err := t.SetNewest(ctx, k.b.ID, newest); err != nil {
				return err
			}
		}
		if !k.whole {
			return nil
		}
		if k.Missing, err = k.miss(ctx, t, bound); err != nil {
			return err
		}
		if _, err = k.miss(ctx, t, orphans); err != nil {
			return err
		}
		stopped, err := k.brake(ctx, t, len(bound))
		if err != nil {
			return err
		}
		if stopped {
			bound = nil // so many missing issues are no news about each of them
		}
		for _, is := range slices.Concat(bound, orphans) {
			if k.seen[is.ID] {
				continue
			}
			if err := k.g.invalidate(ctx, t, k.b.ID, is.Ref); err != nil {
				return err
			}
		}
		if err := t.ForgetListed(ctx, k.b.ID); err != nil {
			return err
		}
		return t.ForgetDeliveries(ctx, t.Now().AddDate(0, 0, -30))
	})
}

// unshown reads the bound issues that a scan which was broken off has not shown, where the
// tracker reads many at once. The part of a listing that goes on from some time leaves out
// the issues that are not selected any more and did not change since: without this they
// would pass for missing.
func (k *scan) unshown(ctx context.Context, bound []store.Bound) error {
	reader, many := k.b.Tracker.(connectors.BulkReader)
	if !k.resumed || !many {
		return nil
	}
	seen, err := k.g.Store.ListedIn(ctx, k.b.ID)
	if err != nil {
		return err
	}
	var refs []connectors.Ref
	for _, is := range bound {
		if !seen[is.ID] {
			refs = append(refs, is.Ref)
		}
	}
	for part := range slices.Chunk(refs, readAtOnce) {
		issues, err := reader.GetMany(ctx, part)
		if err != nil {
			return err
		}
		if err := k.g.Store.Write(ctx, func(t *store.Tx) error { return k.take(ctx, t, issues) }); err != nil {
			return err
		}
	}
	return nil
}

// readAtOnce is how many issues are read and stored at a time.
const readAtOnce = 100

// miss remembers which issues are in the listing, and returns how many were in the
// one before and are not any more. Issues already known to be missing do not count
// again: they would stop writing with every sweep, whatever a person has said.
func (k *scan) miss(ctx context.Context, t *store.Tx, all []store.Bound) (n int, err error) {
	for _, is := range all {
		listed := k.seen[is.ID]
		if listed != is.Unlisted {
			continue // as it was
		}
		if !listed {
			n++
		}
		if err := t.Listed(ctx, k.b.ID, is.ID, listed); err != nil {
			return n, err
		}
	}
	return n, nil
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
