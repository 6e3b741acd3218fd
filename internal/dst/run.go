package dst

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap/zapcore"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// settleWithin is how long all may take to settle after people have gone home: whatever
// was put off for an hour has been tried again by then, and swept.
const settleWithin = 150 * time.Minute

// A Result is what a simulation showed.
type Result struct {
	Violations []string
	Trace      uint64
	Lines      []string // the trace, if asked for
	Steps      int
	Requests   int
	Writes     int
	Edits      int
	Records    int
	Fake       time.Duration
	Counts     map[string]int // faults that happened, by kind
	Final      string         // the register and both trackers at the end, without times
}

// A Template is a data directory that was just set up, to begin every simulation
// from: setting one up takes longer than a simulation.
type Template struct {
	dir  string
	disk *disktest.Disk // with the same database, for simulations in which power fails
}

// NewTemplate sets up a data directory in dir. It is called outside of any bubble.
func NewTemplate(ctx context.Context, dir string) (*Template, error) {
	t := &Template{dir: filepath.Join(dir, "template")}
	c, err := t.load(ctx, Swarm(1), nil)
	if err != nil {
		return nil, err
	}
	t.disk = disktest.New()
	for _, driver := range []store.Driver{onDisk(t.disk), store.SQLite()} {
		a, err := app.Open(ctx, c, app.Options{Dir: t.dir, Driver: driver})
		if err != nil {
			return nil, err
		}
		if err := a.Close(); err != nil {
			return nil, err
		}
	}
	t.disk.Unmount()
	return t, nil
}

