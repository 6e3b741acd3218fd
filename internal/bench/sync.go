package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// A rig is conformd between two simulated trackers.
type rig struct {
	world *rehearsal.World
	app   *app.App
	path  string
}

// onRig measures on a rig of its own, between trackers that answer at once.
func onRig(ctx context.Context, dir string, measure func(*rig) ([]Row, error)) ([]Row, error) {
	r, err := newRig(ctx, dir, rehearsal.Options{}, 8)
	if err != nil {
		return nil, err
	}
	rows, err := measure(r)
	return rows, errors.Join(err, r.close())
}

// newRig starts the trackers and conformd in a folder of its own. The write budget
// is lifted, because it would measure the budget, and so is the limit of issues that one
// pass may create, which a person would release.
func newRig(ctx context.Context, dir string, o rehearsal.Options, workers int) (*rig, error) {
	w, err := rehearsal.Start(ctx, o)
	if err != nil {
		return nil, err
	}
	dir, err = os.MkdirTemp(dir, "rig-")
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	text, err := w.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", JiraTwin: true, SignIn: true})
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	r := &rig{world: w, path: filepath.Join(dir, "conformd.yaml")}
	// The clock of the trackers, which the daemon goes by, is hours ahead of that of the sessions.
	text += "\nsign_in: {idle: 24h, lifetime: 168h}\n"
	if err := os.WriteFile(r.path, []byte(text), 0o600); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	r.app, err = open(ctx, r.path, workers, w.Clock.Now)
	if err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return r, nil
}

func open(ctx context.Context, path string, workers int, now func() time.Time) (*app.App, error) {
	return openWith(ctx, path, workers, app.Options{Now: now})
}

func openWith(ctx context.Context, path string, workers int, o app.Options) (*app.App, error) {
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		return nil, err
	}
	c.Sync.Workers = workers
	c.Sync.Brake.MaxCreates, c.Sync.Brake.MaxReplaced = 0, 0
	for i := range c.Bindings {
		c.Bindings[i].Limits.PerMinute, c.Bindings[i].Limits.PerHour = 0, 0
		c.Bindings[i].Limits.Concurrency = workers
	}
	return app.Open(ctx, c, o)
}

func (r *rig) close() error { return errors.Join(r.rest(), r.world.Close()) }

// rest closes conformd, for a daemon in a process of its own. It may be closed already.
func (r *rig) rest() error {
	if r.app == nil {
		return nil
	}
	a := r.app
	r.app = nil
	return a.Close()
}

