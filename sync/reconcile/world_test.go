package reconcile_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"
	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
)

// A world is one scenario at work.
type world struct {
	*testing.T
	ar       *txtar.Archive
	at       int // line of the scenario
	clock    *simkit.Clock
	trackers *rehearsal.World
	settings rehearsal.Settings
	fields   string     // more mapped fields of GitHub, as YAML
	edits    [][]string // what the configuration says otherwise: old, new
	preset   string     // file of configs/presets that is the configuration, "" for none
	dir      string
	app      *app.App
	year     year
	sizes    map[string]int64 // entries that the log had on a day, as figures say
	wire     *wire
	driver   store.Driver
	changed  bool              // expectations were rewritten
	said     map[string]string // the last comment posted in each tracker, by id
	lastErr  error

	deployment string          // of Jira
	apps       map[string]bool // accounts of Jira that are an app's
}

// today is the moment at which a story begins: nine o'clock of the day that it names (today
// 2026-03-02), or now.
func today(t *testing.T, ar *txtar.Archive) time.Time {
	t.Helper()
	for line := range strings.Lines(string(ar.Comment)) {
		if day, ok := strings.CutPrefix(strings.TrimSpace(line), "today "); ok {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			return at.Add(9 * time.Hour)
		}
	}
	return time.Time{}
}

func newWorld(t *testing.T, ar *txtar.Archive) *world {
	w := &world{T: t, ar: ar, dir: t.TempDir(), clock: simkit.NewClock(today(t, ar)), wire: &wire{}, driver: storetest.Watched(t), said: map[string]string{}, apps: map[string]bool{}}
	w.start("")
	t.Cleanup(func() { _ = w.trackers.Close() })
	w.settings = rehearsal.Settings{DataDir: filepath.Join(w.dir, "data"), Listen: "127.0.0.1:0", JiraTwin: true}
	t.Cleanup(func() {
		if w.app != nil {
			_ = w.app.Close()
		}
	})
	return w
}

// start starts the trackers, Jira as the deployment says.
func (w *world) start(deployment string) {
	w.Helper()
	w.startWith(rehearsal.Options{Clock: w.clock, Deployment: deployment})
}

func (w *world) startWith(o rehearsal.Options) {
	w.Helper()
	if w.trackers != nil {
		w.must(w.trackers.Close())
	}
	var err error
	w.deployment = o.Deployment
	w.trackers, err = rehearsal.Start(w.Context(), o)
	w.must(err)
}

func (w *world) fail(format string, args ...any) {
	w.Helper()
	w.Fatalf("line %d: "+format, append([]any{w.at}, args...)...)
}

func (w *world) must(err error) {
	w.Helper()
	if err != nil {
		w.fail("%v", err)
	}
}

// daemon returns conformd, started if it is not running.
func (w *world) daemon() *app.App {
	w.Helper()
	if w.app != nil {
		return w.app
	}
	text, env := w.configuration()
	if w.fields != "" {
		const first = "      - {field: grade, from: {kind: label"
		text = strings.Replace(text, first, w.fields+first, 1)
	}
	for _, e := range w.edits {
		if !strings.Contains(text, e[0]) {
			w.fail("the configuration does not say %q", e[0])
		}
		text = strings.Replace(text, e[0], e[1], 1)
	}
	path := filepath.Join(w.dir, "conformd.yaml")
	w.must(os.WriteFile(path, []byte(text), 0o600))
	c, err := config.Load(path, env)
	w.must(err)
	log := zap.NewNop()
	if testing.Verbose() {
		log = zaptest.NewLogger(w.T, zaptest.Level(zap.InfoLevel))
	}
	w.app, err = app.Open(w.Context(), c, app.Options{Log: log, Now: w.clock.Now, Base: w.wire, Driver: w.driver})
	w.must(err)
	w.must(w.app.Started(w.Context()))
	return w.app
}

// kill ends conformd without a word, as a power cut or kill -9 would.
func (w *world) kill() {
	w.Helper()
	w.must(w.app.Close())
	w.app = nil
}

// pass has conformd look at everything once.
func (w *world) pass() {
	w.Helper()
	ctx, cancel := context.WithCancelCause(w.Context())
	defer cancel(nil)
	w.wire.arm(func() { cancel(errDied) })
	_, err := w.daemon().SyncRun(ctx)
	w.lastErr = err
	if errors.Is(context.Cause(ctx), errDied) {
		w.kill()
		return
	}
	if err != nil {
		w.Logf("line %d: pass: %v", w.at, err)
	}
}

