package reconcile

import (
	"context"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
)

// findFor is for how long after a restore a twin is looked for before it is filed.
const findFor = 7 * 24 * time.Hour

// findTwin finds the twin of a record where a restored register does not know it: no
// listing shows one that was moved to another project since the backup.
func (k *attempt) findTwin(ctx context.Context, b *binding.Binding) (bool, error) {
	at, err := k.r.Store.Restored(ctx, b.ID)
	if err != nil || at.IsZero() || k.r.Now().After(at.Add(findFor)) {
		return false, err
	}
	row, err := k.r.Store.Binding(ctx, b.ID)
	if err != nil || row.Stopped() != "" {
		return false, err // nothing will be filed anyway
	}
	refs, err := b.Tracker.FindCreated(ctx, mapping.IssueMarker(k.Record.ID, b.ID), at.AddDate(0, -1, 0))
	if err != nil {
		return false, k.readFailed(ctx, b, err)
	}
	if len(refs) == 0 {
		return false, nil
	}
	is, err := b.Tracker.Get(ctx, refs[0])
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
