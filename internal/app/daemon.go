package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/clock"
	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/inbox"
	"github.com/conformd/conformd/sync/ingest"
	"github.com/conformd/conformd/sync/reconcile"
)

// Run runs the daemon, its job queue and its HTTP servers, until ctx is done. It calls ready,
// if not nil, once they listen.
func (a *App) Run(ctx context.Context, ready func(Addrs)) error {
	collectLess()
	q, err := queue.New(queue.Options{
		DB: a.Store.DB(), Work: a.Work(), Bindings: a.bindingIDs(), Workers: a.Config.Sync.Workers,
		PollEvery: a.Config.Sync.PollEvery, SweepEvery: a.Config.Sync.SweepEvery, Log: a.Log,
		Now: a.Reconciler.Now,
	})
	if err != nil {
		return err
	}
	a.Ingest.Wake = func(ctx context.Context, t *store.Tx, id string) error {
		return q.Record(context.WithoutCancel(ctx), t.SQL(), id)
	}
	size, err := a.Store.Size(ctx)
	if err != nil {
		return err
	}
	beside := size > a.checkAtOnce
	if beside {
		// The check takes minutes here. Meanwhile conformd reads and plans, and writes to no
		// tracker: the register may be damaged.
		a.Store.Suspect()
		err = a.started(ctx)
	} else {
		err = a.Started(ctx)
	}
	if err != nil {
		return err
	}
	web, err := a.serve(ctx, a.Inbox(q))
	if err != nil {
		return err
	}
	if ready != nil {
		ready(web.addrs)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return q.Run(ctx) })
	g.Go(func() error { a.prune(ctx); return nil })
	g.Go(func() error { a.keepHead(ctx); return nil })
	g.Go(func() error { a.keepLines(ctx); return nil })
	if a.Config.Notices.Tells() {
		g.Go(func() error { a.tell(ctx); return nil })
	}
	if len(a.Config.Measurements) > 0 {
		g.Go(func() error { a.measure(ctx); return nil })
	}
	if beside {
		g.Go(func() error { return a.checkBeside(ctx) })
	}
	web.run(ctx, g)
	err = g.Wait()
	return errors.Join(err, a.Stopped(context.WithoutCancel(ctx)))
}

// Inbox returns the receiver of webhook deliveries. Jobs may be nil.
func (a *App) Inbox(jobs inbox.Jobs) *inbox.Inbox {
	return inbox.New(inbox.Options{
		Store: a.Store, Webhooks: a.hooks, Sites: a.hookSites(), Log: a.Log.Named("inbox"), Wake: a.Ingest.Wake, Jobs: jobs,
		MaxBody: int64(a.Config.Webhooks.MaxBody), Now: a.Reconciler.Now,
	})
}

// hookSites returns the bindings that take webhooks, by the id of their tracker.
func (a *App) hookSites() map[string][]string {
	sites := map[string][]string{}
	for _, b := range a.Config.Bindings {
		if a.hooks[b.ID] != nil {
			sites[b.Site] = append(sites[b.Site], b.ID)
		}
	}
	return sites
}

// Started logs the start of the daemon with its configuration and policy. It marks dirty every
// record that has a write of unknown outcome, and all records after a change of the
// configuration. A damaged database is an error (store.ErrDamaged).
func (a *App) Started(ctx context.Context) error {
	if err := a.Store.CheckIntegrity(ctx); err != nil {
		return err
	}
	return a.started(ctx)
}

// checkBeside checks the database for damage while the daemon works, and then allows writes
// to the trackers. A damaged database ends the daemon.
func (a *App) checkBeside(ctx context.Context) error {
	began := a.Reconciler.Now()
	if err := a.Store.CheckBeside(ctx); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the daemon ends before the check does
		}
		return err
	}
	a.Log.Info("the database is whole", zap.Duration("checked_in", a.Reconciler.Now().Sub(began)))
	return a.Store.Write(ctx, func(t *store.Tx) error { return t.WakeAll(ctx) })
}

