//go:build unix

package blackbox

import (
	"context"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/lanetest"
)

var (
	seeds   = flag.Int("blackbox.seeds", 2, "how many worlds to try")
	first   = flag.Uint64("blackbox.seed", 0, "the first seed, and the only one unless -blackbox.seeds is given too; 0 is chance")
	patient = flag.Bool("blackbox.patient", false, "wait for creates that were lost, five minutes and more")
)

// TestBlackBox tries worlds. How many at once is up to -parallel, and never more than
// two: each consists of four busy processes.
func TestBlackBox(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute")
	}
	t.Parallel()
	n, from := *seeds, *first
	if from == 0 {
		from = uint64(time.Now().UnixMilli())
	} else if !given("blackbox.seeds") {
		n = 1
	}
	bin := build(t)
	var sum tally
	two := make(chan struct{}, 2)
	t.Run("seeds", func(t *testing.T) {
		for i := range n {
			seed := from + uint64(i)
			t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
				t.Parallel()
				two <- struct{}{}
				t.Cleanup(func() { <-two }) // the last one, when all processes have ended
				newLane(t, bin, seed, &sum).live()
			})
		}
	})
	t.Logf("%d seeds from %d: %s", n, from, sum.String())
	t.Run("full_disk", func(t *testing.T) {
		if why := sum.why(); why != "" {
			lanetest.LeaveOut(t, "full-disk", why)
		}
	})
}

func given(name string) bool {
	found := false
	flag.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// A lane is one world: two trackers, a daemon, people, and misfortune.
type lane struct {
	*testing.T
	ctx     context.Context // ends with the time that the world has
	bin     string          // folder of the programs
	seed    uint64
	options options
	dir     string
	sum     *tally

	jira, github *tracker
	env          []string
	config       string
	pages, hooks string // where the daemon listens
	data         string
	disk         *disk
	daemon       *daemon
	checkpoint   string // of an earlier export, "" while there is none
	over         atomic.Bool
}

// options are the circumstances of a world; all follow from its seed.
type options struct {
	Deployment string
	Latency    time.Duration // of every answer
	Kills      int
	Stops      int
	Faults     bool // answers that are lost, cut, late or errors
	Webhooks   bool // that are lost, doubled or late
	DiskFull   bool
}

// draw switches most misfortunes on, but not all of them in each world: some defects
// show only where another fault does not hide them.
func draw(seed uint64) options {
	rng := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a game
	o := options{Deployment: "cloud", Latency: time.Duration(rng.IntN(4)) * 10 * time.Millisecond, Kills: 5 + rng.IntN(4), Stops: 1 + rng.IntN(2)}
	if rng.IntN(3) == 0 {
		o.Deployment = "dc"
	}
	o.Faults, o.Webhooks, o.DiskFull = rng.IntN(3) > 0, rng.IntN(3) > 0, rng.IntN(4) > 0
	return o
}

func newLane(t *testing.T, bin string, seed uint64, sum *tally) *lane {
	dir, err := os.MkdirTemp("", "blackbox") //nolint:usetesting // what is in it is kept after a failure
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), lifetime(t))
	l := &lane{T: t, ctx: ctx, bin: bin, seed: seed, options: draw(seed), dir: dir, sum: sum, data: filepath.Join(dir, "data")}
	t.Cleanup(func() {
		cancel()
		if t.Failed() {
			t.Logf("-blackbox.seed=%d with %+v failed; logs and export are in %s", seed, l.options, dir)
			return
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	t.Logf("-blackbox.seed=%d %+v", seed, l.options)
	return l
}

// live is the life of a world, from its beginning to the verdict.
func (l *lane) live() {
	began := time.Now()
	l.disk = newDisk(l)
	l.startTrackers()
	l.daemon = newDaemon(l)
	l.daemon.start()
	crowd := l.people()
	l.misfortune()
	l.over.Store(true)
	crowd.Wait() // each act ends with the time of the world
	if l.Failed() {
		return
	}
	l.recover()
	hit := time.Since(began)
	l.settle()
	l.silence()
	l.daemon.stop()
	if l.Failed() {
		return
	}
	l.verdict()
	l.Logf("people and misfortune for %s, %s in all", hit.Round(time.Second), time.Since(began).Round(time.Second))
	l.sum.add("seconds", int(time.Since(began).Seconds()))
}

// verdict judges what is left, and then sees to it that the judge would have noticed.
func (l *lane) verdict() {
	l.Helper()
	p := l.look()
	p.log = l.export()
	v := judge(p)
	for _, w := range v.wrong {
		l.Error(w)
	}
	for what, n := range v.seen {
		l.sum.add(what, n)
	}
	if !l.Failed() {
		l.controls(p)
		l.tamper()
	}
}
