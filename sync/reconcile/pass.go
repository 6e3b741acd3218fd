package reconcile

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/sync/apply"
)

// A Passed is what one pass over everything did.
type Passed struct {
	Listed, Changed int
	Worked          int // records looked at
	// Wake is the earliest time at which something postponed can go on; zero if
	// nothing is.
	Wake time.Time
}

// passes bounds how often Pass polls again to see its own writes.
const passes = 4

// Pass looks at every binding once, works through all records that want it, and
// polls again as long as it wrote something, so that what was created is read back.
// A binding that cannot be read does not keep the others from going on; its error
// is returned with the rest.
func (r *Reconciler) Pass(ctx context.Context, workers int) (Passed, error) {
	var all Passed
	var errs error
	for n := range passes {
		looks := make([]error, len(r.Bindings))
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i, b := range r.Bindings {
			if n > 0 && b.Tracker.Traits().WriteEchoes {
				continue // it showed what it was sent in its answers
			}
			wg.Go(func() {
				seen, err := r.Poll(ctx, b.ID)
				looks[i] = err
				mu.Lock()
				defer mu.Unlock()
				all.Listed += seen.Issues
				all.Changed += seen.Changed
			})
		}
		wg.Wait()
		errs = errors.Join(errs, errors.Join(looks...))
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

// Drain works through the records that want to be looked at now, several at a
// time, until none is left. It returns how many turns it took.
func (r *Reconciler) Drain(ctx context.Context, workers int) (int, error) {
	turns := 0
	for {
		ids, err := r.Store.Wanting(ctx, r.Now(), 1000)
		if err != nil || len(ids) == 0 {
			return turns, err
		}
		turns += len(ids)
		if err := r.each(ctx, ids, workers); err != nil {
			return turns, err
		}
	}
}

// each reconciles records, some at a time. The first error that is not a binding's
// fault stops it.
func (r *Reconciler) each(ctx context.Context, ids []string, workers int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan string)
	var wg sync.WaitGroup
	for range max(1, min(workers, len(ids))) {
		wg.Go(func() {
			for id := range work {
				if _, err := r.Reconcile(ctx, id); err != nil {
					r.Log.Error("record failed", zap.String("nonconformity", id), zap.Error(err))
					cancel(err)
				}
			}
		})
	}
	for _, id := range ids {
		select {
		case work <- id:
		case <-ctx.Done():
		}
	}
	close(work)
	wg.Wait()
	return context.Cause(ctx)
}

// IsWait reports whether err only says that a binding must be left alone for now,
// and until when.
func IsWait(err error) (time.Time, bool) {
	w, ok := errors.AsType[*apply.Wait](err)
	if !ok {
		return time.Time{}, false
	}
	return w.Until, true
}
