package dst

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/store"
)

// What is to happen with two engines on one store. The properties are those of one engine.
const (
	secondWorked = "two engines: an attempt of the second"
	secondTook   = "two engines: a record taken over from an attempt that takes long"
)

// secondID is the id of the first actor of the first second engine.
const secondID = 500

// second starts another engine on the store of e: with connectors, gates and a queue of its
// own, as another replica would have them. A record goes to one engine at a time, as the
// queue that they share in production sees to, until an attempt takes so long that the
// other engine takes the record over: from then on the fence alone keeps them apart.
func (e *engine) second(ctx context.Context, c *config.Config, n int64, log *zap.Logger, ids []string) error {
	w := e.w
	// A store of its own is opened because an App has one, and the one of e takes its place.
	dir := filepath.Join(w.dir, fmt.Sprintf("second%d", n))
	if err := copyData(w.template, dir); err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{
		Now: w.now, Log: log, Base: &wire{w, e}, Dir: dir, Jitter: evenly,
	})
	if err != nil {
		return err
	}
	if err := a.Close(); err != nil {
		return err
	}
	a.Store, a.Ingest.Store, a.Reconciler.Store, a.Reconciler.Applier.Store = e.app.Store, e.app.Store, e.app.Store, e.app.Store
	a.Reconciler.Applier.Alone, e.app.Reconciler.Applier.Alone = false, false
	w.limit(a)
	q := queue.NewInline(queue.Options{Work: &apart{Work: a.Work(), engine: 1, claims: e.claims}, Bindings: ids, PollEvery: c.Sync.PollEvery, SweepEvery: c.Sync.SweepEvery, Log: log, Now: w.now})
	wake := func(ctx context.Context, t *store.Tx, id string) error {
		if err := q.Record(ctx, t.SQL(), id); err != nil {
			return err
		}
		return e.jobs.Record(ctx, t.SQL(), id)
	}
	a.Ingest.Wake, e.app.Ingest.Wake = wake, wake
	id := secondID + (n*(workers+2))%(classes-secondID)
	for i := range workers {
		e.work(ctx, &actor{id + int64(i), fmt.Sprintf("second%d.%d", n, i)}, func(ctx context.Context) bool {
			did, err := q.StepRecord(ctx)
			return did && err == nil
		})
	}
	e.work(ctx, &actor{id + workers, fmt.Sprintf("second%d", n)}, q.StepPoll)
	return nil
}

// A claim is the attempt of one engine on a record.
type claim struct {
	engine int
	since  time.Time
}

// claims are the records that two engines work on.
type claims struct {
	w  *world
	mu sync.Mutex
	of map[string]claim
}

// rescued is how long an attempt may take before the other engine takes its record over. In
// production that is as long as a job may take; here it is less, so that the engines meet
// while a write is under way.
const rescued = time.Minute

// An apart is the work of one of two engines.
type apart struct {
	queue.Work
	engine int
	claims *claims
}

// Record works on a record unless the other engine does.
func (a *apart) Record(ctx context.Context, id string, done queue.Done) (time.Time, error) {
	mine := claim{a.engine, time.Now()}
	if !a.claims.take(id, mine) {
		return a.claims.w.now().Add(time.Second), nil
	}
	defer a.claims.leave(id, mine)
	return a.Work.Record(ctx, id, done)
}

// take claims a record.
func (c *claims) take(id string, mine claim) bool {
	c.mu.Lock()
	other, taken := c.of[id]
	c.mu.Unlock()
	if taken && (other.engine == mine.engine || time.Since(other.since) < rescued) {
		return false
	}
	c.mu.Lock()
	c.of[id] = mine
	c.mu.Unlock()
	if mine.engine > 0 {
		c.w.count(secondWorked)
	}
	if taken {
		c.w.count(secondTook)
	}
	return true
}

func (c *claims) leave(id string, mine claim) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of[id] == mine {
		delete(c.of, id)
	}
}
