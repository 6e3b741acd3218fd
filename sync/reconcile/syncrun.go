package reconcile

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/ingest"
)

// A RunResult is what one sync run did.
type RunResult struct {
	Listed, Changed int
	Worked          int // records worked on
	// Wake is the earliest time at which something postponed can go on; zero if
	// nothing is.
	Wake time.Time
}

// mostScans bounds how often a sync run scans again to see its own writes.
const mostScans = 4

// SyncRun scans every binding once, works through all dirty records, and scans again as
// long as it wrote something, so that what was created is read back.
// Every record is planned before the first write leaves, so that the brake sees the
// whole. A binding that cannot be read does not keep the others from going on; its
// error is returned with the rest.
func (r *Reconciler) SyncRun(ctx context.Context, workers int) (RunResult, error) {
	var all RunResult
	var errs error
	for n := range mostScans {
		listed, err := r.scan(ctx, n > 0)
		all.Listed += listed.Issues
		all.Changed += listed.Changed
		errs = errors.Join(errs, err)
		if err := r.planAll(ctx, workers); err != nil && ctx.Err() != nil {
			return all, errors.Join(errs, err)
		}
		worked, err := r.Drain(ctx, workers)
		all.Worked += worked
		if err != nil {
			return all, errors.Join(errs, err)
		}
		if worked == 0 || errs != nil {
			break
		}
	}
	wake, err := r.Store.NextWake(ctx)
	all.Wake = wake
	return all, errors.Join(errs, err)
}

// scan lists what changed in every binding. Once something was written those need no
// second look that showed it in their answers. The first scans of all come one after
// another, in the order of the configuration, so that the records get the numbers that a
// plan said before.
func (r *Reconciler) scan(ctx context.Context, again bool) (ingest.Scanned, error) {
	bs := r.bindings()
	errs := make([]error, len(bs))
	found := make([]ingest.Scanned, len(bs))
	var wg sync.WaitGroup
	for i, b := range bs {
		if again && b.Tracker.Capabilities().WriteEchoes {
			continue
		}
		is, err := r.Store.Binding(ctx, b.ID)
		if err != nil {
			return ingest.Scanned{}, err
		}
		poll := func() {
			for more := true; more; {
				part, err := r.Ingest.Poll(ctx, b.ID)
				if err != nil {
					errs[i] = fmt.Errorf("binding %s: %w", b.ID, err)
				}
				found[i].Issues += part.Issues
				found[i].Changed += part.Changed
				more = part.More && err == nil
			}
		}
		if is.Polled.IsZero() {
			poll()
		} else {
			wg.Go(poll)
		}
	}
	wg.Wait()
	var all ingest.Scanned
	for _, f := range found {
		all.Issues += f.Issues
		all.Changed += f.Changed
	}
	return all, errors.Join(errs...)
}

// planAll plans every record that wants to be looked at now, and writes nothing to a
// tracker. One that cannot be planned is met again when it is worked on.
func (r *Reconciler) planAll(ctx context.Context, workers int) error {
	ids, err := r.Store.Unplanned(ctx, r.Now())
	if err != nil {
		return err
	}
	return r.each(ctx, ids, workers, r.planRecord)
}

// planRecord plans one record and stores the plan for the brake.
func (r *Reconciler) planRecord(ctx context.Context, id string) (err error) {
	defer r.caught(id, &err)
	if !r.working.Enter(id) {
		return nil
	}
	defer r.working.Leave(id)
	k := &attempt{r: r, planOnly: true}
	k.Trigger = audit.TriggerPoll
	for range mostReplans {
		read, err := k.reread(ctx, id)
		if err != nil {
			return err
		}
		if err := k.load(ctx, id, read); err != nil {
			return ignoreStale(err)
		}
		n, ready, err := k.ready(ctx, read)
		if err != nil {
			return ignoreStale(err)
		}
		if ready {
			_, err := k.plan(ctx)
			return ignoreStale(err)
		}
		if n == stop {
			return nil
		}
	}
	return nil
}

func ignoreStale(err error) error {
	if errors.Is(err, store.ErrStale) {
		return nil
	}
	return err
}

// Drain works through the records that want to be looked at now, several at a
// time, until none is left. It returns how many attempts it took.
func (r *Reconciler) Drain(ctx context.Context, workers int) (int, error) {
	attempts := 0
	for {
		ids, err := r.Store.Dirty(ctx, r.Now(), 1000)
		if err != nil || len(ids) == 0 {
			return attempts, err
		}
		attempts += len(ids)
		err = r.each(ctx, ids, workers, func(ctx context.Context, id string) error {
			_, err := r.Reconcile(ctx, id, nil)
			return err
		})
		if err != nil {
			return attempts, err
		}
	}
}

// each works on records, some at a time. An error about one keeps none of the others
// from its turn.
func (r *Reconciler) each(ctx context.Context, ids []string, workers int, do func(context.Context, string) error) error {
	var mu sync.Mutex
	var errs []error
	work := make(chan string)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(ids))) {
		wg.Go(func() {
			for id := range work {
				if err := do(ctx, id); err != nil {
					r.Log.Error("record failed", zap.String("nonconformity", id), zap.Error(err))
					mu.Lock()
					errs = append(errs, fmt.Errorf("record %s: %w", id, err))
					mu.Unlock()
				}
			}
		})
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			break
		}
		work <- id
	}
	close(work)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	return few(errs)
}

// few joins errors, the first of them in full.
func few(errs []error) error {
	const most = 5
	if len(errs) > most {
		errs = append(errs[:most:most], fmt.Errorf("and %d more", len(errs)-most))
	}
	return errors.Join(errs...)
}
