package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// A Scanned is what one listing of a binding found.
type Scanned struct {
	Issues  int // listed
	Changed int // new or changed
	Missing int // bound and not there any more (Sweep)
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

// Sweep takes in all selected issues of a binding and the comments since the last sweep.
// Then it asks the tracker whether the other issues that it knows are still there: the
// bound ones, for a month those that had vanished, and the quarantined ones. So it finds
// what no listing by time shows: deletions, issues that are back, changes that a lagging
// index let slip, and those that an administrator made to all issues at once (a renamed
// label, a field shown again), which are no change of any issue to the tracker. It costs
// in proportion to what is selected and known, not to the size of the repository.
func (g *Ingester) Sweep(ctx context.Context, id string) (Scanned, error) {
	return g.scan(ctx, id, true)
}

func (g *Ingester) scan(ctx context.Context, id string, sweep bool) (Scanned, error) {
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
	if err := binding.Held(row, g.Now()); err != nil {
		return Scanned{}, err
	}
	k := &scan{g: g, b: b, row: row, progress: row.Scan, began: g.Now(), trigger: audit.TriggerPoll}
	if kind := due(row, sweep); reach(kind) > reach(k.progress.Kind) {
		k.progress = store.Progress{Kind: kind}
	} else {
		k.resumed = k.progress.Stage != ""
	}
	k.whole = k.progress.Kind == store.ScanWhole
	k.sweep = k.progress.Kind != store.ScanPoll
	if k.sweep {
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

// reach orders the kinds of scan by what they read: one that reads more takes the place of
// one under way.
func reach(kind store.ScanKind) int {
	return slices.Index([]store.ScanKind{"", store.ScanPoll, store.ScanSweep, store.ScanWhole}, kind)
}

// due is the kind of scan that a binding needs.
func due(row store.Binding, sweep bool) store.ScanKind {
	switch {
	case row.Since.IsZero(), sweep && row.SweepSince.IsZero():
		return store.ScanWhole
	case sweep:
		return store.ScanSweep
	default:
		return store.ScanPoll
	}
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
		t.Audit(bindingProblem(k.b.ID, ledger.ReadOn+"the binding is read again, after "+t.Now().Sub(row.Failing).Round(time.Second).String()))
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
	whole    bool // reads all comments
	sweep    bool // lists all selected issues, and looks for the other known ones
	resumed  bool // the scan was broken off before
	gotOn    bool // the next job would begin later than this one
	newest   time.Time
	clocked  bool // the tracker's clock was looked at
	trigger  audit.Trigger
}

func (k *scan) run(ctx context.Context) error {
	for _, part := range []struct {
		stage store.ScanStage
		read  func(context.Context) error
	}{
		{store.StageIssues, k.issues}, {store.StageComments, k.comments}, {store.StageEach, k.commentsOfEach}, {store.StageKnown, k.known},
	} {
		if k.passed(part.stage) {
			continue
		}
		if err := part.read(ctx); err != nil || k.More {
			return err
		}
	}
	return k.end(ctx)
}

// passed reports whether the scan was beyond a stage when it was broken off.
func (k *scan) passed(stage store.ScanStage) bool {
	order := []store.ScanStage{"", store.StageIssues, store.StageComments, store.StageEach, store.StageKnown}
	return slices.Index(order, k.progress.Stage) > slices.Index(order, stage)
}

// enter begins a stage, if it is not under way already.
func (k *scan) enter(stage store.ScanStage) {
	if k.progress.Stage != stage {
		k.progress.Stage, k.progress.Through, k.progress.Checked = stage, time.Time{}, ""
	}
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

// seenUntil is how new the newest thing is that the scan has shown; zero if it says nothing
// new about that. Of a scan that was read in parts it is not known, and no later than its
// begin. A sweep does not list everything that changed before it began: the next poll
// begins where the last one ended, or a first one at the begin of the sweep.
func (k *scan) seenUntil() time.Time {
	switch {
	case k.sweep && !k.row.Newest.IsZero():
		return time.Time{}
	case k.sweep, k.resumed, k.newest.After(k.progress.At):
		return k.progress.At
	default:
		return k.newest
	}
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
	k.enter(stage)
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

// list lists the issues of the scan. A sweep of a restored register looks for the issues
// that conformd made, whatever labels they have by now.
func (k *scan) list(ctx context.Context) (iter.Seq2[connectors.Page, error], error) {
	if !k.sweep {
		return k.b.Tracker.Changed(ctx, k.from(k.since())), nil
	}
	unverified, err := k.g.Store.Unverified(ctx, []string{k.b.ID})
	if err != nil {
		return nil, err
	}
	if len(unverified) > 0 {
		return k.b.Tracker.Changed(ctx, k.from(time.Time{})), nil
	}
	return k.b.Tracker.All(ctx, k.from(time.Time{})), nil
}

// issues takes in the issues of the scan.
func (k *scan) issues(ctx context.Context) error {
	pages, err := k.list(ctx)
	if err != nil {
		return err
	}
	for page, err := range pages {
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
	if err := k.g.attribute(ctx, k.b, page.Issues); err != nil {
		return err
	}
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
		if k.sweep {
			if err := t.List(ctx, k.b.ID, is.Ref.ID); err != nil {
				return err
			}
		}
		known, err := k.heard(ctx, t, is)
		if err != nil {
			return err
		}
		changed, err := k.g.ingest(ctx, t, k.b, is, k.trigger)
		if err != nil {
			return err
		}
		if !known {
			if err := k.introduced(ctx, t, is.Ref); err != nil {
				return err
			}
		}
		if changed {
			k.Changed++
		}
	}
	return nil
}
