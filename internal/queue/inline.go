package queue

import (
	"context"
	"database/sql"
	"sync"
	"time"

	"go.uber.org/zap"
)

// An Inline is a job engine without jobs: it asks Work what wants to be looked at
// and does it, one step at a time, in the goroutine of its caller. It keeps the
// same promises as Queue and remembers nothing that a restart would need, because
// the store knows every reason.
//
// It is there for simulations, in which the order of steps must be the caller's.
type Inline struct {
	o Options

	mu      sync.Mutex
	working map[string]bool      // records and bindings at work
	asleep  map[string]time.Time // records to be left alone for a moment
	due     map[pollArgs]time.Time
	// sightings are the issues to be read, in the order in which they were asked for.
	sightings []sightArgs
	// rescan is when the store is asked anew although nothing was heard of.
	rescan time.Time
	woken  chan struct{}
}

// rescanEvery is how often River asks the store what it wants, whatever was heard, and
// inlineRescan how often the inline engine does: simulated time is full of nothing.
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

// Record asks for a look at a record. One that sleeps is woken.
func (q *Inline) Record(_ context.Context, _ *sql.Tx, id string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.asleep, id)
	q.rescan = time.Time{}
	q.wake()
	return nil
}

// Poll asks for a look at a binding at a time, past for at once.
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

// StepRecord looks at one record that wants it, and reports whether there was one.
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
		// A longer sleep is the store's to remember: it knows what may end it.
		q.asleep[id] = earlier(q.steady(next), time.Now().Add(failedWait))
	}
	return true, nil
}

// steady translates a time by the clock of Work, which may be set, into one by the
// steady clock, which timers go by.
func (q *Inline) steady(t time.Time) time.Time { return time.Now().Add(t.Sub(q.o.Now())) }

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// mayWant reports whether the store may want something that was not seen yet.
func (q *Inline) mayWant() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !time.Now().Before(q.rescan)
}

// take marks the first record that nobody works on and that is awake.
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

// StepPoll reads one issue that was asked for or looks at one binding that is due, and
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
	case q.due[p].IsZero(): // asked for again meanwhile
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

// Run steps with as many workers as Options say until ctx is done, then lets them
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

// loop steps until ctx is done. A step that found nothing is followed by a rest,
// which a hint ends for one of those that rest.
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
