package queue_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// patience bounds every wait. River's own pace is about a second, and on a machine that
// does much else a second becomes many.
const patience = 2 * time.Minute

// A fixture is a queue over a real store. What a job does is said by each test; the
// reasons to look at a record are counted by the store, as in the daemon.
type fixture struct {
	*testing.T
	dir   string
	store *store.Store
	river bool // else the inline engine
	q     engine
	stop  func()

	mu       sync.Mutex
	inside   map[string]int
	overlap  int
	attempts chan string
	do       func(id string) (time.Time, error)
	wanting  func() error

	bindings []string
	polls    chan string
	poll     func() (time.Time, error)
	sights   chan string
	sight    func(key string) error
}

// An engine is what keeps the contract that these tests state.
type engine interface {
	Run(ctx context.Context) error
	Record(ctx context.Context, tx *sql.Tx, id string) error
	Poll(ctx context.Context, tx *sql.Tx, binding string, at time.Time) error
	Sight(ctx context.Context, tx *sql.Tx, binding, issueID, key string) error
}

// eachEngine runs a test of the contract with every engine.
func eachEngine(t *testing.T, test func(t *testing.T, b *fixture)) {
	t.Helper()
	t.Parallel()
	for name, river := range map[string]bool{"river": true, "inline": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, newBench(t, river))
		})
	}
}

func newBench(t *testing.T, river bool) *fixture {
	b := &fixture{T: t, river: river, dir: t.TempDir(), inside: map[string]int{}, attempts: make(chan string, 1000), polls: make(chan string, 1000), sights: make(chan string, 1000), stop: func() {}}
	b.do = func(string) (time.Time, error) { return time.Time{}, nil }
	b.open()
	t.Cleanup(func() { b.stop(); _ = b.store.Close() })
	return b
}

func (b *fixture) open() {
	b.Helper()
	private, _, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		b.Fatal(err)
	}
	signer, err := tree.NewSigner(private)
	if err != nil {
		b.Fatal(err)
	}
	b.store, err = store.Open(b.Context(), store.Options{Dir: b.dir, Log: auditlog.Open(signer, signer.Name())})
	if err != nil {
		b.Fatal(err)
	}
}

// start runs the queue until the returned stop, or the end of the test.
func (b *fixture) start() {
	b.Helper()
	o := queue.Options{
		DB: b.store.DB(), Work: b, Workers: 4, Bindings: b.bindings, PollEvery: time.Hour, SweepEvery: time.Hour, Log: zaptest.NewLogger(b.T),
	}
	if b.river {
		q, err := queue.New(o)
		if err != nil {
			b.Fatal(err)
		}
		b.q = q
	} else {
		b.q = queue.NewInline(o)
	}
	ctx, cancel := context.WithCancel(b.Context())
	over := make(chan error, 1)
	go func() { over <- b.q.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-over; err != nil {
			b.Errorf("Run() = %v, want nil", err)
		}
	})
}

func (b *fixture) record() string {
	b.Helper()
	var id string
	b.write(func(t *store.Tx) error {
		r, err := t.NewRecord(b.Context(), "NC", register.Record{})
		id = r.ID
		return err
	})
	return id
}

