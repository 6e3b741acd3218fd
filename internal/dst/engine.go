package dst

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
)

// workers is how many records are worked on at a time.
const workers = 2

var (
	errDead = errors.New("the process was killed")
	errFull = errors.New("database or disk is full")
)

// An engine is one start of the real daemon, without its listener.
type engine struct {
	w       *world
	dir     string
	next    string         // the data directory as a kill left it, "" while it lives
	disk    *disktest.Disk // holds the database in place of the directory, if power may fail
	left    *disktest.Disk // the disk as a power cut left it
	app     *app.App
	jobs    jobs
	claims  *claims // of two engines, nil for one
	hooks   http.Handler
	workers sync.WaitGroup
	dead    bool      // guarded by the world's lock, as is what follows
	frozen  time.Time // until when the process stands still
	began   time.Time // when it was started
	died    time.Time // when it was killed
}

// start starts the daemon in a data directory.
func (w *world) start(ctx context.Context, c *config.Config, dir string, disk *disktest.Disk) (*engine, error) {
	w.mu.Lock()
	w.starts++
	n := w.starts
	e := &engine{w: w, dir: dir, disk: disk, began: time.Now()}
	w.engine = e
	w.mu.Unlock()
	log := zap.NewNop()
	if w.verbose {
		log = zap.New(traceCore{w: w, level: zap.WarnLevel})
	}
	id := firstEngineID + (n*(workers+2))%(classes-firstEngineID)
	self := &actor{id, fmt.Sprintf("start%d", n)}
	ctx = withActor(ctx, self)
	if w.tampers() {
		c = tampered(c)
	}
	var driver store.Driver
	if disk != nil {
		driver = onDisk(disk)
	}
	a, err := app.Open(ctx, c, app.Options{
		Driver: driver, Now: w.now,
		Log: log, Base: &wire{w, e}, Dir: dir, Commit: e.commit,
		Jitter: evenly,
	})
	if err != nil && e.isDead() {
		return e, errors.Join(errDead, err) // what a disk says that was cut off
	}
	if err != nil {
		return e, err
	}
	e.app = a
	ids := make([]string, len(a.Bindings))
	for i, b := range a.Bindings {
		ids[i] = b.ID
	}
	w.limit(a)
	a.Ingest.Wake = func(ctx context.Context, t *store.Tx, id string) error { return e.jobs.Record(ctx, t.SQL(), id) }
	mux := http.NewServeMux()
	work := a.Work()
	if w.Second {
		e.claims = &claims{w: w, of: map[string]claim{}}
		work = &apart{Work: work, claims: e.claims}
	}
	o := queue.Options{Work: work, Bindings: ids, PollEvery: c.Sync.PollEvery, SweepEvery: c.Sync.SweepEvery, Log: log, Now: w.now}
	set := e.inline
	if w.River {
		set = e.river
	}
	run, err := set(o)
	if err != nil {
		return nil, err
	}
	mux.Handle("POST /hooks/{binding}", a.Inbox(e.jobs))
	e.hooks = mux
	if err := a.Started(ctx); err != nil && !e.isDead() {
		// The store refused: systemd would start it again.
		w.note(self.name, "did not start: %v", err)
	} else if err == nil {
		w.underAdopted(a.Reconciler.Policy)
	}
	w.lawful(a.Reconciler.Policy)
	run(ctx, n, id+1)
	if w.Second {
		return e, e.second(ctx, c, n, log, ids)
	}
	return e, nil
}

// limit sets how much an engine may write.
func (w *world) limit(a *app.App) {
	a.Reconciler.Brake.Limits = w.brake()
	for _, b := range a.Bindings {
		b.Credential.Limits = w.budget()
	}
}

// evenly waits for a whole number of microseconds before a read is tried again.
func evenly(d time.Duration) time.Duration { return d.Truncate(time.Microsecond) }

// onDisk is the way to the database on a disk, which is the same file for each start.
func onDisk(d *disktest.Disk) store.Driver {
	driver := storetest.OnDisk(d)
	open := driver.Open
	driver.Open = func(_, settings string, conns int) (*sql.DB, error) { return open("/"+store.File, settings, conns) }
	return driver
}

// freeze has the process stand still for d.
func (e *engine) freeze(d time.Duration) {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	e.frozen = time.Now().Add(d)
}

// thaw waits while the process stands still.
func (e *engine) thaw(a *actor) {
	for {
		d := e.standsStill()
		if d <= 0 {
			return
		}
		a.sleep(d)
	}
}

func (e *engine) standsStill() time.Duration {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	if e.dead {
		return 0
	}
	return time.Until(e.frozen)
}

func (e *engine) isDead() bool {
	e.w.mu.Lock()
	defer e.w.mu.Unlock()
	return e.dead
}

// commit is a commit of the store: it may fail, and the process may be killed just
// before and just after.
func (e *engine) commit(commit func() error) error {
	e.w.step(e, "before a commit")
	if e.isDead() {
		return errDead
	}
	if e.w.full() {
		return errFull
	}
	if err := commit(); err != nil {
		return err
	}
	e.w.step(e, "after a commit")
	return nil
}

// full reports whether there is no space on the disk now.
func (w *world) full() bool {
	failed := w.draw(w.disk, CommitFails)
	w.mu.Lock()
	defer w.mu.Unlock()
	if failed {
		w.fullUntil = time.Now().Add(w.Full)
	}
	return failed || !w.calm && time.Now().Before(w.fullUntil)
}

// kill takes the data directory as it is at this moment. What the old process does
// from now on reaches neither it nor the trackers. The caller holds the lock.
func (e *engine) kill() {
	e.dead, e.died = true, time.Now()
	e.next = filepath.Join(e.w.dir, fmt.Sprintf("data%d", e.w.starts+1))
	if err := copyData(e.dir, e.next); err != nil {
		panic(err)
	}
	if e.disk != nil {
		e.w.counts["power cut"]++
		e.left = e.disk.PowerCut(e.w.disk)
	}
	e.w.engine = nil
}

// close waits for the workers of a dead engine and closes it.
func (e *engine) close() {
	e.workers.Wait()
	_ = e.app.Close()
	if e.disk != nil {
		e.disk.Unmount()
	}
	_ = os.RemoveAll(e.dir)
}

// copyData copies what a data directory holds; the index of the write-ahead log is
// made anew from the log, as after a kill.
func copyData(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, f := range []string{store.File, store.File + "-wal", "audit.key", "audit.pub"} {
		b, err := os.ReadFile(filepath.Join(from, f))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, f), b, 0o600); err != nil {
			return err
		}
	}
	return nil
}
