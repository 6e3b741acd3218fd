package queue

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"go.uber.org/zap"
)

// An Inline is a job engine without stored jobs: it asks Work which records are dirty
// and works on them, one step at a time, in the goroutine of its caller. It keeps the
// same promises as Queue. A restart loses nothing, because the store knows which records
// are dirty.
//
// It exists for simulations, in which the caller decides the order of the steps.
type Inline struct {
	o Options

	mu      sync.Mutex
	working map[string]bool      // records and bindings that a worker has taken
	asleep  map[string]time.Time // records to be left alone for a moment
	due     map[pollArgs]time.Time
	// sightings are the issues to be read, in the order in which they were asked for.
	sightings []sightArgs
	// rescan is when the store is asked again even without a hint.
	rescan time.Time
	woken  chan struct{}
}

// rescanEvery is how often River asks the store for dirty records, even without a hint.
// The inline engine does so every inlineRescan: less often, because in simulated time most
// hours are empty.
const (
	rescanEvery  = 5 * time.Second
	inlineRescan = 15 * time.Second
)

// NewInline returns an engine whose first polls are due at once.
func NewInline(o Options) *Inline {
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Work = steady{o.Work}
	q := &Inline{o: o, working: map[string]bool{}, asleep: map[string]time.Time{}, due: map[pollArgs]time.Time{}, woken: make(chan struct{}, 1)}
	for _, b := range o.Bindings {
		q.due[pollArgs{Binding: b}] = time.Time{}
		q.due[pollArgs{Binding: b, Full: true}] = time.Now().Add(o.SweepEvery)
	}
	return q
}

// Record asks for an attempt at a record. It wakes a record that sleeps.
func (q *Inline) Record(_ context.Context, _ *sql.Tx, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.asleep, id)
	q.rescan = time.Time{}
	q.wake()
	return nil
}

// Poll asks for a poll of a binding at a time; a past time means at once.
func (q *Inline) Poll(_ context.Context, _ *sql.Tx, binding string, at time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	p := pollArgs{Binding: binding}
	switch due := q.steady(at); {
	case !at.After(q.o.Now()):
		q.due[p] = time.Time{}
		q.wake()
	case due.Before(q.due[p]):
		q.due[p] = due
	}
	return nil
}

// wake says that there may be something to do. The caller holds the lock.
func (q *Inline) wake() {
	select {
	case q.woken <- struct{}{}:
	default:
	}
}

// StepRecord works on one dirty record, and reports whether there was one.
func (q *Inline) StepRecord(ctx context.Context) (bool, error) {
	if !q.mayWant() {
		return false, nil
	}
	ids, err := q.o.Work.Dirty(ctx)
	if err != nil {
		return false, err
	}
	id, ok := q.take(ids)
	if !ok {
		q.mu.Lock()
		q.rescan = time.Now().Add(inlineRescan)
		q.mu.Unlock()
		return false, nil
	}
	next, err := q.o.Work.Record(ctx, id, func(*sql.Tx) error { return nil })
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.working, id)
	q.rescan = time.Time{}
	switch {
	case err != nil:
		q.o.Log.Error("record failed", zap.String("nonconformity", id), zap.Error(err))
		q.asleep[id] = time.Now().Add(failedWait)
	case !next.IsZero():
		// The store remembers a longer sleep, because it knows what may end it.
		q.asleep[id] = earlier(q.steady(next), time.Now().Add(failedWait))
	}
	return true, nil
}

// steady converts a time of Work's clock, which people may set, into one of the monotonic
// clock, which timers use.
func (q *Inline) steady(t time.Time) time.Time { return time.Now().Add(t.Sub(q.o.Now())) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// mayWant reports whether the store may have dirty records that were not taken yet.
func (q *Inline) mayWant() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !time.Now().Before(q.rescan)
}

// take marks the first record that is awake and that no worker has taken.
func (q *Inline) take(ids []string) (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, id := range ids {
		if q.working[id] || now.Before(q.asleep[id]) {
			continue
		}
		delete(q.asleep, id)
		q.working[id] = true
		return id, true
	}
	return "", false
}

// StepPoll reads one issue that was asked for, or polls one binding that is due, and
// reports whether there was one.
func (q *Inline) StepPoll(ctx context.Context) bool {
	if q.stepSighting(ctx) {
		return true
	}
	p, ok := q.takePoll()
	if !ok {
		return false
	}
	next, err := q.o.Work.Poll(ctx, p.Binding, p.Full)
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.working, p.Binding)
	every := q.o.PollEvery
	if p.Full {
		every = q.o.SweepEvery
	}
	switch {
	case err != nil:
		q.o.Log.Warn("poll failed", zap.String("binding", p.Binding), zap.Error(err))
		q.due[p] = time.Now().Add(failedWait)
	case !next.IsZero():
		q.due[p] = q.steady(next)
	case q.due[p].IsZero(): // another poll was asked for meanwhile
	default:
		q.due[p] = time.Now().Add(every)
	}
	return true
}

// takePoll marks the first binding that is due, in the order of the configuration.
func (q *Inline) takePoll() (pollArgs, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	for _, b := range q.o.Bindings {
		for _, p := range []pollArgs{{Binding: b}, {Binding: b, Full: true}} {
			if q.working[b] || now.Before(q.due[p]) {
				continue
			}
			q.working[b] = true
			q.due[p] = now
			return p, true
		}
	}
	return pollArgs{}, false
}

// Run steps with as many workers as Options say until ctx is done, then waits for them to
// end.
func (q *Inline) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	work := context.WithoutCancel(ctx)
	for range max(1, q.o.Workers) {
		wg.Go(func() {
			q.loop(ctx, func() bool {
				did, err := q.StepRecord(work)
				if err != nil {
					q.o.Log.Error("rescan failed", zap.Error(err))
				}
				return did
			})
		})
	}
	for range max(1, len(q.o.Bindings)) {
		wg.Go(func() { q.loop(ctx, func() bool { return q.StepPoll(work) }) })
	}
	wg.Wait()
	return nil
}

// loop steps until ctx is done. After a step that found nothing it waits; a hint ends the
// wait of one worker.
func (q *Inline) loop(ctx context.Context, step func() bool) {
	const rest = 250 * time.Millisecond
	for ctx.Err() == nil {
		if step() {
			continue
		}
		t := time.NewTimer(rest)
		select {
		case <-ctx.Done():
		case <-q.woken:
		case <-t.C:
		}
		t.Stop()
	}
}