func (b *fixture) write(fn func(*store.Tx) error) {
	b.Helper()
	if err := b.store.Write(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

// hint notes a reason to look at a record, with its job in the same transaction.
func (b *fixture) hint(id string) {
	b.Helper()
	b.write(func(t *store.Tx) error {
		if err := t.MarkDirty(b.Context(), id); err != nil {
			return err
		}
		return b.q.Record(b.Context(), t.SQL(), id)
	})
}

// attempt waits for the next attempt of a record.
func (b *fixture) attempt(id string) {
	b.Helper()
	late := time.After(patience)
	for {
		select {
		case got := <-b.attempts:
			if got == id {
				return
			}
		case <-late:
			b.Fatalf("no attempt of the record within %s", patience)
		}
	}
}

// Record does one attempt: it sees to the reasons that were there when it began.
func (b *fixture) Record(ctx context.Context, id string, done queue.Done) (time.Time, error) {
	b.mu.Lock()
	if b.inside[id]++; b.inside[id] > 1 {
		b.overlap++
	}
	do := b.do
	b.mu.Unlock()
	leave := sync.OnceFunc(func() {
		b.mu.Lock()
		b.inside[id]--
		b.mu.Unlock()
	})
	defer leave()
	var row store.Row
	err := b.store.Write(ctx, func(t *store.Tx) (err error) {
		row, err = t.Acquire(ctx, id)
		return err
	})
	if err != nil {
		return time.Time{}, err
	}
	b.attempts <- id
	next, err := do(id)
	if err != nil {
		return time.Time{}, err
	}
	return next, b.store.Write(ctx, func(t *store.Tx) error {
		again, err := t.Finish(ctx, id, row.Fence, row.Generation, next, "")
		if err != nil || again || !next.IsZero() {
			return err
		}
		if err := done(t.SQL()); err != nil {
			return err
		}
		leave() // the commit ends the attempt, and the next one may begin before Write returns
		return nil
	})
}

func (b *fixture) Poll(_ context.Context, binding string, _ bool) (time.Time, error) {
	b.polls <- binding
	if b.poll == nil {
		return time.Time{}, nil
	}
	return b.poll()
}

func (b *fixture) Dirty(ctx context.Context) ([]string, error) {
	b.mu.Lock()
	wanting := b.wanting
	b.mu.Unlock()
	if wanting != nil {
		if err := wanting(); err != nil {
			return nil, err
		}
	}
	return b.store.Dirty(ctx, time.Now(), 100)
}

// At most one attempt of a record runs at a time, however many hints arrive, and no
// hint is left unseen.
func TestOneTurnPerRecord(t *testing.T) { eachEngine(t, testOneTurnPerRecord) }

func testOneTurnPerRecord(t *testing.T, b *fixture) {
	t.Helper()
	ids := []string{b.record(), b.record(), b.record()}
	b.start()
	var wg sync.WaitGroup
	for _, id := range ids {
		for range 3 {
			wg.Go(func() {
				for range 20 {
					b.hint(id)
				}
			})
		}
	}
	wg.Wait()
	b.settled(ids...)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.overlap > 0 {
		t.Errorf("%d attempts ran beside another of the same record, want 0", b.overlap)
	}
}

// settled waits until no record has a reason left that was not seen to.
func (b *fixture) settled(ids ...string) {
	b.Helper()
	late := time.After(patience)
	for _, id := range ids {
		for {
			r, err := b.store.Record(b.Context(), id)
			if err != nil {
				b.Fatal(err)
			}
			if r.ObservedGeneration == r.Generation {
				break
			}
			select {
			case <-b.attempts:
			case <-time.After(100 * time.Millisecond):
			case <-late:
				b.Fatalf("%d of %d reasons seen to after %s", r.ObservedGeneration, r.Generation, patience)
			}
		}
	}
}

// A hint that arrives while the record is being worked on leads to another attempt.
func TestHintDuringTurn(t *testing.T) { eachEngine(t, testHintDuringTurn) }

func testHintDuringTurn(t *testing.T, b *fixture) {
	t.Helper()
	id := b.record()
	going := make(chan struct{})
	b.do = func(string) (time.Time, error) { <-going; return time.Time{}, nil }
	b.start()
	b.hint(id)
	b.attempt(id)
	b.hint(id)
	close(going)
	b.attempt(id)
	b.settled(id)
}

// A record that asked to be looked at later is, and the poll of its own time comes.
func TestWakesByItself(t *testing.T) { eachEngine(t, testWakesByItself) }

func testWakesByItself(t *testing.T, b *fixture) {
	t.Helper()
	id := b.record()
	var first sync.Once
	b.do = func(string) (next time.Time, err error) {
		first.Do(func() { next = time.Now().Add(2 * time.Second) })
		return next, nil
	}
	b.start()
	b.hint(id)
	b.attempt(id)
	b.attempt(id)
}

// A record that sleeps for an hour, say because a tracker refused a write, is
// looked at at once when something about it changes.
func TestHintWakesSleeper(t *testing.T) { eachEngine(t, testHintWakesSleeper) }

func testHintWakesSleeper(t *testing.T, b *fixture) {
	t.Helper()
	id := b.record()
	b.do = func(string) (time.Time, error) { return time.Now().Add(time.Hour), nil }
	b.start()
	b.hint(id)
	b.attempt(id)
	b.asleep(id)
	b.hint(id)
	b.attempt(id)
}

// asleep waits until the record's job sleeps.
func (b *fixture) asleep(string) {
	b.Helper()
	if !b.river {
		return // it sleeps with the end of the attempt
	}
	late := time.After(patience)
	for {
		var n int
		if err := b.store.Reader().QueryRowContext(b.Context(), "SELECT count(*) FROM river_job WHERE kind = 'record' AND state = 'scheduled'").Scan(&n); err != nil {
			b.Fatal(err)
		}
		if n > 0 {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-late:
			b.Fatal("the job does not sleep")
		}
	}
}

// A hint whose job insert fell into the gap between an attempt's end and its sleep is
// found by the rescan: the store knows the reason.
func TestRescanWakesSleeper(t *testing.T) { eachEngine(t, testRescanWakesSleeper) }

func testRescanWakesSleeper(t *testing.T, b *fixture) {
	t.Helper()
	id := b.record()
	b.do = func(string) (time.Time, error) { return time.Now().Add(time.Hour), nil }
	b.start()
	b.hint(id)
	b.attempt(id)
	b.asleep(id)
	b.write(func(t *store.Tx) error { return t.MarkDirty(b.Context(), id) })
	b.attempt(id)
}

// After a restart every record that wants it is looked at, also one whose job was
// running when the daemon was killed.
func TestRestart(t *testing.T) { eachEngine(t, testRestart) }

func testRestart(t *testing.T, b *fixture) {
	t.Helper()
	lost, killed := b.record(), b.record()
	b.start()
	b.attempt(lost)
	b.settled(lost, killed)
	b.stop()

	// What a kill leaves: a job that says it is running, a leader that says it leads,
	// and a reason whose job was never inserted.
	b.write(func(t *store.Tx) error {
		if !b.river {
			return errors.Join(t.MarkDirty(b.Context(), killed), t.MarkDirty(b.Context(), lost))
		}
		if err := b.q.Record(b.Context(), t.SQL(), killed); err != nil {
			return err
		}
		for _, stmt := range []string{
			"UPDATE river_job SET state = 'running', attempted_at = datetime('now'), attempt = 1 WHERE state = 'available' AND kind = 'record'",
			"INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (datetime('now'), datetime('now', '+1 hour'), 'the dead', 'default')",
		} {
			if _, err := t.ExecContext(b.Context(), stmt); err != nil {
				return err
			}
		}
		return t.MarkDirty(b.Context(), lost)
	})
	for len(b.attempts) > 0 {
		<-b.attempts
	}
	b.start()
	seen := map[string]bool{}
	late := time.After(patience)
	for !seen[lost] || !seen[killed] {
		select {
		case id := <-b.attempts:
			seen[id] = true
		case <-late:
			t.Fatalf("after a restart: the killed record looked at: %v, the lost one: %v", seen[killed], seen[lost])
		}
	}
}

// A rescan that fails is not put off: the next one comes at its time.
func TestRescanFails(t *testing.T) { eachEngine(t, testRescanFails) }

func testRescanFails(t *testing.T, b *fixture) {
	t.Helper()
	failed := make(chan struct{})
	var once sync.Once
	b.wanting = func() (err error) {
		once.Do(func() { err = errors.New("the disk is full"); close(failed) })
		return err
	}
	b.start()
	select {
	case <-failed:
	case <-time.After(patience):
		t.Fatal("no rescan")
	}
	b.attempt(b.record())
}

// Every binding is looked at when the daemon starts, and again when a delivery asks
// for it, also while a look at it is under way.
func TestPolls(t *testing.T) { eachEngine(t, testPolls) }

func testPolls(t *testing.T, b *fixture) {
	t.Helper()
	b.bindings = []string{"jira", "github"}
	b.start()
	b.polled("jira", "github")
	b.write(func(t *store.Tx) error { return b.q.Poll(b.Context(), t.SQL(), "github", time.Time{}) })
	b.polled("github")
}

// Trackers that hang hold every worker of the polls, and delay no record whose time has
// come without a job.
func TestHungPollsDelayNoRecord(t *testing.T) { eachEngine(t, testHungPollsDelayNoRecord) }

func testHungPollsDelayNoRecord(t *testing.T, b *fixture) {
	t.Helper()
	b.bindings = []string{"jira", "github"}
	hung := make(chan struct{})
	b.poll = func() (time.Time, error) { <-hung; return time.Time{}, nil }
	id := b.record()
	b.start()
	t.Cleanup(sync.OnceFunc(func() { close(hung) })) // before the queue is stopped
	b.polled("jira", "github")
	b.write(func(t *store.Tx) error { return t.MarkDirty(b.Context(), id) })
	b.attempt(id)
}

// polled waits until each of some bindings was looked at.
func (b *fixture) polled(want ...string) {
	b.Helper()
	late := time.After(patience)
	for len(want) > 0 {
		select {
		case got := <-b.polls:
			want = slices.DeleteFunc(want, func(w string) bool { return w == got })
		case <-late:
			b.Fatalf("%v not looked at within %s", want, patience)
		}
	}
}

// A record whose attempt fails is tried again, and holds up no other.
func TestFailedTurn(t *testing.T) { eachEngine(t, testFailedTurn) }

func testFailedTurn(t *testing.T, b *fixture) {
	t.Helper()
	bad, good := b.record(), b.record()
	b.do = func(id string) (time.Time, error) {
		if id == bad {
			return time.Time{}, errors.New("no space left on device")
		}
		return time.Time{}, nil
	}
	b.start()
	b.hint(bad)
	b.attempt(bad)
	b.hint(good)
	b.settled(good)
}

// A job that panics is one that failed: the process goes on, others are done, and
// the record is tried again.
func TestPanic(t *testing.T) { eachEngine(t, testPanic) }

func testPanic(t *testing.T, b *fixture) {
	t.Helper()
	bad, good := b.record(), b.record()
	var once sync.Once
	b.do = func(id string) (time.Time, error) {
		if id == bad {
			once.Do(func() { panic("index out of range") })
		}
		return time.Time{}, nil
	}
	b.start()
	b.hint(bad)
	b.attempt(bad)
	b.hint(good)
	b.settled(good)
	b.settled(bad)
}

// A hint wakes a record at once, however River notes that it waits: one that waits for a
// few seconds is available already, and one whose time has come is scheduled until River
// looks.
func TestHintWakesAtOnce(t *testing.T) {
	t.Parallel()
	for _, waits := range []struct{ state, until string }{
		{"scheduled", "+1 hour"},
		{"scheduled", "-2 seconds"},
		{"retryable", "-2 seconds"},
		{"available", "+4 seconds"},
	} {
		b := newBench(t, true)
		q, err := queue.New(queue.Options{DB: b.store.DB(), Work: b, Workers: 1, PollEvery: time.Hour, SweepEvery: time.Hour, Log: zaptest.NewLogger(t)})
		if err != nil {
			t.Fatal(err)
		}
		hint := func() { b.write(func(tx *store.Tx) error { return q.Record(t.Context(), tx.SQL(), "one") }) }
		hint()
		b.write(func(tx *store.Tx) error {
			_, err := tx.SQL().ExecContext(t.Context(), "UPDATE river_job SET state = $1, scheduled_at = datetime('now', 'subsec', $2)", waits.state, waits.until)
			return err
		})
		hint()
		var n int
		if err := b.store.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM river_job WHERE state = 'available' AND scheduled_at <= datetime('now', 'subsec')").Scan(&n); err != nil || n != 1 {
			t.Errorf("%s until %s: %d jobs can be worked on, %v, want the one that was asked for", waits.state, waits.until, n, err)
		}
	}
}

// A job that is marked as running and that nobody works on, because the database could not
// be told that it had ended, does not stand in the way of others for long. One that was
// just fetched is left alone.
func TestStrayJob(t *testing.T) {
	t.Parallel()
	b := newBench(t, true)
	q, err := queue.New(queue.Options{DB: b.store.DB(), Work: b, Workers: 1, PollEvery: time.Hour, SweepEvery: time.Hour, Log: zaptest.NewLogger(t)})
	if err != nil {
		t.Fatal(err)
	}
	for name, ago := range map[string]string{"stray": "-2 minutes", "fetched": "-2 seconds"} {
		b.write(func(tx *store.Tx) error {
			_, err := tx.SQL().ExecContext(t.Context(), `INSERT INTO river_job (args, kind, max_attempts, queue, state, attempted_at, attempt)
VALUES ($1, 'record', 25, 'default', 'running', datetime('now', $2), 1)`, `{"record":"`+name+`"}`, ago)
			return err
		})
	}
	if err := queue.FreeStrays(t.Context(), q); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"stray": "available", "fetched": "running"} {
		var state string
		if err := b.store.DB().QueryRowContext(t.Context(), "SELECT state FROM river_job WHERE args = $1", `{"record":"`+name+`"}`).Scan(&state); err != nil || state != want {
			t.Errorf("the job %q is %q, %v, want %s", name, state, err, want)
		}
	}
}
