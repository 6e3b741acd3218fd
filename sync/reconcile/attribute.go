package reconcile

import (
	"context"
	"reflect"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// attribute asks who made what the issues of the record show, where that is news and nobody
// has answered yet: the question of a scan failed, or the answer to a write shows what
// somebody else changed at the same moment, and not who did. Where the tracker does not
// tell, the attempt goes on, and nobody is named. Where it fails to answer it is asked again
// later, and nothing is decided before; waits says so.
func (k *attempt) attribute(ctx context.Context) (waits bool, err error) {
	for _, b := range k.r.bindings() {
		h, ok := b.Tracker.(connectors.Historian)
		if !ok {
			continue
		}
		var ask []*connectors.Issue
		for _, l := range slices.Concat(k.links, k.actions) {
			if l.Binding == b.ID && l.Issue != nil && l.Issue.History == "" && k.isNews(l) {
				ask = append(ask, l.Issue)
			}
		}
		if len(ask) == 0 {
			continue
		}
		if err := h.Attribute(ctx, ask, nil, nil); err != nil {
			if ctx.Err() != nil {
				return false, err
			}
			later, stored := k.answersLater(ctx, b, ask, err)
			if stored != nil {
				return false, stored
			}
			if later {
				return true, k.failed(b, k.readFailed(ctx, b, err))
			}
			k.r.Log.Warn("the tracker did not say who changed an issue; nobody is named", zap.String("binding", b.ID), zap.String("nonconformity", k.Record.Ref), zap.Error(err))
		}
		err := k.r.Store.Write(ctx, func(t *store.Tx) error {
			if err := t.CheckFence(ctx, k.Record.ID, k.Fence); err != nil {
				return err
			}
			for _, is := range ask {
				if err := t.PutHistory(ctx, b.ID, is); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return false, err
		}
	}
	return false, nil
}

// isNews reports whether a bound issue shows something that the record does not hold.
func (k *attempt) isNews(l store.BoundIssue) bool {
	b := k.r.binding(l.Binding)
	if !isAction(l) {
		return history.News(b, l, l.Issue)
	}
	was := k.action(l)
	now, _ := b.Profile.Action(l.Issue, was)
	return !reflect.DeepEqual(now, was)
}

// answersLater reports whether a tracker that failed to say who changed issues is asked
// again before anything is decided: it asks for time, refuses a token that is renewed, or
// cannot be reached. What may be the fault of one issue, such as a history that takes the
// server too long, is waited for no longer than waitForNames.
// The wait goes on after a restart.
func (k *attempt) answersLater(ctx context.Context, b *binding.Binding, asked []*connectors.Issue, failed error) (later bool, err error) {
	switch connectors.KindOf(failed) {
	case connectors.Limited, connectors.Unauthenticated:
		return true, nil
	case connectors.Unavailable, connectors.Malformed, connectors.Conflict, connectors.Unknown:
		var since time.Time
		err := k.r.Store.Write(ctx, func(t *store.Tx) error {
			err := t.CheckFence(ctx, k.Record.ID, k.Fence)
			if err == nil {
				since, err = t.UnattributedSince(ctx, b.ID, asked)
			}
			return err
		})
		return k.r.Now().Before(since.Add(waitForNames)), err
	}
	return false, nil
}

// waitForNames is how long a record waits for a tracker that fails to say who changed its
// issues: longer than outages last, and not for good.
const waitForNames = 24 * time.Hour
