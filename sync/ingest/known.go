package ingest

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// orphanFor is how long a sweep looks for an issue that vanished: permissions that
// were lost by mistake are given back within days.
const orphanFor = 30 * 24 * time.Hour

// atATime is how many known issues a sweep looks for and stores at a time.
const atATime = 100

// known asks the tracker whether the known issues that the sweep has not listed are still
// there, and whether they are as they were. A poll does not.
func (k *scan) known(ctx context.Context) error {
	if !k.sweep {
		return nil
	}
	k.enter(store.StageKnown)
	for {
		part, err := k.g.Store.Known(ctx, k.b.ID, k.progress.Checked, k.g.Now().Add(-orphanFor), atATime)
		if err != nil || len(part) == 0 {
			return err
		}
		refs := make([]connectors.Ref, 0, len(part))
		for _, is := range part {
			refs = append(refs, is.Ref)
		}
		present, err := k.b.Tracker.Present(ctx, refs)
		if err != nil {
			return err
		}
		bulk, err := k.many(ctx, part, present)
		if err != nil {
			return err
		}
		asides, err := k.asides(ctx, part, present)
		if err != nil {
			return err
		}
		k.progress.Checked = part[len(part)-1].ID
		err = k.g.Store.Write(ctx, func(t *store.Tx) error {
			if err := k.take(ctx, t, bulk); err != nil {
				return err
			}
			for _, is := range part {
				if err := k.check(ctx, t, is, present, asides); err != nil {
					return err
				}
			}
			return t.PutProgress(ctx, k.b.ID, k.progress)
		})
		if err != nil {
			return err
		}
		k.gotOn = true
		if k.enough() {
			return nil
		}
	}
}

// many reads the bound issues that are still there, where the tracker reads many at once:
// what they show may have changed without a change of theirs.
func (k *scan) many(ctx context.Context, part []store.Known, present map[string]connectors.Presence) ([]*connectors.Issue, error) {
	reader, ok := k.b.Tracker.(connectors.BulkReader)
	if !ok {
		return nil, nil
	}
	var refs []connectors.Ref
	for _, is := range part {
		if _, there := present[is.ID]; there && !is.Quarantined {
			refs = append(refs, is.Ref)
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	return reader.GetMany(ctx, refs)
}

// asides reads the quarantined issues that were not listed: most are not selected any more.
func (k *scan) asides(ctx context.Context, part []store.Known, present map[string]connectors.Presence) (map[string]*connectors.Issue, error) {
	out := map[string]*connectors.Issue{}
	for _, a := range part {
		if _, there := present[a.ID]; !there || !a.Quarantined {
			continue
		}
		is, err := k.b.Tracker.Selected(ctx, a.Ref)
		switch connectors.KindOf(err) {
		case connectors.NotFound, connectors.Gone, connectors.Moved:
			err = nil // it went after Present told of it
		}
		if err != nil {
			return nil, err
		}
		out[a.ID] = is
	}
	return out, nil
}

// unchanged reports whether an issue is as it was last observed, as far as its presence
// tells.
func unchanged(is store.Known, now connectors.Presence) bool {
	return now.Updated.Equal(is.Updated) &&
		(now.Labels == nil || slices.Equal(slices.Sorted(slices.Values(now.Labels)), slices.Sorted(slices.Values(is.Labels))))
}

// check stores what the tracker said about a known issue. Asides holds the quarantined
// issues that were read, nil for those that are not selected.
func (k *scan) check(ctx context.Context, t *store.Tx, is store.Known, present map[string]connectors.Presence, asides map[string]*connectors.Issue) error {
	now, there := present[is.ID]
	if is.Quarantined {
		aside, read := asides[is.ID]
		switch {
		case aside != nil:
			return k.take(ctx, t, []*connectors.Issue{aside})
		case read || !there:
			return errors.Join(t.Unquarantine(ctx, k.b.ID, is.ID), t.ForgetComments(ctx, k.b.ID, is.ID))
		}
		return nil
	}
	if !there {
		if err := t.Miss(ctx, k.b.ID, is.ID); err != nil || is.State != store.IssueOrphaned {
			return err
		}
	} else if err := t.Found(ctx, k.b.ID, is.ID); err != nil || is.State == store.IssueBound && unchanged(is, now) {
		return err
	}
	// An orphan is read even if it is not where it was: it may have been moved to another
	// project while it was hidden.
	err := k.g.invalidate(ctx, t, k.b.ID, is.Ref)
	if errors.Is(err, store.ErrNotFound) {
		return nil // it was unbound meanwhile
	}
	return err
}