// started is Started without the check for damage.
func (a *App) started(ctx context.Context) error {
	pending, err := a.Store.RecordsWithPending(ctx)
	if err != nil {
		return err
	}
	if err := a.underPolicy(ctx); err != nil { // a command may have adopted another policy since Open
		return err
	}
	a.Log.Info("started", zap.String("config", a.Config.Digest()), zap.Strings("bindings", a.bindingIDs()), zap.Int("unsettled", len(pending)))
	return a.Store.Write(ctx, func(t *store.Tx) error {
		if err := a.begin(ctx, t); err != nil {
			return err
		}
		ahead, err := t.Ahead(ctx)
		if err != nil {
			return err
		}
		if ahead {
			a.Log.Warn("the clock is behind the time of the last run")
			if err := t.ClockSet(ctx); err != nil {
				return err
			}
		}
		if err := a.configured(ctx, t); err != nil {
			return err
		}
		for _, id := range pending {
			if err := t.MarkDirty(ctx, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// pruneEvery is how often old finished rows are deleted.
const pruneEvery = time.Hour

// prune deletes finished rows that are older than sync.keep, every pruneEvery until ctx is
// done.
func (a *App) prune(ctx context.Context) {
	every := time.NewTicker(pruneEvery)
	defer every.Stop()
	for {
		a.pruneSessions(ctx)
		n, err := a.Store.Prune(ctx, a.Reconciler.Now().Add(-a.Config.Sync.Keep))
		switch {
		case err != nil && ctx.Err() == nil:
			a.Log.Error("nothing was pruned", zap.Error(err))
		case n > 0:
			a.Log.Info("pruned what is done", zap.Int64("rows", n))
		}
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

// Stopped writes that the daemon stopped in good order.
func (a *App) Stopped(ctx context.Context) error {
	err := a.Store.Write(ctx, func(t *store.Tx) error {
		t.Audit(a.entry(audit.DaemonStopped))
		return nil
	})
	return errors.Join(err, a.writeHead(ctx))
}

func (a *App) entry(v audit.Verb) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, Origin: audit.Origin{Trigger: audit.TriggerStart},
		Subject: audit.Subject{Type: audit.SubjectDaemon, ID: a.Origin, Ref: a.Origin},
	}
}

func (a *App) bindingIDs() []string {
	var ids []string
	for _, b := range a.Bindings {
		ids = append(ids, b.ID)
	}
	return ids
}

// Connect runs Check on every binding whose account is not known yet. The error joins the
// errors of the trackers that could not be asked.
func (a *App) Connect(ctx context.Context) error {
	errs := make([]error, len(a.Bindings))
	var wg sync.WaitGroup
	for i, b := range a.Bindings {
		if _, known := b.Self(); known {
			continue
		}
		wg.Go(func() {
			if _, err := a.check(ctx, b); err != nil {
				errs[i] = fmt.Errorf("binding %s: %w", b.ID, err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// SyncRun scans all bindings once and then works on every dirty record.
func (a *App) SyncRun(ctx context.Context) (reconcile.RunResult, error) {
	errs := a.Connect(ctx)
	p, err := a.Reconciler.SyncRun(ctx, a.Config.Sync.Workers)
	return p, errors.Join(errs, err)
}

// Work returns the implementation of the queue's jobs.
func (a *App) Work() queue.Work { return work{a, clock.New(a.Reconciler.Now), &atomic.Bool{}} }

// work implements the queue's jobs.
type work struct {
	*App
	clock *clock.Watch
	// unmade is true if the clock was set and the stored times are not corrected yet.
	unmade *atomic.Bool
}

// Record brings one record in step.
func (w work) Record(ctx context.Context, id string, done queue.Done) (time.Time, error) {
	if err := w.watch(ctx); err != nil {
		return time.Time{}, err
	}
	d, err := w.Reconciler.Reconcile(ctx, id, func(t *store.Tx) error { return done(t.SQL()) })
	switch {
	case err != nil:
		return time.Time{}, err
	case d.Again:
		return w.Reconciler.Now(), nil
	case d.Busy:
		return w.Reconciler.Now().Add(time.Second), nil
	}
	return d.Wake, nil
}

// Poll scans one binding.
func (w work) Poll(ctx context.Context, id string, full bool) (time.Time, error) {
	if err := w.watch(ctx); err != nil {
		return time.Time{}, err
	}
	row, err := w.Store.Binding(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	if until, waits := binding.IsWait(binding.Held(row, w.Reconciler.Now())); waits {
		return until, nil // Check, too, must wait as long as the tracker asks
	}
	for _, b := range w.Bindings {
		if _, known := b.Self(); b.ID != id || known && !full {
			continue
		}
		if _, err := w.check(ctx, b); err != nil {
			err = binding.Answered(ctx, w.Store, w.Reconciler.Now(), b, err)
			if until, waits := binding.IsWait(err); waits {
				return until, nil
			}
			return w.refused(id, err)
		}
	}
	scan := w.Ingest.Poll
	// The timer of sweeps starts anew with the daemon, but the store knows the last sweep.
	if full || w.Reconciler.Now().Sub(row.Swept) >= w.Config.Sync.SweepEvery {
		scan = w.Ingest.Sweep
	}
	found, err := scan(ctx, id)
	if err == nil && found.More {
		return w.Reconciler.Now(), nil
	}
	if errors.Is(err, ingest.ErrBusy) {
		return w.Reconciler.Now().Add(time.Second), nil
	}
	if until, waits := binding.IsWait(err); waits {
		return until, nil
	}
	return w.refused(id, err)
}

// Sight reads one issue and takes it in if it belongs to the binding.
func (w work) Sight(ctx context.Context, binding, issueID, key string) error {
	return w.Ingest.Sight(ctx, binding, connectors.Ref{ID: issueID, Key: key})
}

// refused puts off a binding whose credential is not accepted: a sign-in every few seconds
// would lock the account. It returns other errors as they are.
func (w work) refused(id string, err error) (time.Time, error) {
	if !errors.Is(err, connectors.Unauthenticated) {
		return time.Time{}, err
	}
	if b := binding.Find(w.Bindings, id); b != nil {
		b.Forget()
	}
	const pause = 10 * time.Minute
	w.Log.Error("the credential is refused", zap.String("binding", id), zap.Duration("next_try", pause), zap.Error(err))
	return w.Reconciler.Now().Add(pause), nil
}

// watch corrects stored times after the clock was set.
func (w work) watch(ctx context.Context) error {
	if by := w.clock.Set(); by != 0 {
		w.Log.Warn("the clock was set", zap.Duration("by", by))
		w.unmade.Store(true)
	}
	if !w.unmade.Swap(false) {
		return nil
	}
	err := w.Store.Write(ctx, func(t *store.Tx) error { return t.ClockSet(ctx) })
	if err != nil {
		w.unmade.Store(true) // the next call tries again
	}
	return err
}

// Dirty returns the records that may be worked on now.
func (w work) Dirty(ctx context.Context) ([]string, error) {
	if err := w.watch(ctx); err != nil {
		return nil, err
	}
	return w.Store.Dirty(ctx, w.Reconciler.Now(), 1000)
}
