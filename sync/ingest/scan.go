package ingest

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
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// A Scanned is what one listing of a binding found.
type Scanned struct {
	Issues  int // listed
	Changed int // new or changed
	Missing int // bound and not listed any more (Sweep)
}

// ErrBusy is the error of a scan beside another one of the same binding.
var ErrBusy = errors.New("the binding is being scanned already")

// Poll takes in what changed in a binding since the last look. The cursor moves to
// the tracker's own time at the start of the listing, and only in the transaction
// after everything listed is stored.
func (g *Ingester) Poll(ctx context.Context, id string) (Scanned, error) {
	return g.scan(ctx, id, false)
}

// Sweep takes in all issues of a binding, and has every bound issue that was not
// listed read directly, for a month also those that had vanished. It finds what no
// listing by time shows: deletions, issues that are back outside of what is listed,
// and changes that a lagging index let slip.
func (g *Ingester) Sweep(ctx context.Context, id string) (Scanned, error) {
	return g.scan(ctx, id, true)
}

func (g *Ingester) scan(ctx context.Context, id string, whole bool) (Scanned, error) {
	b := binding.Find(g.Bindings, id)
	if b == nil {
		return Scanned{}, fmt.Errorf("no binding %q", id)
	}
	if !g.scanning.enter(id) {
		return Scanned{}, fmt.Errorf("%s: %w", id, ErrBusy)
	}
	defer g.scanning.leave(id)
	row, err := g.Store.Binding(ctx, id)
	if err != nil {
		return Scanned{}, err
	}
	// The first scan lists everything anyway.
	whole = whole || row.Since.IsZero()
	if err := binding.Held(row, g.Now()); err != nil {
		return Scanned{}, err
	}
	k := &scan{g: g, b: b, row: row, whole: whole, seen: map[string]bool{}, trigger: audit.TriggerPoll}
	if whole {
		k.trigger = audit.TriggerSweep
	}
	err = binding.Answered(ctx, g.Store, g.Now(), b, k.run(ctx))
	if err != nil {
		if _, waits := binding.IsWait(err); !waits {
			err = errors.Join(err, g.problem(ctx, id, err.Error()))
		}
	}
	return k.Scanned, err
}

// problem stores why a binding cannot be scanned; it shows on the status page.
func (g *Ingester) problem(ctx context.Context, id, what string) error {
	return g.Store.Write(ctx, func(t *store.Tx) error {
		fresh, err := t.SetProblem(ctx, id, what)
		if err != nil || !fresh {
			return err
		}
		t.Audit(audit.Entry{
			Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: audit.Origin{Binding: id, Trigger: audit.TriggerPoll},
			Subject: audit.Subject{Type: audit.SubjectBinding, ID: id, Ref: id}, Reason: what,
		})
		return nil
	})
}

// A scan is one listing of a binding.
type scan struct {
	Scanned
	g       *Ingester
	b       *binding.Binding
	row     store.Binding
	whole   bool
	trigger audit.Trigger
	at      time.Time // the tracker's clock at the beginning
	seen    map[string]bool
}

func (k *scan) run(ctx context.Context) error {
	since := time.Time{}
	if !k.whole && !k.row.Since.IsZero() {
		since = k.row.Since.Add(-k.g.Overlap)
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
func (k *scan) page(ctx context.Context, issues []*connectors.Issue) error {
	if len(issues) == 0 {
		return nil
	}
	k.Issues += len(issues)
	return k.g.Store.Write(ctx, func(t *store.Tx) error {
		for _, is := range issues {
			k.seen[is.Ref.ID] = true
			changed, err := k.g.ingest(ctx, t, k.b, is, k.trigger)
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
func (k *scan) comments(ctx context.Context, feed connectors.CommentFeed, since time.Time) error {
	for page, err := range feed.CommentsSince(ctx, since) {
		if err != nil {
			return err
		}
		byIssue := map[connectors.Ref][]connectors.Comment{}
		for _, c := range page {
			byIssue[c.Issue] = append(byIssue[c.Issue], c)
		}
		err := k.g.Store.Write(ctx, func(t *store.Tx) error {
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

func (k *scan) commented(ctx context.Context, t *store.Tx, ref connectors.Ref, cs []connectors.Comment) error {
	l, err := t.BoundIssueOf(ctx, k.b.ID, ref)
	if errors.Is(err, store.ErrNotFound) {
		return k.reserveNamed(ctx, t, ref, cs)
	}
	if err != nil || l.Issue == nil {
		return err
	}
	return k.g.said(ctx, t, k.b, l, cs)
}