var errDied = errors.New("died")

// A wire is the network between conformd and the trackers. It can kill conformd
// at the moment a request has left.
type wire struct {
	die   atomic.Pointer[func()]
	match atomic.Pointer[regexp.Regexp]
	after atomic.Bool // the request reaches the tracker before conformd dies

	// meanwhile is what somebody does at the moment a request leaves, once.
	meanwhile atomic.Pointer[meanwhile]
	// each is told of every request before it leaves.
	each atomic.Pointer[func(*http.Request)]
}

// A meanwhile is what people do just before a request of conformd arrives.
type meanwhile struct {
	match *regexp.Regexp
	acts  []func()
	skip  atomic.Int32
}

func (n *wire) arm(die func()) { n.die.Store(&die) }

func (n *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	if m := n.meanwhile.Load(); m != nil && m.match.MatchString(r.Method+" "+r.URL.Path) && m.skip.Add(-1) < 0 && n.meanwhile.CompareAndSwap(m, nil) {
		for _, act := range m.acts {
			act()
		}
	}
	if each := n.each.Load(); each != nil {
		(*each)(r)
	}
	re := n.match.Load()
	if re == nil || !re.MatchString(r.Method+" "+r.URL.Path) {
		return http.DefaultTransport.RoundTrip(r)
	}
	n.match.Store(nil)
	if n.after.Load() {
		resp, err := http.DefaultTransport.RoundTrip(r.Clone(context.WithoutCancel(r.Context())))
		if err == nil {
			_ = resp.Body.Close()
		}
	}
	(*n.die.Load())()
	return nil, context.Canceled
}

// file returns a file of the archive.
func (w *world) file(name string) string {
	w.Helper()
	for _, f := range w.ar.Files {
		if f.Name == name {
			return strings.TrimSuffix(string(f.Data), "\n")
		}
	}
	w.fail("no file %q in the scenario", name)
	return ""
}

// expect compares got with a file of the archive, or rewrites it.
func (w *world) expect(name, got string) {
	w.Helper()
	got = strings.TrimRight(got, "\n") + "\n"
	w.dated(name, got)
	for i, f := range w.ar.Files {
		if f.Name != name {
			continue
		}
		if string(f.Data) == got {
			return
		}
		if *update {
			w.ar.Files[i].Data = []byte(got)
			w.changed = true
			return
		}
		w.Errorf("line %d: %s (-want +got):\n%s", w.at, name, cmp.Diff(string(f.Data), got))
		return
	}
	if !*update {
		w.fail("no file %q in the scenario; run with -update", name)
	}
	w.ar.Files = append(w.ar.Files, txtar.File{Name: name, Data: []byte(got)})
	w.changed = true
}

// anyDate matches a date.
var anyDate = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

// dated fails if a text has a date that is not written in the story, and the story does not name
// its day: the date was counted from the day of the run, and is another one tomorrow.
func (w *world) dated(name, got string) {
	w.Helper()
	told := string(w.ar.Comment) + "2006-01-02 2026-12-31" // examples that conformd gives to people
	if strings.Contains("\n"+told, "\ntoday ") {
		return
	}
	for _, f := range w.ar.Files {
		if !strings.HasPrefix(f.Name, "want/") {
			told += string(f.Data)
		}
	}
	for _, date := range anyDate.FindAllString(got, -1) {
		if !strings.Contains(told, date) {
			w.Errorf("line %d: %s has the date %s, which depends on the day of the run: let the story begin with today 2026-03-02", w.at, name, date)
			return
		}
	}
}

// finish checks what must hold after every story, and stores rewritten files.
func (w *world) finish(path string) {
	w.Helper()
	w.at = 0
	if w.app == nil {
		w.daemon()
	}
	w.verify()
	if w.changed {
		w.must(os.WriteFile(path, txtar.Format(w.ar), 0o600))
	}
}

var (
	addresses     = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	times         = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)
	markers       = regexp.MustCompile(`conformd-((id-)?(rec|note)-[0-9a-f]+(_of_[a-z0-9]+)?|of-[a-z0-9]+)`)
	installations = regexp.MustCompile(` of:[a-z0-9]+ -->`)
	untils        = regexp.MustCompile(`at \d{4}-\d\d-\d\d \d\d:\d\d UTC`) // when conformd will act, by the clock of the run
)
