package queue

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"
)

// failedWait is the wait after an error that does not come from a tracker.
const failedWait = 15 * time.Second

type recordWorker struct {
	river.WorkerDefaults[recordArgs]
	q *Queue
}

// Work makes one attempt at a record. A record is never given up: the register shows the
// error with the record, and another attempt follows.
func (w *recordWorker) Work(ctx context.Context, job *river.Job[recordArgs]) error {
	completed := false
	next, err := w.q.o.Work.Record(ctx, job.Args.Record, func(tx *sql.Tx) error {
		_, err := river.JobCompleteTx[*riversqlite.Driver](ctx, tx, job)
		completed = err == nil
		return err
	})
	switch {
	case err != nil:
		w.q.o.Log.Error("record failed", zap.String("nonconformity", job.Args.Record), zap.Error(err))
		return river.JobSnooze(failedWait)
	case completed:
		return nil
	default:
		return river.JobSnooze(max(0, next.Sub(w.q.o.Now())))
	}
}

type pollWorker struct {
	river.WorkerDefaults[pollArgs]
	q *Queue
}

// Work scans one binding.
func (w *pollWorker) Work(ctx context.Context, job *river.Job[pollArgs]) error {
	next, err := w.q.o.Work.Poll(ctx, job.Args.Binding, job.Args.Full)
	if err != nil {
		w.q.o.Log.Warn("poll failed", zap.String("binding", job.Args.Binding), zap.Error(err))
		return river.JobSnooze(failedWait)
	}
	if !next.IsZero() {
		return river.JobSnooze(max(0, next.Sub(w.q.o.Now())))
	}
	return nil
}

type rescanWorker struct {
	river.WorkerDefaults[rescanArgs]
	q *Queue
}

// Work inserts a job for each dirty record that has none, such as after a restart or when
// its time has come, and wakes a job that went to sleep while a hint arrived. It never fails:
// River would delay a failed job longer each time, and all other jobs depend on this one.
func (w *rescanWorker) Work(ctx context.Context, _ *river.Job[rescanArgs]) error {
	if err := w.rescan(ctx); err != nil {
		w.q.o.Log.Error("rescan failed", zap.Error(err))
	}
	return nil
}

func (w *rescanWorker) rescan(ctx context.Context) error {
	if w.q.clock.Set() < 0 {
		if err := w.q.hurry(ctx); err != nil {
			return err
		}
	}
	ids, err := w.q.o.Work.Dirty(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(ids, together) {
		if err := w.q.insert(ctx, some); err != nil {
			return err
		}
	}
	return nil
}

// together is how many jobs one transaction inserts or wakes. The transaction must stay
// short, because all writers share one connection.
const together = 100

// insert asks for attempts at records, and wakes the jobs of those that sleep.
func (q *Queue) insert(ctx context.Context, ids []string) error {
	return q.inTx(ctx, func(tx *sql.Tx) error {
		params := make([]river.InsertManyParams, len(ids))
		for i, id := range ids {
			params[i] = river.InsertManyParams{Args: recordArgs{Record: id}, InsertOpts: unique(river.QueueDefault)}
		}
		results, err := q.client.InsertManyTx(ctx, tx, params)
		if err != nil {
			return err
		}
		for _, res := range results {
			if !asleep(res) || time.Until(res.Job.ScheduledAt) <= failedWait { // a shorter sleep follows a failure
				continue
			}
			if _, err := q.client.JobRetryTx(ctx, tx, res.Job.ID); err != nil {
				return err
			}
		}
		return nil
	})
}

func (q *Queue) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := q.o.DB.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

// hurry wakes every sleeping job after the clock was set back: the jobs would sleep until a
// time of the old clock.
func (q *Queue) hurry(ctx context.Context) error {
	before := river.NewJobListParams().First(together).States(rivertype.JobStateScheduled, rivertype.JobStateRetryable).OrderBy(river.JobListOrderByID, river.SortOrderAsc)
	for after := before; ; {
		res, err := q.client.JobList(ctx, after)
		if err != nil || len(res.Jobs) == 0 {
			return err
		}
		err = q.inTx(ctx, func(tx *sql.Tx) error {
			for _, job := range res.Jobs {
				if _, err := q.client.JobRetryTx(ctx, tx, job.ID); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || res.LastCursor == nil {
			return err
		}
		after = before.After(res.LastCursor)
	}
}
