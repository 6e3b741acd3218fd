package dst

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/sync/inbox"
)

// jobs is the job engine of one start of the daemon.
type jobs interface {
	Record(ctx context.Context, tx *sql.Tx, id string) error
	inbox.Jobs
}

// A run starts the job engine of a start of the daemon, whose actors have ids from a
// first one on.
type run func(ctx context.Context, start, id int64)

// inline has actors step through what is to be done: as many as there are workers,
// and one that polls.
func (e *engine) inline(o queue.Options) (run, error) {
	q := queue.NewInline(o)
	e.jobs = q
	return func(ctx context.Context, start, id int64) {
		for i := range workers {
			e.work(ctx, &actor{id + int64(i), fmt.Sprintf("worker%d.%d", start, i)}, func(ctx context.Context) bool {
				did, err := q.StepRecord(ctx)
				return did && err == nil
			})
		}
		e.work(ctx, &actor{id + workers, fmt.Sprintf("poller%d", start)}, q.StepPoll)
	}, nil
}

// work steps until the engine is dead.
func (e *engine) work(ctx context.Context, a *actor, step func(context.Context) bool) {
	ctx = withActor(ctx, a)
	e.workers.Go(func() {
		a.sleep(time.Millisecond)
		for !e.isDead() {
			e.thaw(a)
			if step(ctx) {
				a.sleep(time.Millisecond)
			} else {
				a.sleep(e.w.nap())
			}
		}
	})
}

// river runs River, as the daemon does. It wakes when it likes, so that the order of
// events is not that of the seed alone.
func (e *engine) river(o queue.Options) (run, error) {
	c := &crew{Work: o.Work}
	o.DB, o.Work, o.Workers, o.Simulated = e.app.Store.DB(), c, workers, true
	q, err := queue.New(o)
	e.jobs = q
	return func(ctx context.Context, start, id int64) {
		for i := range workers + 2*max(2, len(o.Bindings)) { // as many as the queues of a Queue have
			c.free = append(c.free, &actor{id + int64(i), fmt.Sprintf("river%d.%d", start, i)})
		}
		alive, stop := context.WithCancel(ctx)
		e.workers.Go(func() {
			// Whatever a dead process fails at is nobody's business.
			if err := q.Run(alive); err != nil && !e.isDead() {
				panic(err)
			}
		})
		e.workers.Go(func() {
			defer stop()
			watch := &actor{id, "watch"}
			for !e.isDead() {
				watch.sleep(time.Second)
			}
		})
	}, err
}

// A crew lends an actor to each job of River.
type crew struct {
	queue.Work
	mu   sync.Mutex
	free []*actor
}

// Record brings one record in step.
func (c *crew) Record(ctx context.Context, id string, done queue.Done) (time.Time, error) {
	a := c.take()
	defer c.give(a)
	return c.Work.Record(withActor(ctx, a), id, done)
}

// Poll looks at one binding.
func (c *crew) Poll(ctx context.Context, binding string, full bool) (time.Time, error) {
	a := c.take()
	defer c.give(a)
	return c.Work.Poll(withActor(ctx, a), binding, full)
}

// Sight reads one issue.
func (c *crew) Sight(ctx context.Context, binding, issueID, key string) error {
	a := c.take()
	defer c.give(a)
	return c.Work.Sight(withActor(ctx, a), binding, issueID, key)
}

func (c *crew) take() *actor {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.free) == 0 {
		panic("dst: more jobs at once than workers")
	}
	a := c.free[0]
	c.free = c.free[1:]
	return a
}

func (c *crew) give(a *actor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free = append(c.free, a)
}
