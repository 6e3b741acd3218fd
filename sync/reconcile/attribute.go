package reconcile

import (
	"context"
	"reflect"
	"slices"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/history"
)

// attribute asks who made what the issues of the record show, where that is news and nobody
// asked yet: the answer to a write shows what somebody else changed at the same moment, and
// not who did. Where the tracker does not tell, the attempt goes on, and nobody is named; one
// that asks for time is asked again then, and nothing is decided before. Waits says so.
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
			if connectors.KindOf(err) == connectors.Limited {
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
