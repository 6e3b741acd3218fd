package browsertest

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/demo"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// moreRoles are people of the roles that a rehearsal lacks.
const moreRoles = `  - {id: rick, name: Rick Risk, roles: [risk_owner]}
  - {id: tom, name: Tom Top, roles: [top_management]}
  - {id: ada, name: Ada Admin, roles: [admin]}
  - {id: vera, name: Vera Visits, roles: [auditor], sign_in: {until: "2099-12-31"}}
trackers:
`

// A fixture is a daemon at work between two simulated trackers.
type fixture struct {
	trackers *rehearsal.World
	app      *app.App
	base     string                     // of the pages
	home     map[string]context.Context // a tab of each person who is signed in
	leave    []context.CancelFunc
}

// daemon starts a daemon between two trackers, which fill may fill before, and waits until records
// are in step.
func daemon(t *testing.T, records int, fill func(*rehearsal.World) error) *fixture {
	t.Helper()
	f := daemonAs(t, func(text string) string { return text }, fill)
	f.settled(t, records)
	return f
}

// daemonAs starts a daemon with a configuration that configure changes. The daemon ends with the test.
func daemonAs(t *testing.T, configure func(string) string, fill func(*rehearsal.World) error) *fixture {
	t.Helper()
	f, stop, err := serve(t.Context(), t.TempDir(), configure, fill)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// seeded returns the daemon that tests share which only read: its records are those of the demo, from
// just reported to complete.
func seeded(t *testing.T) *fixture {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.fixture == nil {
		dir, err := os.MkdirTemp("", "conformd-browsertest-") //nolint:usetesting // the daemon outlives the test
		if err != nil {
			t.Fatal(err)
		}
		f, stop, err := serve(context.Background(), dir, func(text string) string { return text }, func(w *rehearsal.World) error { return demo.File(w, seeds) })
		if err != nil {
			t.Fatal(err)
		}
		shared.stop = func() error { return errors.Join(stop(), os.RemoveAll(dir)) }
		f.settled(t, seeds)
		shared.fixture = f
	}
	return shared.fixture
}

// seeds is the number of records of the shared daemon.
const seeds = 12

var shared struct {
	sync.Mutex
	fixture *fixture
	stop    func() error
}

// serve starts the trackers and the daemon, and returns what stops them.
func serve(ctx context.Context, dir string, configure func(string) string, fill func(*rehearsal.World) error) (_ *fixture, _ func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	var stops []func() error
	stop := func() (err error) {
		cancel()
		for _, s := range slices.Backward(stops) {
			err = errors.Join(err, s())
		}
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, stop())
		}
	}()
	f := &fixture{home: map[string]context.Context{}}
	stops = append(stops, func() error {
		for _, leave := range f.leave {
			leave()
		}
		return nil
	})
	if f.trackers, err = rehearsal.Start(ctx, rehearsal.Options{}); err != nil {
		return nil, nil, err
	}
	stops = append(stops, f.trackers.Close)
	if err := fill(f.trackers); err != nil {
		return nil, nil, err
	}
	text, err := f.trackers.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", PollEvery: "5s", JiraTwin: true, SignIn: true})
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, "conformd.yaml")
	if err := os.WriteFile(path, []byte(configure(strings.Replace(text, "trackers:\n", moreRoles, 1))), 0o600); err != nil {
		return nil, nil, err
	}
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		return nil, nil, err
	}
	if f.app, err = app.Open(ctx, c, app.Options{}); err != nil {
		return nil, nil, err
	}
	stops = append(stops, f.app.Close)
	ended, up := make(chan error, 1), make(chan app.Addrs, 1)
	go func() { ended <- f.app.Run(ctx, func(a app.Addrs) { up <- a }) }()
	stops = append(stops, func() error { return <-ended })
	select {
	case a := <-up:
		f.base = "http://" + a.Pages.String()
		return f, stop, nil
	case err := <-ended:
		ended <- err
		return nil, nil, err
	}
}

// settled waits until the register has records, each in step with the trackers, and nothing is written
// to the log any more.
func (f *fixture) settled(t *testing.T, records int) {
	t.Helper()
	f.still(t, records, func(rows []store.Row) bool {
		return len(f.trackers.Jira.Snapshots()) >= records && !slices.ContainsFunc(rows, func(r store.Row) bool { return r.Generation > r.ObservedGeneration })
	})
}

// still waits until the register has records that are as done wants them, and nothing is written to the
// log for two seconds.
func (f *fixture) still(t *testing.T, records int, done func([]store.Row) bool) {
	t.Helper()
	var rows []store.Row
	var size, quiet int64
	for range 900 {
		var err error
		if rows, err = f.app.Store.Records(t.Context()); err != nil {
			t.Fatal(err)
		}
		now, err := f.app.Store.LogSize(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if quiet++; now != size || len(rows) < records || !done(rows) {
			size, quiet = now, 0
		}
		if quiet == 10 {
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Errorf("after three minutes the register has %d records of %d, and a log of %d entries", len(rows), records, size)
	for _, r := range rows {
		if r.Generation > r.ObservedGeneration {
			t.Logf("%s waits: %s", r.Record.Ref, r.Problem)
		}
	}
	t.FailNow()
}

// as opens a tab in which a person is signed in. The tabs of a person share a session.
func (f *fixture) as(t *testing.T, person string) *tab {
	t.Helper()
	home, ok := f.home[person]
	if !ok {
		x, err := f.app.Enter(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		var end context.CancelFunc
		home, end = chromedp.NewContext(start(t), chromedp.WithNewBrowserContext())
		b := watch(home, t, f.base)
		b.enter(x.URL)
		b.quiet("signing in as "+person, http.StatusOK)
		f.home[person], f.leave = home, append(f.leave, end)
	}
	ctx, cancel := chromedp.NewContext(home)
	t.Cleanup(cancel)
	return watch(ctx, t, f.base)
}
