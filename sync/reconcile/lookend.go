package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// orphanFor is how long a sweep looks for an issue that vanished: permissions that
// were lost by mistake are given back within days.
const orphanFor = 30 * 24 * time.Hour

// end moves the cursor and, after a full listing, has the missing issues read.
func (k *look) end(ctx context.Context) error {
	bound, err := k.Store.Bound(ctx, k.b.ID)
	if err != nil {
		return err
	}
	var orphans []store.Bound
	if k.full {
		if orphans, err = k.Store.Orphans(ctx, k.b.ID, k.Now().Add(-orphanFor)); err != nil {
			return err
		}
	}
	return k.Store.Write(ctx, func(t *store.Tx) error {
		row := k.row
		row.Polled = t.Now()
		// A person may have let writing go on while this look was under way.
		if row.Brake, err = t.Brake(ctx, row.ID); err != nil {
			return err
		}
		if err := k.settled(ctx, t); err != nil {
			return err
		}
		if row.Problem, err = k.asides(ctx, t); err != nil {
			return err
		}
		if k.at.After(row.Since) {
			row.Since = k.at
		}
		if k.full {
			row.Swept = t.Now()
			if k.Missing, err = k.miss(ctx, t, bound); err != nil {
				return err
			}
			if _, err = k.miss(ctx, t, orphans); err != nil {
				return err
			}
		}
		tripped := k.tripped(len(bound))
		k.brake(t, &row, tripped)
		if err := t.PutBinding(ctx, row); err != nil {
			return err
		}
		if !k.full {
			return nil
		}
		if tripped != "" || row.Brake != "" && !store.IsRestored(row.Brake) {
			bound = nil // so many missing issues are no news about each of them
		}
		for _, is := range slices.Concat(bound, orphans) {
			if k.seen[is.ID] {
				continue
			}
			if err := k.doubt(ctx, t, k.b.ID, is.Ref); err != nil {
				return err
			}
		}
		return t.ForgetDeliveries(ctx, t.Now().AddDate(0, 0, -30))
	})
}

// miss remembers which issues are in the listing, and returns how many were in the
// one before and are not any more. Those that were missing already are no news: they
// would stop writing with every sweep, whatever a person has said.
func (k *look) miss(ctx context.Context, t *store.Tx, all []store.Bound) (n int, err error) {
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

// brake stops writing, if it must stop, and says so in the audit log.
func (k *look) brake(t *store.Tx, row *store.Binding, tripped string) {
	if tripped == "" {
		return
	}
	was := row.Brake
	if row.Brake = store.Braked(was, tripped); row.Brake == was {
		return
	}
	k.Log.Error("writing stopped", zap.String("binding", k.b.ID), zap.String("brake", row.Brake))
	t.Audit(audit.Entry{
		Verb: audit.BrakeEngaged, Actor: daemon(), Origin: audit.Origin{Binding: k.b.ID, Trigger: k.trigger},
		Subject: audit.Subject{Type: audit.SubjectBinding, ID: k.b.ID, Ref: k.b.ID}, Reason: row.Brake,
	})
}

// tripped returns why writing must stop after this look, "" if it may go on.
func (k *look) tripped(known int) string {
	switch {
	case k.full && k.Brake.trips(k.Missing, known, k.Brake.MissingPercent):
		return fmt.Sprintf("%d of %d issues are missing from the listing", k.Missing, known)
	case !k.full && !k.row.Since.IsZero() && k.Brake.trips(k.Changed, known, k.Brake.ChangedPercent):
		return fmt.Sprintf("%d of %d issues changed at once", k.Changed, known)
	}
	return ""
}

// doubt has an issue read directly, because a listing does not tell.
func (r *Reconciler) doubt(ctx context.Context, t *store.Tx, binding string, ref connectors.Ref) error {
	id, err := t.Hint(ctx, binding, ref)
	if err != nil {
		return err
	}
	return r.want(ctx, t, id)
}
