package reconcile

import (
	"context"
	"reflect"
	"slices"
	"sync"
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
			if k.answersLater(b, ask, err) {
				return true, k.failed(b, k.readFailed(ctx, b, err))
			}
			k.r.Log.Warn("the tracker did not say who changed an issue; nobody is named", zap.String("binding", b.ID), zap.String("nonconformity", k.Record.Ref), zap.Error(err))
		}
		k.r.unanswered.clear(b.ID, ask)
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
func (k *attempt) answersLater(b *binding.Binding, asked []*connectors.Issue, err error) bool {
	switch connectors.KindOf(err) {
	case connectors.Limited, connectors.Unauthenticated:
		return true
	case connectors.Unavailable, connectors.Malformed, connectors.Conflict, connectors.Unknown:
		return k.r.Now().Before(k.r.unanswered.since(b.ID, asked, k.r.Now()).Add(waitForNames))
	}
	return false
}

// waitForNames is how long a record waits for a tracker that fails to say who changed its
// issues: longer than outages last, and not for good.
const waitForNames = 24 * time.Hour

// unanswered remembers since when a tracker has failed to say who changed an issue. After a
// restart the wait begins anew. The zero value is ready.
type unanswered struct {
	mu sync.Mutex
	at map[string]time.Time // by "binding/issue id"
}

// since returns since when the longest of some issues has waited, and begins the wait of
// those that are new.
func (u *unanswered) since(binding string, issues []*connectors.Issue, now time.Time) time.Time {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.at == nil {
		u.at = map[string]time.Time{}
	}
	first := now
	for _, is := range issues {
		id := binding + "/" + is.Ref.ID
		if at, ok := u.at[id]; !ok || at.After(now) { // the clock was put back
			u.at[id] = now
		} else if at.Before(first) {
			first = at
		}
	}
	return first
}

func (u *unanswered) clear(binding string, issues []*connectors.Issue) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, is := range issues {
		delete(u.at, binding+"/"+is.Ref.ID)
	}
}
