package queue

import (
	"context"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"
)

// When the database cannot be written for a while, River gives up recording that a job has
// ended. Such a stray job stays marked as running, and until River rescues it, minutes later,
// it prevents every other job for the same record or binding. A data directory has one
// daemon, so the daemon itself knows which jobs run.

// strayAfter is how long a job must be marked as running, without a worker, to be a stray.
const strayAfter = time.Minute

// underway knows which jobs have a worker. The zero value is ready.
type underway struct {
	river.MiddlewareDefaults

	mu    sync.Mutex
	ended map[int64]time.Time // by job: zero while a worker has it
}

// Work calls do and notes meanwhile that the job has a worker.
func (u *underway) Work(ctx context.Context, job *rivertype.JobRow, do func(context.Context) error) error {
	u.mark(job.ID, time.Time{})
	defer func() { u.mark(job.ID, time.Now()) }() // also after a panic
	return do(ctx)
}

func (u *underway) mark(id int64, ended time.Time) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended == nil {
		u.ended = map[int64]time.Time{}
	}
	u.ended[id] = ended
}

// forget drops the jobs that ended long ago. If the database still calls one of them running,
// it is a stray.
func (u *underway) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, at := range u.ended {
		if !at.IsZero() && time.Since(at) > 2*strayAfter {
			delete(u.ended, id)
		}
	}
}

// stray reports whether a job has had no worker for strayAfter.
func (u *underway) stray(job *rivertype.JobRow) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if at, known := u.ended[job.ID]; known {
		return !at.IsZero() && time.Since(at) > strayAfter
	}
	return job.AttemptedAt == nil || time.Since(*job.AttemptedAt) > strayAfter
}

// strays makes stray jobs available again, from time to time until ctx is done.
func (q *Queue) strays(ctx context.Context) {
	t := time.NewTicker(strayAfter / 2)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		q.underway.forget()
		if err := q.freeStrays(ctx); err != nil && ctx.Err() == nil {
			q.o.Log.Warn("stray jobs could not be listed", zap.Error(err))
		}
	}
}

func (q *Queue) freeStrays(ctx context.Context) error {
	const most = 1000
	res, err := q.client.JobList(ctx, river.NewJobListParams().First(most).States(rivertype.JobStateRunning))
	if err != nil {
		return err
	}
	for _, job := range res.Jobs {
		if !q.underway.stray(job) {
			continue
		}
		q.o.Log.Warn("a job was marked as running but had no worker", zap.Int64("job", job.ID), zap.String("kind", job.Kind))
		if _, err := q.o.DB.ExecContext(ctx, "UPDATE river_job SET state = 'available' WHERE id = $1 AND state = 'running'", job.ID); err != nil {
			return err
		}
	}
	return nil
}
