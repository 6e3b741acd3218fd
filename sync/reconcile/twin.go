package reconcile

import (
	"context"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
)

// relist is how old the listing of conformd's own issues may be that a create goes by. One
// listing so serves all creates of the next minutes.
const relist = connectors.Settle

// findTwin finds an issue that conformd made for a record and that the register does not
// know: of an earlier register, of another conformd, or moved to where no listing of
// the binding shows it. It is looked for before the first create of every record.
func (k *attempt) findTwin(ctx context.Context, b *binding.Binding) (bool, error) {
	row, err := k.r.Store.Binding(ctx, b.ID)
	if err != nil || row.Stopped() != "" || row.Since.IsZero() {
		return false, err // nothing will be filed anyway
	}
	if err := binding.Held(row, k.r.Now()); err != nil {
		return false, err
	}
	if err := k.listOwn(ctx, b, row.Since); err != nil {
		return false, err
	}
	refs, err := k.r.Store.OwnIssues(ctx, b.ID, mapping.IssueMarker(k.Record.ID, b.ID))
	if err != nil || len(refs) == 0 {
		return false, err
	}
	is, err := b.Tracker.Get(ctx, refs[0])
	if kind := connectors.KindOf(err); kind == connectors.NotFound || kind == connectors.Gone {
		// It was deleted since, or is hidden: what all listings show now decides.
		err := k.r.Store.Write(ctx, func(t *store.Tx) error { return t.ForgetOwn(ctx, b.ID) })
		if err != nil {
			return false, err
		}
		return false, &binding.Wait{Binding: b.ID, Until: k.r.Now().Add(time.Minute), Why: refs[0].String() + ", which conformd made for this record, is gone"}
	}
	if err != nil {
		return false, k.readFailed(ctx, b, err)
	}
	adopted := false
	err = k.r.Store.Write(ctx, func(t *store.Tx) (err error) {
		if err := t.CheckFence(ctx, k.Record.ID, k.Fence); err != nil {
			return err
		}
		adopted, err = k.r.Ingest.Adopt(ctx, t, b, is, k.Record.ID, audit.TriggerPoll)
		return err
	})
	return adopted, err
}

// listOwn lists what conformd's account created in a binding since the last such listing,
// unless that is recent. The cursor is the last known time of the tracker's clock; listings
// may lag behind it by Settle.
func (k *attempt) listOwn(ctx context.Context, b *binding.Binding, cursor time.Time) error {
	end, err := k.r.listing.Take(ctx, b.ID) // whoever comes meanwhile goes by the same listing
	if err != nil {
		return err
	}
	defer end()
	last, err := k.r.Store.OwnListing(ctx, b.ID)
	if age := k.r.Now().Sub(last.At); err != nil || !last.At.IsZero() && age >= 0 && age < relist {
		return err
	}
	made, err := b.Tracker.Created(ctx, last.Since)
	if err != nil {
		return k.readFailed(ctx, b, err)
	}
	return k.r.Store.Write(ctx, func(t *store.Tx) error {
		if err := k.r.Ingest.NoticeMade(ctx, t, b, made); err != nil {
			return err
		}
		return t.PutOwn(ctx, b.ID, made, cursor.Add(-relist))
	})
}
