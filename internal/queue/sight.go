package queue

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"
)

// A sightArgs asks for the read of one issue that is bound to nothing yet. All hints that
// come while the job waits share it.
type sightArgs struct {
	Binding string `json:"binding" river:"unique"`
	ID      string `json:"id" river:"unique"`
	Key     string `json:"key" river:"unique"`
	// After is the id of the running job that this one follows, 0 if none.
	After int64 `json:"after,omitempty" river:"unique"`
}

func (sightArgs) Kind() string { return "sight" }

// sightQueue is the queue of sightings. It is apart from that of polls, so that many hints do
// not delay polls.
const sightQueue = "sight"

// mostSightings is how many sightings wait at once. Beyond it the binding is polled: a
// listing reads many issues with one request.
const mostSightings = 200

// sightLater is the wait between a sighting that failed or did not fit in, and the poll that
// replaces it. It bounds how often hints lead to a poll.
const sightLater = 30 * time.Second

// Sight asks, in a transaction, for the read of one issue that is bound to nothing yet.
func (q *Queue) Sight(ctx context.Context, tx *sql.Tx, binding, issueID, key string) error {
	var waiting int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT 1 FROM river_job WHERE state IN ('available', 'scheduled', 'retryable') AND queue = $1 LIMIT $2)`,
		sightQueue, mostSightings).Scan(&waiting)
	if err != nil {
		return err
	}
	if waiting >= mostSightings {
		return q.Poll(ctx, tx, binding, q.later())
	}
	args := sightArgs{Binding: binding, ID: issueID, Key: key}
	res, err := q.client.InsertTx(ctx, tx, args, unique(sightQueue))
	if err != nil || !res.UniqueSkippedAsDuplicate || res.Job.State != rivertype.JobStateRunning {
		return err
	}
	args.After = res.Job.ID // the read that is under way may have been too early
	_, err = q.client.InsertTx(ctx, tx, args, unique(sightQueue))
	return err
}

// later returns when to poll a binding after one of its issues was not read.
func (q *Queue) later() time.Time { return q.o.Now().Add(sightLater) }

type sightWorker struct {
	river.WorkerDefaults[sightArgs]
	q *Queue
}

// Work reads one issue. A failure is not repeated: a poll finds the issue.
func (w *sightWorker) Work(ctx context.Context, job *river.Job[sightArgs]) error {
	a := job.Args
	err := w.q.o.Work.Sight(ctx, a.Binding, a.ID, a.Key)
	if err == nil {
		return nil
	}
	w.q.o.Log.Info("issue not read", zap.String("binding", a.Binding), zap.String("issue", a.Key), zap.Error(err))
	if _, err := w.q.client.Insert(ctx, pollArgs{Binding: a.Binding, Asked: true}, w.q.at(w.q.later())); err != nil {
		w.q.o.Log.Error("poll not asked for", zap.String("binding", a.Binding), zap.Error(err))
	}
	return nil
}

// Sight asks for the read of one issue that is bound to nothing yet.
func (q *Inline) Sight(ctx context.Context, tx *sql.Tx, binding, issueID, key string) error {
	q.mu.Lock()
	a := sightArgs{Binding: binding, ID: issueID, Key: key}
	known := slices.Contains(q.sightings, a)
	full := len(q.sightings) >= mostSightings
	if !known && !full {
		q.sightings = append(q.sightings, a)
	}
	q.wake()
	q.mu.Unlock()
	if known || !full {
		return nil
	}
	return q.Poll(ctx, tx, binding, q.o.Now().Add(sightLater))
}

// stepSighting reads one issue that was asked for, and reports whether there was one.
func (q *Inline) stepSighting(ctx context.Context) bool {
	q.mu.Lock()
	if len(q.sightings) == 0 {
		q.mu.Unlock()
		return false
	}
	a := q.sightings[0]
	q.sightings = q.sightings[1:]
	q.mu.Unlock()
	if err := q.o.Work.Sight(ctx, a.Binding, a.ID, a.Key); err != nil {
		q.o.Log.Info("issue not read", zap.String("binding", a.Binding), zap.String("issue", a.Key), zap.Error(err))
		_ = q.Poll(ctx, nil, a.Binding, q.o.Now().Add(sightLater)) // returns no error here
	}
	return true
}
