package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/apply"
)

// A Looked is what one look at a binding found.
type Looked struct {
	Issues  int // listed
	Changed int // new or changed
	Missing int // bound and not listed (Sweep)
}

// ErrBusy is the error of a look at a binding beside another one.
var ErrBusy = errors.New("a look at the binding is under way")

// Poll takes in what changed in a binding since the last look. The cursor moves to
// the tracker's own time at the start of the listing, and only in the transaction
// after everything listed is stored.
func (r *Reconciler) Poll(ctx context.Context, id string) (Looked, error) {
	return r.look(ctx, id, false)
}

// orphanFor is how long a sweep looks for an issue that vanished: permissions that
// were lost by mistake are given back within days.
const orphanFor = 30 * 24 * time.Hour

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
			keys := slices.SortedFunc(maps.Keys(byIssue), func(a, b connectors.Ref) int { return cmpRef(a, b) })
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

// end moves the cursor and, after a full listing, has the missing issues read.
func (k *look) end(ctx context.Context) error {
	bound, err := k.Store.BoundRefs(ctx, k.b.ID)
	if err != nil {
		return err
	}
	var orphans []connectors.Ref
	if k.full {
		if orphans, err = k.Store.OrphanedRefs(ctx, k.b.ID, k.Now().Add(-orphanFor)); err != nil {
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
		braked := row.Brake
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
			for _, ref := range bound {
				if !k.seen[ref.ID] {
					k.Missing++
				}
			}
		}
		tripped := k.tripped(len(bound))
		if tripped != "" {
			row.Brake = store.Braked(row.Brake, tripped)
		}
		if row.Brake != braked {
			k.Log.Error("writing stopped", zap.String("binding", k.b.ID), zap.String("brake", row.Brake))
			t.Audit(audit.Entry{
				Verb: audit.BrakeEngaged, Actor: daemon(), Origin: audit.Origin{Binding: k.b.ID, Trigger: k.trigger},
				Subject: audit.Subject{Type: audit.SubjectBinding, ID: k.b.ID, Ref: k.b.ID}, Reason: row.Brake,
			})
		}
		if err := t.PutBinding(ctx, row); err != nil {
			return err
		}
		if !k.full || row.Brake != "" && (tripped != "" || !store.IsRestored(row.Brake)) {
			return nil
		}
		for _, ref := range slices.Concat(bound, orphans) {
			if k.seen[ref.ID] {
				continue
			}
			if err := k.doubt(ctx, t, k.b.ID, ref); err != nil {
				return err
			}
		}
		return t.ForgetDeliveries(ctx, t.Now().AddDate(0, 0, -30))
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

func cmpRef(a, b connectors.Ref) int {
	if a.Key != b.Key {
		if a.Key < b.Key {
			return -1
		}
		return 1
	}
	if a.ID < b.ID {
		return -1
	}
	if a.ID > b.ID {
		return 1
	}
	return 0
}
