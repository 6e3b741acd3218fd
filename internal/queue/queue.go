// Package queue runs the daemon's work on River, over the same SQLite connection
// as the register, so that a job is inserted in the transaction that makes it
// necessary.
//
// The queue only says when to work. Whether a record needs work is in the store: it is
// dirty as long as its generation is ahead of the observed one, and Rescan rebuilds every
// job from that. At most one live job exists for a record or a binding (a unique index over
// all live states). The last step of a job checks, in the transaction that completes it,
// whether the record became dirty again meanwhile.
package queue

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/clock"
)

// A Work implements the jobs.
type Work interface {
	// Record brings one record in step. It returns the time of the next attempt: zero waits
	// for a hint, a past time means at once. If nothing is left to do, it calls done in the
	// transaction that ends the attempt, so that the job and its reason end in one commit.
	Record(ctx context.Context, id string, done Done) (next time.Time, err error)
	// Poll polls one binding, or sweeps it if full. It returns the earliest time of the next
	// scan, zero for the next regular one.
	Poll(ctx context.Context, binding string, full bool) (next time.Time, err error)
	// Sight reads one issue that is bound to nothing yet, by its id or, if that is "", by its
	// key, and takes it in if the binding selects it.
	Sight(ctx context.Context, binding, issueID, key string) error
	// Dirty returns the records that may be worked on now.
	Dirty(ctx context.Context) ([]string, error)
}

// A Done completes the job of an attempt, in the transaction that ends the attempt.
type Done func(tx *sql.Tx) error

// Options say how a queue runs.
type Options struct {
	DB         *sql.DB
	Work       Work
	Bindings   []string
	PollEvery  time.Duration
	SweepEvery time.Duration
	Workers    int
	Log        *zap.Logger
	// Now is the clock of Work's times; nil is the real one.
	Now func() time.Time
	// Simulated is true if the process runs in simulated time. River's own statements then
	// take the time from the process and not from the database, which knows only the real one.
	Simulated bool
}

// processTime makes River take every time from the process.
type processTime struct{}

func (processTime) Now() time.Time       { return time.Now() }
func (processTime) NowOrNil() *time.Time { t := time.Now().UTC(); return &t }

// A Queue is a running or stopped job engine.
type Queue struct {
	o      Options
	client *river.Client[*sql.Tx]
	clock  *clock.Watch

	underway underway
}

type recordArgs struct {
	Record string `json:"record" river:"unique"`
}

func (recordArgs) Kind() string { return "record" }

type pollArgs struct {
	Binding string `json:"binding" river:"unique"`
	Full    bool   `json:"full" river:"unique"`
	// After is the id of the running job that this one follows, 0 if none.
	After int64 `json:"after,omitempty" river:"unique"`
	// Asked is false for the regular polls.
	Asked bool `json:"asked,omitempty" river:"unique"`
}

func (pollArgs) Kind() string { return "poll" }

type rescanArgs struct{}

func (rescanArgs) Kind() string { return "rescan" }

// pollQueue is the queue of polls, apart from that of records so that neither
// starves the other.
const pollQueue = "poll"

// rescanQueue is the queue of rescans, with a worker of its own: polls that hang must not
// delay the records whose time has come.
const rescanQueue = "rescan"

func unique(queue string) *river.InsertOpts {
	return &river.InsertOpts{Queue: queue, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}}}
}

// New returns a queue that does nothing yet.
func New(o Options) (*Queue, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Work = steady{o.Work}
	q := &Queue{o: o, clock: clock.New(o.Now)}
	ws := river.NewWorkers()
	river.AddWorker(ws, &recordWorker{q: q})
	river.AddWorker(ws, &pollWorker{q: q})
	river.AddWorker(ws, &rescanWorker{q: q})
	river.AddWorker(ws, &sightWorker{q: q})
	rc := &river.Config{
		Logger:  logger(o.Log),
		Workers: ws,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: max(1, o.Workers)},
			pollQueue:          {MaxWorkers: max(2, len(o.Bindings))},
			rescanQueue:        {MaxWorkers: 1},
			sightQueue:         {MaxWorkers: max(2, len(o.Bindings))},
		},
		Middleware:                  []rivertype.Middleware{&q.underway},
		PeriodicJobs:                q.periodic(),
		JobTimeout:                  5 * time.Minute,
		RescueStuckJobsAfter:        6 * time.Minute,
		FetchCooldown:               20 * time.Millisecond,
		CompletedJobRetentionPeriod: time.Hour, // the audit log, not the queue, is the history
		DiscardedJobRetentionPeriod: -1,
		SoftStopTimeout:             20 * time.Second,
	}
	if o.Simulated {
		rc.Test.Time = processTime{}
	}
	c, err := river.NewClient(newDriver(o.DB), rc)
	if err != nil {
		return nil, fmt.Errorf("job queue: %w", err)
	}
	q.client = c
	return q, nil
}

