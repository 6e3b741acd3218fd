package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/apply"
)

// A Looked is what one look at a binding found.
type Looked struct {
	Issues  int // listed
	Changed int // new or changed
	Missing int // bound and not listed any more (Sweep)
}

// ErrBusy is the error of a look at a binding beside another one.
var ErrBusy = errors.New("a look at the binding is under way")

// Poll takes in what changed in a binding since the last look. The cursor moves to
// the tracker's own time at the start of the listing, and only in the transaction
// after everything listed is stored.
func (r *Reconciler) Poll(ctx context.Context, id string) (Looked, error) {
	return r.look(ctx, id, false)
}

// Sweep takes in all issues of a binding, and has every bound issue that was not
// listed read directly, for a month also those that had vanished. It finds what no
// listing by time shows: deletions, issues that are back outside of what is listed,
// and changes that a lagging index let slip.
func (r *Reconciler) Sweep(ctx context.Context, id string) (Looked, error) {
	return r.look(ctx, id, true)
}

func (r *Reconciler) look(ctx context.Context, id string, full bool) (Looked, error) {
	b := r.binding(id)
	if b == nil {
		return Looked{}, fmt.Errorf("no binding %q", id)
	}
	if !r.running.enter("look " + id) {
		return Looked{}, fmt.Errorf("%s: %w", id, ErrBusy)
	}
	defer r.running.leave("look " + id)
	row, err := r.Store.Binding(ctx, id)
	if err != nil {
		return Looked{}, err
	}
	// The first look lists everything anyway.
	full = full || row.Since.IsZero()
	if now := r.Now(); now.Before(row.NotBefore) {
		return Looked{}, &apply.Wait{Binding: id, Until: row.NotBefore, Why: "rate limited"}
	}
	look := &look{Reconciler: r, b: b, row: row, full: full, seen: map[string]bool{}, trigger: audit.TriggerPoll}
	if full {
		look.trigger = audit.TriggerSweep
	}
	err = look.run(ctx)
	if err != nil {
		err = r.Applier.ReadFailed(ctx, b, err)
		if _, waits := errors.AsType[*apply.Wait](err); !waits {
			err = errors.Join(err, r.problem(ctx, id, err.Error()))
		}
	}
	return look.Looked, err
}

// problem stores why a binding cannot be looked at; it shows on the status page.
func (r *Reconciler) problem(ctx context.Context, id, what string) error {
	row, err := r.Store.Binding(ctx, id)
	if err != nil || row.Problem == what {
		return err
	}
	row.Problem = what
	return r.Store.Write(ctx, func(t *store.Tx) error {
		t.Audit(audit.Entry{
			Verb: audit.SyncProblem, Actor: daemon(), Origin: audit.Origin{Binding: id, Trigger: audit.TriggerPoll},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: id, Ref: id}, Reason: what,
		})
		return t.PutBinding(ctx, row)
	})
}

// A look is one listing of a binding.
type look struct {
	*Reconciler
	Looked
	b       *apply.Binding
	row     store.Binding
	full    bool
	trigger audit.Trigger
	at      time.Time
	seen    map[string]bool
}

func (k *look) run(ctx context.Context) error {
	since := time.Time{}
	if !k.full && !k.row.Since.IsZero() {
		since = k.row.Since.Add(-k.Overlap)
	}
	for page, err := range k.b.Tracker.Changed(ctx, since) {
		if err != nil {
			return err
		}
		if k.at.IsZero() {
			k.at = page.At
		}
		if err := k.page(ctx, page.Issues); err != nil {
			return err
		}
	}
	if feed, ok := k.b.Tracker.(connectors.CommentFeed); ok {
		if err := k.comments(ctx, feed, since); err != nil {
			return err
		}
	}
	return k.end(ctx)
}

// page stores one page of issues.
func (k *look) page(ctx context.Context, issues []*connectors.Issue) error {
	if len(issues) == 0 {
		return nil
	}
	k.Issues += len(issues)
	return k.Store.Write(ctx, func(t *store.Tx) error {
		for _, is := range issues {
			k.seen[is.Ref.ID] = true
			changed, err := k.see(ctx, t, k.b, is, k.trigger)
			if err != nil {
				return err
			}
			if changed {
				k.Changed++
			}
		}
		return nil
	})
}

// comments takes in the comments of all issues since a time. Those of issues that
// are not bound are left alone.
func (k *look) comments(ctx context.Context, feed connectors.CommentFeed, since time.Time) error {
	for page, err := range feed.CommentsSince(ctx, since) {
		if err != nil {
			return err
		}
		byIssue := map[connectors.Ref][]connectors.Comment{}
		for _, c := range page {
			byIssue[c.Issue] = append(byIssue[c.Issue], c)
		}
		err := k.Store.Write(ctx, func(t *store.Tx) error {
			keys := slices.SortedFunc(maps.Keys(byIssue), func(a, b connectors.Ref) int {
				return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
			})
			for _, ref := range keys {
				if err := k.commented(ctx, t, ref, byIssue[ref]); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (k *look) commented(ctx context.Context, t *store.Tx, ref connectors.Ref, cs []connectors.Comment) error {
	l, err := t.LinkOf(ctx, k.b.ID, ref)
	if errors.Is(err, store.ErrNotFound) {
		return k.saidAside(ctx, t, ref, cs)
	}
	if err != nil || l.Issue == nil {
		return err
	}
	return k.said(ctx, t, k.b, l, cs)
}
