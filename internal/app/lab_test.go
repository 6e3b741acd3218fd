package app_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/queue"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// A lab is the daemon on its own job queue between two trackers in memory, in simulated
// time: an hour of an outage takes seconds.
type lab struct {
	*testing.T
	world *rehearsal.World
	app   *app.App

	mu     sync.Mutex
	sent   map[string]int                      // requests by method and tracker, "GET jira"
	delay  func(*http.Request) time.Duration   // nil: 50 ms
	hang   func(tracker string) bool           // the tracker takes requests and answers none
	answer func(tracker string) *http.Response // an answer of its own; nil for none
}

// The trackers of a lab.
const (
	inJira   = "jira"
	inGitHub = "github"
)

// RoundTrip carries a request to its tracker, with the delay of a network.
func (l *lab) RoundTrip(r *http.Request) (*http.Response, error) {
	tracker := inGitHub
	if strings.HasSuffix(r.URL.Host, ":1") {
		tracker = inJira
	}
	l.mu.Lock()
	l.sent[r.Method+" "+tracker]++
	hangs := l.hang != nil && l.hang(tracker)
	var own *http.Response
	if l.answer != nil {
		own = l.answer(tracker)
	}
	l.mu.Unlock()
	d := 50 * time.Millisecond
	if l.delay != nil {
		d = l.delay(r)
	}
	if hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if own != nil {
		own.Request = r
		return own, nil
	}
	resp, err := l.world.RoundTrip(r)
	if err == nil && resp.StatusCode == http.StatusNotModified {
		l.mu.Lock()
		l.sent["304 "+tracker]++
		l.mu.Unlock()
	}
	return resp, err
}

// counted returns how many requests were sent since the last call.
func (l *lab) counted() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.sent
	l.sent = map[string]int{}
	return out
}

// set changes what the trackers do.
func (l *lab) set(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f()
}

// newLab starts the daemon in a bubble. Edit, if not nil, changes the configuration, and
// fill fills the trackers before the daemon starts.
func newLab(t *testing.T, edit func(string) string, fill func(*lab)) *lab {
	t.Helper()
	l := &lab{T: t, sent: map[string]int{}}
	ctx, cancel := context.WithCancel(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	l.world, err = rehearsal.Start(ctx, rehearsal.Options{InMemory: true, Clock: simkit.NewClock(time.Now())})
	must(err)
	dir := t.TempDir()
	text, err := l.world.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0", JiraTwin: true})
	must(err)
	if edit != nil {
		text = edit(text)
	}
	path := filepath.Join(dir, "conformd.yaml")
	must(os.WriteFile(path, []byte(text), 0o600))
	c, err := config.Load(path, rehearsal.Env)
	must(err)
	if fill != nil {
		fill(l)
	}
	l.app, err = app.Open(ctx, c, app.Options{Log: zap.NewNop(), Base: l})
	must(err)
	ids := make([]string, len(l.app.Bindings))
	for i, b := range l.app.Bindings {
		ids[i] = b.ID
	}
	q, err := queue.New(queue.Options{
		DB: l.app.Store.DB(), Work: l.app.Work(), Bindings: ids, Workers: c.Sync.Workers,
		PollEvery: c.Sync.PollEvery, SweepEvery: c.Sync.SweepEvery, Log: zap.NewNop(), Simulated: true,
	})
	must(err)
	l.app.Ingest.Wake = func(ctx context.Context, tx *store.Tx, id string) error {
		return q.Record(context.WithoutCancel(ctx), tx.SQL(), id)
	}
	must(l.app.Started(ctx))
	done := make(chan struct{})
	go func() { defer close(done); _ = q.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		time.Sleep(2 * time.Minute) // what River left behind ends
		must(l.app.Close())
		must(l.world.Close())
	})
	return l
}

// until waits for something to be so and returns how long it took.
func (l *lab) until(most time.Duration, so func() bool) time.Duration {
	l.Helper()
	began := time.Now()
	for !so() {
		if time.Since(began) > most {
			l.Fatalf("it is not so after %s", most)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return time.Since(began)
}

// titles returns the titles of all records.
func (l *lab) titles() map[string]bool {
	l.Helper()
	rows, err := l.app.Store.Records(context.Background())
	if err != nil {
		l.Fatal(err)
	}
	out := map[string]bool{}
	for _, r := range rows {
		out[r.Record.Fields["title"]] = true
	}
	return out
}

// hint tells the daemon that the issues of a binding may have changed, as deliveries do.
func (l *lab) hint(binding string, keys ...string) {
	l.Helper()
	ctx := context.Background()
	rows, err := l.app.Store.Records(ctx)
	if err != nil {
		l.Fatal(err)
	}
	err = l.app.Store.Write(ctx, func(tx *store.Tx) error {
		for _, r := range rows {
			links, err := tx.BoundIssues(ctx, r.Record.ID)
			if err != nil {
				return err
			}
			for _, b := range links {
				if b.Binding != binding || len(keys) > 0 && !slices.Contains(keys, b.Ref.Key) {
					continue
				}
				if _, err := tx.Invalidate(ctx, binding, b.Ref); err != nil {
					return err
				}
				if err := l.app.Ingest.MarkDirty(ctx, tx, r.Record.ID); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		l.Fatal(err)
	}
}
