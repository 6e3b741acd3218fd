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
	// More says that the scan did not end: it goes on where it was when it is called again.
	More bool
}

// ErrBusy is the error of a scan beside another one of the same binding.
var ErrBusy = errors.New("the binding is being scanned already")

// Poll takes in what changed in a binding since the last look, or goes on with a scan that
// was broken off. The cursor moves to the tracker's own time at the start of the listing,
// and only in the transaction after everything listed is stored. A scan that takes longer
// than a minute returns with More and goes on with the next call.
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
	if !g.scanning.Enter(id) {
		return Scanned{}, fmt.Errorf("%s: %w", id, ErrBusy)
	}
	defer g.scanning.Leave(id)
	row, err := g.Store.Binding(ctx, id)
	if err != nil {
		return Scanned{}, err
	}
	// The first scan lists everything anyway.
	whole = whole || row.Since.IsZero()
	if err := binding.Held(row, g.Now()); err != nil {
		return Scanned{}, err
	}
	k := &scan{g: g, b: b, row: row, progress: row.Scan, began: g.Now(), trigger: audit.TriggerPoll}
	if k.progress.Kind != store.ScanWhole && (whole || k.progress.Kind == "") {
		k.progress = store.Progress{Kind: store.ScanPoll}
		if whole {
			k.progress.Kind = store.ScanWhole
		}
	} else {
		k.resumed = true
	}
	k.whole = k.progress.Kind == store.ScanWhole
	if k.whole {
		k.trigger = audit.TriggerSweep
	}
	if row.Since.IsZero() {
		if err := g.halted(ctx); err != nil {
			return Scanned{}, err
		}
		err = g.greet(ctx, id) // which takes note of each tracker's answer itself
	}
	if err == nil {
		err = binding.Answered(ctx, g.Store, g.Now(), b, k.run(ctx))
	}
	if err != nil {
		if _, waits := binding.IsWait(err); !waits {
			err = errors.Join(err, g.problem(ctx, id, err.Error()))
		}
	}
	return k.Scanned, err
}

// stored is how long storing a problem may take.
const stored = 10 * time.Second

// problem stores why a binding cannot be scanned; it shows on the status page. The scan
// may have failed because its time was up: the problem is stored all the same. A daemon
// that stops has no problem.
func (g *Ingester) problem(ctx context.Context, id, what string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stored)
	defer cancel()
	return g.Store.Write(ctx, func(t *store.Tx) error {
		fresh, err := t.SetProblem(ctx, id, what)
		if err != nil || !fresh {
			return err
		}
		t.Audit(bindingProblem(id, what))
		return nil
	})
}

// readAgain ends the problem of a binding in the log, if it could not be read before.
func (k *scan) readAgain(ctx context.Context, t *store.Tx) error {
	row, err := t.Binding(ctx, k.b.ID)
	if err == nil && !row.Failing.IsZero() {
		t.Audit(bindingProblem(k.b.ID, "over: the binding is read again, after "+t.Now().Sub(row.Failing).Round(time.Second).String()))
	}
	return err
}

func bindingProblem(id, what string) audit.Entry {
	return audit.Entry{
		Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: audit.Origin{Binding: id, Trigger: audit.TriggerPoll},
		Subject: audit.Subject{Type: audit.SubjectBinding, ID: id, Ref: id}, Reason: what,
	}
}

// slice is how long a scan goes on at a stretch. A scan may take hours, and a job does not:
// it stores how far it got with each page, and another job goes on.
const slice = time.Minute

// A scan is one listing of a binding, or the part of it that one job reads.
type scan struct {
	Scanned
	g        *Ingester
	b        *binding.Binding
	row      store.Binding
	progress store.Progress
	began    time.Time
	whole    bool
	resumed  bool // the scan was broken off before
	gotOn    bool // the next job would begin later than this one
	newest   time.Time
	clocked  bool // the tracker's clock was looked at
	trigger  audit.Trigger
	seen     map[string]bool // at the end of a whole scan: what it has shown
}

func (k *scan) run(ctx context.Context) error {
	since := time.Time{}
	if !k.whole {
		since = k.since()
	}
	if k.progress.Stage != store.StageComments {
		if err := k.issues(ctx, since); err != nil || k.More {
			return err
		}
	}
	if feed, ok := k.b.Tracker.(connectors.CommentFeed); ok {
		if err := k.comments(ctx, feed, since); err != nil || k.More {
			return err
		}
	}
	return k.end(ctx)
}