// load makes the configuration for some options.
func (t *Template) load(ctx context.Context, o Options, w *rehearsal.World) (*config.Config, error) {
	if w == nil {
		var err error
		if w, err = rehearsal.Start(ctx, rehearsal.Options{InMemory: true}); err != nil {
			return nil, err
		}
		defer func() { _ = w.Close() }()
	}
	text, err := w.Config(rehearsal.Settings{
		DataDir: t.dir, PollEvery: o.Poll.String(), SweepEvery: o.Sweep.String(), Grace: "1m", JiraMode: o.JiraMode, GitHubMode: o.GitHubMode, JiraTwin: o.JiraTwin, GitHubTwin: o.GitHubTwin, LabelSets: o.LabelSets, WaitingDays: o.Wait, Platform: o.Team, App: o.App, Conflict: o.Policy,
	})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(t.dir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(t.dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	return config.Load(path, rehearsal.Env)
}

// Run plays one simulation, inside a bubble of testing/synctest. Dir is empty and
// is left so.
func (t *Template) Run(o Options, dir string, verbose bool) (res Result, err error) {
	w := newWorld(o, dir, verbose)
	w.template = t.dir
	ctx := withActor(context.Background(), &actor{0, "set-up"}) //nolint:forbidigo // a simulation has no caller that could end it
	w.trackers, err = rehearsal.Start(ctx, rehearsal.Options{
		InMemory: true, Lag: o.Lag, JiraPageSize: o.JiraPageSize, GitHubPageSize: o.GitHubPageSize, LabelSets: o.LabelSets, Deployment: o.deployment(), App: o.App,
		Clock: simkit.NewClock(time.Now().Add(o.JiraSkew)), GitHubClock: simkit.NewClock(time.Now().Add(o.GitHubSkew)),
	})
	if err != nil {
		return res, err
	}
	if o.Team {
		if err := w.trackers.AddPlatform(ctx); err != nil {
			return res, err
		}
	}
	for _, c := range []*simkit.Courier{w.trackers.Jira.Courier(), w.trackers.GitHub.Courier()} {
		c.Hold()
	}
	if err := w.trackers.Webhooks(ctx, "http://127.0.0.1:9"); err != nil {
		return res, err
	}
	c, err := t.load(ctx, o, w.trackers)
	if err != nil {
		return res, err
	}
	first := filepath.Join(dir, "data0")
	if err := copyData(t.dir, first); err != nil {
		return res, err
	}
	w.killAt = slices.Clone(o.Kills)
	var disk *disktest.Disk
	if o.Power {
		disk = t.disk.Copy()
	}
	stop, over := make(chan struct{}), make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() { w.courier(stop) })
	if o.Adversary {
		others.Go(w.adversary)
	}
	if o.Admin {
		others.Go(w.administrate)
	}
	if o.Insider {
		others.Go(w.insider)
	}
	go w.supervise(ctx, t, c, first, disk, over)
	if o.Steps {
		others.Go(w.misset)
	}
	others.Go(func() { w.manage(ctx) })
	if o.Outage.Side != "" {
		others.Go(func() { w.fail(ctx) })
	}

	w.agitate()
	quiet := &actor{0, "quiet"}
	quiet.sleep(time.Millisecond)
	if o.Wait > 0 {
		w.wait(quiet)
	}
	if o.Steps {
		w.set(0)
	}
	w.progressed(ctx)
	w.undo()
	w.putRight()
	w.mu.Lock()
	w.calm, w.calmSince = true, time.Now()
	w.mu.Unlock()
	// A sweep may still find what an index that lags did not show to the first one.
	rest := 3*w.Poll + w.Lag
	if w.sweeps() {
		rest = max(3*w.Poll, w.Sweep+2*time.Minute) + w.Lag
	}
	w.settle(ctx, quiet, rest)
	w.probeLatency(ctx, quiet)
	w.settle(ctx, quiet, 3*w.Poll+w.Lag)
	settled, asked, logged := w.writes(), w.sentSoFar(), w.logSize(ctx)
	quiet.sleep(w.Silence)
	if n := w.writes() - settled; n > 0 {
		w.violated("S6", "%d writes in silence", n)
	}
	w.idle(w.sentSoFar()-asked, w.Silence)
	w.idleLog(ctx, w.logSize(ctx)-logged)
	w.asleep(ctx, w.engine)
	close(stop)
	others.Wait()
	w.pause(ctx, quiet)
	w.mu.Lock()
	e := w.engine
	e.dead = true
	w.mu.Unlock()
	close(over)
	e.workers.Wait()
	quiet.sleep(time.Minute) // timers of requests that nobody waits for any more run out
	w.check(ctx, e)
	res = Result{
		Violations: w.found, Trace: w.trace.Sum64(), Lines: w.lines, Steps: w.steps, Requests: w.requests,
		Writes: settled, Edits: len(w.edits), Fake: time.Since(w.began), Counts: w.counts,
	}
	rows, err := e.app.Store.Records(ctx)
	res.Records = len(rows)
	res.Final = w.final(rows)
	err = errors.Join(err, e.app.Close(), w.trackers.Close(), os.RemoveAll(dir))
	if e.disk != nil {
		e.disk.Unmount()
	}
	return res, err
}

// settle waits until nothing is left to be done: no record wants to be looked at,
// no write waits for its outcome, nothing is put off, each binding has been looked at
// since the last lagging answer, and nothing was written for some rest.
func (w *world) settle(ctx context.Context, a *actor, rest time.Duration) {
	written, since := w.writes(), time.Now()
	for end := time.Now().Add(settleWithin); time.Now().Before(end); {
		a.sleep(time.Minute)
		w.mu.Lock()
		e, waits := w.engine, w.inFlight > 0
		w.mu.Unlock()
		if waits {
			continue
		}
		if n := w.writes(); n != written || e == nil || e.app == nil {
			written, since = n, time.Now()
			continue
		}
		if w.release(ctx, e) {
			w.mu.Lock()
			w.calmSince = time.Now() // and each binding is to be looked at once more
			w.mu.Unlock()
			continue
		}
		if time.Since(since) >= rest && w.rests(ctx, e) {
			return
		}
	}
}

// pause waits for a moment in which no record wants to be looked at: a sweep has some
// looked at again in silence, too.
func (w *world) pause(ctx context.Context, a *actor) {
	const tries = 20
	for range tries {
		ids, err := w.engine.app.Work().Dirty(ctx)
		if err != nil {
			panic(err)
		}
		if len(ids) == 0 {
			return
		}
		a.sleep(7 * time.Second)
	}
}

// rests reports whether the engine has nothing to do that it knows of. A record
// whose write a tracker refuses is tried again every hour for ever, which is no unrest
// once it was tried in calm; an attempt may have begun ten minutes before.
func (w *world) rests(ctx context.Context, e *engine) bool {
	var n int
	now := time.Now().UnixMilli()
	w.mu.Lock()
	calm := w.calmSince.UnixMilli()
	w.mu.Unlock()
	swept := calm
	if !w.sweeps() {
		swept = 0
	}
	err := e.app.Store.Reader().QueryRowContext(ctx, `SELECT
(SELECT count(*) FROM record WHERE wanted > done) +
(SELECT count(*) FROM record WHERE wake > 0 AND (problem = '' OR wake < $1 OR wake < $2 + 4200000)) +
(SELECT count(*) FROM intent WHERE pending = 1) +
$3 - (SELECT count(*) FROM binding WHERE not_before <= $1 AND polled BETWEEN $2 AND $1 AND swept BETWEEN $4 AND $1)`, now, calm, len(e.app.Bindings), swept).Scan(&n)
	if err != nil {
		panic(err)
	}
	return n == 0
}

// agitate lets people act until all have had enough.
func (w *world) agitate() {
	var people sync.WaitGroup
	for i, name := range players() {
		if !w.plays(name) {
			continue
		}
		p := &person{w: w, nth: i, a: &actor{firstPersonID + int64(i), name}}
		people.Go(p.run)
	}
	people.Wait()
}

// supervise starts the engine, and again after it was killed, as systemd does.
func (w *world) supervise(ctx context.Context, t *Template, c *config.Config, dir string, disk *disktest.Disk, over <-chan struct{}) {
	a := &actor{supervisorID, "supervisor"}
	a.sleep(w.Late)
	for {
		e, err := w.start(ctx, c, dir, disk)
		switch {
		case errors.Is(err, errDead): // while it opened its store
			<-w.killed
			a.sleep(w.Down)
			dir, disk = e.next, e.left
			continue
		case errors.Is(err, errFull):
			w.ended(e)
			a.sleep(w.Down)
			continue
		case err != nil:
			panic(fmt.Errorf("seed %d: start: %w", w.Seed, err))
		}
		select {
		case <-w.killed:
		case <-over:
			return
		}
		a.sleep(w.Down)
		if w.setBack() {
			if err := w.restore(withActor(ctx, a), c, e); err != nil {
				panic(fmt.Errorf("seed %d: restore: %w", w.Seed, err))
			}
		}
		e.close()
		a.sleep(time.Millisecond)
		if w.losesDisk() {
			if err := w.loseDisk(withActor(ctx, a), t, a, e); err != nil {
				panic(fmt.Errorf("seed %d: lose the disk: %w", w.Seed, err))
			}
		}
		dir, disk = e.next, e.left
	}
}

// ended takes note that a process ended by itself before it began to work.
func (w *world) ended(e *engine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.noteLocked("supervisor", "the disk is full, it did not start")
	e.dead, w.engine = true, nil
	if e.disk != nil {
		e.disk.Unmount()
	}
}

// A traceCore is a log that writes to the trace.
type traceCore struct {
	w     *world
	level zapcore.Level
	with  []zapcore.Field
}

func (c traceCore) Enabled(l zapcore.Level) bool { return l >= c.level }
func (c traceCore) With(fs []zapcore.Field) zapcore.Core {
	c.with = append(slices.Clone(c.with), fs...)
	return c
}

func (c traceCore) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(e.Level) {
		return ce.AddCore(e, c)
	}
	return ce
}

func (c traceCore) Write(e zapcore.Entry, fs []zapcore.Field) error {
	enc := zapcore.NewMapObjectEncoder()
	for _, f := range slices.Concat(c.with, fs) {
		f.AddTo(enc)
	}
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	if c.w.verbose {
		c.w.lines = append(c.w.lines, fmt.Sprintf("%v log %s %s %v", time.Since(c.w.began), e.Level, e.Message, strings.TrimSpace(fmt.Sprint(enc.Fields))))
	}
	return nil
}

func (traceCore) Sync() error { return nil }