func (q *Queue) periodic() []*river.PeriodicJob {
	jobs := []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(rescanEvery),
		func() (river.JobArgs, *river.InsertOpts) { return rescanArgs{}, unique(rescanQueue) },
		&river.PeriodicJobOpts{RunOnStart: true})}
	for _, b := range q.o.Bindings {
		jobs = append(jobs,
			river.NewPeriodicJob(river.PeriodicInterval(q.o.PollEvery),
				func() (river.JobArgs, *river.InsertOpts) { return pollArgs{Binding: b}, unique(pollQueue) },
				nil),
			river.NewPeriodicJob(river.PeriodicInterval(q.o.SweepEvery),
				func() (river.JobArgs, *river.InsertOpts) { return pollArgs{Binding: b, Full: true}, unique(pollQueue) },
				nil))
	}
	return jobs
}

// Run works until ctx is done, then waits for running jobs to end.
func (q *Queue) Run(ctx context.Context) error {
	start, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	if err := q.takeOver(ctx); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	if err := q.client.Start(start); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	for _, b := range q.o.Bindings {
		if _, err := q.client.Insert(ctx, pollArgs{Binding: b}, unique(pollQueue)); err != nil {
			q.o.Log.Error("first poll", zap.String("binding", b), zap.Error(err))
		}
	}
	watched := make(chan struct{})
	go func() { defer close(watched); q.strays(ctx) }()
	<-ctx.Done()
	<-watched
	stop, done := context.WithTimeout(start, 25*time.Second)
	defer done()
	return q.client.Stop(stop)
}

// takeOver frees the jobs and the leadership that a killed daemon held. A data directory has
// one daemon, so a job that is marked as running at its start is not running. Without this,
// the record of such a job would wait until River rescues stuck jobs, and every timer until
// the term of the dead leader ends.
func (q *Queue) takeOver(ctx context.Context) error {
	for _, stmt := range []string{
		"UPDATE river_job SET state = 'available' WHERE state = 'running'",
		"DELETE FROM river_leader",
	} {
		if _, err := q.o.DB.ExecContext(ctx, stmt); err != nil {
			return err
		}
	}
	return nil
}

// Record asks, in a transaction, for an attempt at a record. It wakes a record that sleeps
// until a later time, because the event that it waits for may just have happened.
func (q *Queue) Record(ctx context.Context, tx *sql.Tx, id string) error {
	res, err := q.client.InsertTx(ctx, tx, recordArgs{Record: id}, unique(river.QueueDefault))
	if err != nil || !asleep(res) {
		return err
	}
	_, err = q.client.JobRetryTx(ctx, tx, res.Job.ID)
	return err
}

// asleep reports whether the job that prevented an insert waits for its time. The job's state
// does not tell: River calls a job available that waits for a few seconds, and still calls a
// job scheduled whose time has just come.
func asleep(res *rivertype.JobInsertResult) bool {
	if !res.UniqueSkippedAsDuplicate {
		return false
	}
	switch res.Job.State {
	case rivertype.JobStateScheduled, rivertype.JobStateRetryable:
		return true
	case rivertype.JobStateAvailable:
		return time.Until(res.Job.ScheduledAt) > 0
	}
	return false
}

// Poll asks, in a transaction, for a poll of a binding at a time; a past time means at once.
// Several requests make one job; the regular polls go on beside it. A poll that is running
// may already have passed the page with the change, so that another one follows it.
func (q *Queue) Poll(ctx context.Context, tx *sql.Tx, binding string, at time.Time) error {
	args := pollArgs{Binding: binding, Asked: true}
	res, err := q.client.InsertTx(ctx, tx, args, q.at(at))
	if err != nil || !res.UniqueSkippedAsDuplicate || res.Job.State != rivertype.JobStateRunning {
		return err
	}
	args.After = res.Job.ID
	_, err = q.client.InsertTx(ctx, tx, args, q.at(at))
	return err
}

// at schedules a poll at a time by the clock of Work.
func (q *Queue) at(t time.Time) *river.InsertOpts {
	o := unique(pollQueue)
	if wait := t.Sub(q.o.Now()); wait > 0 {
		o.ScheduledAt = time.Now().Add(wait)
	}
	return o
}