// since is where a poll begins. It stays the same as long as nothing changes, so that a
// tracker can tell that it has nothing new to say. It looks back at least as far behind
// the last poll as listings lag; a burst of changes is not listed again for ever.
func (k *scan) since() time.Time {
	last, newest, lag := k.row.Since, k.row.Newest, k.g.Overlap
	switch {
	case newest.IsZero():
		return last.Add(-lag)
	case last.Before(newest.Add(2 * lag)):
		return newest.Add(-lag)
	default:
		return newest.Add(lag)
	}
}

// seenUntil is how new the newest thing is that the scan has shown; zero if it has shown
// nothing. Of a scan that was read in parts it is not known, and no later than its begin.
func (k *scan) seenUntil() time.Time {
	if k.resumed || k.newest.After(k.progress.At) {
		return k.progress.At
	}
	return k.newest
}

// from is where a listing begins that was asked for since a time: where it was broken
// off, if it was.
func (k *scan) from(since time.Time) time.Time {
	if k.progress.Through.After(since) {
		return k.progress.Through
	}
	return since
}

// onward notes in the transaction of a page how far its listing got.
func (k *scan) onward(ctx context.Context, t *store.Tx, stage store.ScanStage, through time.Time) error {
	if k.progress.Stage != stage {
		k.progress.Stage, k.progress.Through = stage, time.Time{}
	}
	if through.After(k.newest) {
		k.newest = through
	}
	if !through.After(k.progress.Through) {
		return t.PutProgress(ctx, k.b.ID, k.progress)
	}
	k.gotOn = true
	k.progress.Through = through
	return t.PutProgress(ctx, k.b.ID, k.progress)
}

// enough reports whether this job has read its part. One that did not get on reads
// further: the next would begin where it began.
func (k *scan) enough() bool {
	k.More = k.gotOn && k.g.Now().Sub(k.began) >= slice
	return k.More
}

// issues takes in the issues of the scan.
func (k *scan) issues(ctx context.Context, since time.Time) error {
	for page, err := range k.b.Tracker.Changed(ctx, k.from(since)) {
		if err != nil {
			return err
		}
		if err := k.page(ctx, page); err != nil {
			return err
		}
		if k.enough() {
			return nil
		}
	}
	return nil
}

// page stores one page of issues.
func (k *scan) page(ctx context.Context, page connectors.Page) error {
	if !k.clocked && !page.At.IsZero() {
		k.clocked = true
		k.b.SetSkew(page.At.Sub(k.g.Now()))
	}
	k.Issues += len(page.Issues)
	return k.g.Store.Write(ctx, func(t *store.Tx) error {
		if k.progress.Stage == "" {
			k.progress.At = page.At
			if err := t.ForgetListed(ctx, k.b.ID); err != nil {
				return err
			}
			if err := t.PutProgress(ctx, k.b.ID, k.progress); err != nil {
				return err // what is taken in is judged by the tracker's clock
			}
		}
		if err := k.take(ctx, t, page.Issues); err != nil {
			return err
		}
		return k.onward(ctx, t, store.StageIssues, page.Through)
	})
}

// take stores issues that were read.
func (k *scan) take(ctx context.Context, t *store.Tx, issues []*connectors.Issue) error {
	for _, is := range issues {
		if k.whole {
			if err := t.List(ctx, k.b.ID, is.Ref.ID); err != nil {
				return err
			}
		}
		changed, err := k.g.ingest(ctx, t, k.b, is, k.trigger)
		if err != nil {
			return err
		}
		if changed {
			k.Changed++
		}
	}
	return nil
}

// comments takes in the comments of all issues since a time. Those of issues that
// are not bound are left alone.
func (k *scan) comments(ctx context.Context, feed connectors.CommentFeed, since time.Time) error {
	from := since
	if k.progress.Stage == store.StageComments {
		from = k.from(since)
	}
	for page, err := range feed.CommentsSince(ctx, from) {
		if err != nil {
			return err
		}
		byIssue := map[connectors.Ref][]connectors.Comment{}
		for _, c := range page.Comments {
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
			return k.onward(ctx, t, store.StageComments, page.Through)
		})
		if err != nil {
			return err
		}
		if k.enough() {
			return nil
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