// seed files n issues in GitHub, with comments.
func (r *rig) seed(n, comments int) error {
	_, err := r.world.GitHub.Seed("erik", n, func(k int) (string, string, []string) {
		return fmt.Sprintf("Review %d of access rights is late", k),
			fmt.Sprintf("### Requirement not met\n\nA.5.18\n\n### What is wrong\n\nThe review of system %d was due in June and is not done.\n\n### Root cause\n\n_No response_\n", k),
			[]string{"capa", "grade/minor"}
	})
	if err != nil {
		return err
	}
	for k := 1; k <= n; k++ {
		for c := range comments {
			if _, err := r.world.GitHub.As("olga").Comment(k, fmt.Sprintf("Asked the owner again (%d).", c+1)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pass lets conformd look once and returns how many requests both trackers got.
func (r *rig) pass(ctx context.Context) (requests int, took time.Duration, err error) {
	r.world.Jira.Faults().ResetCount()
	r.world.GitHub.Faults().ResetCount()
	start := time.Now()
	if _, err := r.app.SyncRun(ctx); err != nil {
		return 0, 0, err
	}
	took = time.Since(start)
	return r.world.Jira.Faults().Count("", "") + r.world.GitHub.Faults().Count("", ""), took, nil
}

// noop returns the requests of a pass in which nothing has changed since the one
// before, the first sync being an hour ago: within the overlap of a cursor everything
// would be listed again.
func (r *rig) noop(ctx context.Context) (int, error) {
	r.world.Clock.Advance(time.Hour)
	if _, _, err := r.pass(ctx); err != nil {
		return 0, err
	}
	n, _, err := r.pass(ctx)
	return n, err
}

// twins checks that every record has its issue in Jira, so that no figure comes
// from work that was not done.
func (r *rig) twins(n int) error {
	if got := len(r.world.Jira.Snapshots()); got != n {
		return fmt.Errorf("jira has %d issues, want %d", got, n)
	}
	return nil
}

// small measures a register of 200 records.
func small(ctx context.Context, dir string) ([]Row, error) {
	const n = 200
	return onRig(ctx, dir, func(r *rig) ([]Row, error) { return r.small(ctx, n) })
}

func (r *rig) small(ctx context.Context, n int) ([]Row, error) {
	if err := r.seed(n, 3); err != nil {
		return nil, err
	}
	first, _, err := r.pass(ctx)
	if err := errors.Join(err, r.twins(n)); err != nil {
		return nil, err
	}
	noop, err := r.noop(ctx)
	if err != nil {
		return nil, err
	}
	for k := 1; k <= 10; k++ {
		if err := r.world.GitHub.As("erik").Retitle(k*17, fmt.Sprintf("Review %d is very late", k)); err != nil {
			return nil, err
		}
	}
	edits, _, err := r.pass(ctx)
	if err != nil {
		return nil, err
	}
	asked := r.world.GitHub.Faults().Count("POST", "/graphql$") + r.world.GitHub.Faults().Count("GET", "/issues/events$")
	if err := r.titled(10); err != nil {
		return nil, err
	}
	return []Row{
		{Name: "first_sync_requests_per_issue", Value: float64(first) / float64(n), Unit: "requests", Goal: "<= 1.3 (comments are read, not copied)"},
		{Name: "noop_requests_200", Value: float64(noop), Unit: "requests", Goal: "<= 4"},
		{Name: "ten_edits_requests_200", Value: float64(edits), Unit: "requests", Goal: "<= 35"},
		{Name: "attribution_requests_per_10_edits", Value: float64(asked), Unit: "requests", Goal: "<= 2 (they are among the ones above)"},
	}, nil
}

// titled checks that the edits have arrived.
func (r *rig) titled(want int) error {
	got := 0
	for _, s := range r.world.Jira.Snapshots() {
		var k int
		if n, err := fmt.Sscanf(s.Fields["summary"], "Review %d is very late", &k); err == nil && n == 1 {
			got++
		}
	}
	if got != want {
		return fmt.Errorf("%d of %d edits arrived in jira", got, want)
	}
	return nil
}

// speedup compares a first sync of 100 issues, at 20 ms a request, with one
// request after another. Both begin connected.
func speedup(ctx context.Context, dir string) ([]Row, error) {
	const n = 100
	took := map[int]time.Duration{}
	const side = 16 // by side
	for _, workers := range []int{1, side} {
		r, err := newRig(ctx, dir, rehearsal.Options{Latency: 20 * time.Millisecond}, workers)
		if err != nil {
			return nil, err
		}
		err = errors.Join(r.seed(n, 0), r.app.Connect(ctx))
		if err == nil {
			_, took[workers], err = r.pass(ctx)
		}
		if err == nil {
			err = r.twins(n)
		}
		if err := errors.Join(err, r.close()); err != nil {
			return nil, err
		}
	}
	return []Row{{Name: "latency20ms_speedup", Value: took[1].Seconds() / took[side].Seconds(), Unit: "x", Goal: ">= 4"}}, nil
}

// large measures a register of many records, and the memory of the daemon with it.
func large(ctx context.Context, dir string, n int, stderr io.Writer) ([]Row, error) {
	return onRig(ctx, dir, func(r *rig) ([]Row, error) { return r.large(ctx, n, stderr) })
}

func (r *rig) large(ctx context.Context, n int, stderr io.Writer) ([]Row, error) {
	if err := r.seed(n, 0); err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "first sync of %d records ...\n", n)
	_, took, err := r.pass(ctx)
	if err := errors.Join(err, r.twins(n)); err != nil {
		return nil, err
	}
	fmt.Fprintf(stderr, "first sync of %d records took %s\n", n, took.Round(time.Second))
	noop, err := r.noop(ctx)
	if err != nil {
		return nil, err
	}
	size, err := r.app.Store.Size(ctx)
	if err != nil {
		return nil, err
	}
	if err := r.app.Close(); err != nil {
		return nil, err
	}
	mb, err := r.memory(ctx)
	if err != nil {
		return nil, err
	}
	if r.app, err = open(ctx, r.path, 8, r.world.Clock.Now); err != nil {
		return nil, err
	}
	review, err := r.reviewTime(ctx)
	return []Row{
		{Name: fmt.Sprintf("management_review_html_seconds_%d", n), Value: review, Unit: "s", Goal: "<= 3 (the whole command; one record in five is open, with 18 changes)"},
		{Name: fmt.Sprintf("noop_requests_%d", n), Value: float64(noop), Unit: "requests", Goal: "<= 4"},
		{Name: fmt.Sprintf("rss_mb_%d", n), Value: mb, Unit: "MB", Goal: "< 150"},
		{Name: "db_bytes_per_record", Value: float64(size) / float64(n), Unit: "bytes", Goal: "<= 40000 (two issues each, the audit log and the queue included)"},
	}, err
}
