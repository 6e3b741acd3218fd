package dst_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/internal/dst"
	"github.com/conformd/conformd/internal/figures"
)

var (
	seeds = flag.Int("dst.seeds", 20, "how many simulations to run")
	first = flag.Uint64("dst.first", 1, "the first seed")
	show  = flag.Bool("dst.show", false, "print the trace of each simulation")
	stop  = flag.Bool("dst.stop", false, "stop at the first violation")
	given = flag.String("dst.options", "", "options to run instead of those of a seed, as a failure prints them")
	small = flag.Bool("dst.shrink", true, "make the options of a failure smaller")
	file  = flag.String("dst.figures", "", "put the figures of the run into this file")
)

// TestMain lets garbage lie for longer: a simulation keeps little for long.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}

// few is how many of n simulations a test runs: all, or a few where the race detector
// makes each take seconds.
func few(n int) int {
	if testing.Short() {
		return min(n, 2)
	}
	return n
}

// scratch returns a directory in memory, where the machine has one: a simulation
// makes the disk's failures itself and need not wait for a real one.
func scratch(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "conformd-dst-"); err == nil { //nolint:usetesting // TempDir is on a disk
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

// A bench runs simulations in a scratch directory of its own.
type bench struct {
	dir string
	tpl *dst.Template
}

func newBench(t *testing.T) *bench {
	t.Helper()
	dir := scratch(t)
	tpl, err := dst.NewTemplate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return &bench{dir, tpl}
}

// simulate runs one simulation in a bubble of its own.
func (b *bench) simulate(t *testing.T, o dst.Options, show bool) dst.Result {
	t.Helper()
	var res dst.Result
	synctest.Test(t, func(t *testing.T) {
		var err error
		if res, err = b.tpl.Run(o, filepath.Join(b.dir, "run"), show); err != nil {
			t.Fatal(err)
		}
	})
	return res
}

// A sum is what several simulations showed together.
type sum struct {
	sync.Mutex
	sims, requests, writes, edits int
	fake                          time.Duration
	counts                        map[string]int
}

func (s *sum) add(r dst.Result) {
	s.Lock()
	defer s.Unlock()
	s.sims++
	s.fake += r.Fake
	s.requests, s.writes, s.edits = s.requests+r.Requests, s.writes+r.Writes, s.edits+r.Edits
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	for k, n := range r.Counts {
		s.counts[k] += n
	}
}

// TestSeeds runs simulations, each of a seed of its own, and fails with the seed,
// its options and what was violated.
func TestSeeds(t *testing.T) {
	var s sum
	began := time.Now()
	var found atomic.Bool
	shards := runtime.GOMAXPROCS(0)
	t.Run("shard", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				for i := shard; i < few(*seeds) && (!*stop || !found.Load()); i += shards {
					s.add(b.seed(t, *first+uint64(i)))
					found.CompareAndSwap(false, t.Failed())
				}
			})
		}
	})
	took := time.Since(began)
	t.Logf("%d simulations in %s: %.1f/s, %.0f times real time; %d requests, %d writes, %d edits by people",
		s.sims, took.Round(time.Millisecond), float64(s.sims)/took.Seconds(), s.fake.Seconds()/took.Seconds(), s.requests, s.writes, s.edits)
	for _, k := range slices.Sorted(maps.Keys(s.counts)) {
		t.Logf("%8d %s", s.counts[k], k)
	}
	s.complete(t)
	put(t,
		figures.Row{Name: "dst_sims_ci", Value: float64(s.sims), Unit: "simulations", Goal: ">= 2000"},
		figures.Row{Name: "dst_sims_per_hour", Value: math.Round(float64(s.sims) / took.Hours()), Unit: "simulations", Goal: ">= 8000 (2,000 in a quarter of an hour)"},
		figures.Row{Name: "dst_realtime_factor", Value: math.Round(s.fake.Seconds() / took.Seconds() / float64(shards)), Unit: "x per core"})
}

// complete keeps the simulation from becoming harmless. It fails a run of some seeds in which a kind of fault never
// happened, and one of many in which something that people do never did, or something that is to be judged never
// was: it would have shown nothing about it.
func (s *sum) complete(t *testing.T) {
	t.Helper()
	const some, many = 60, 2000
	if s.sims >= some {
		for _, k := range append(dst.Kinds(), "kill") {
			if s.counts[string(k)] == 0 {
				t.Errorf("no %s in %d simulations", k, s.sims)
			}
		}
	}
	if s.sims < many {
		return
	}
	for _, k := range slices.Concat(dst.ActKinds(), dst.Judgements()) {
		if s.counts[k] == 0 {
			t.Errorf("no %q in %d simulations", k, s.sims)
		}
	}
}

// put keeps the figures of a run, if a file was named for them.
func put(t *testing.T, rows ...figures.Row) {
	t.Helper()
	if *file == "" {
		return
	}
	if err := figures.Put(*file, rows...); err != nil {
		t.Error(err)
	}
}

// seed runs one simulation and reports what it violates.
func (b *bench) seed(t *testing.T, seed uint64) dst.Result {
	t.Helper()
	o := dst.Swarm(seed)
	if *given != "" {
		o = dst.Options{}
		if err := json.Unmarshal([]byte(*given), &o); err != nil {
			t.Fatal(err)
		}
	}
	res := b.simulate(t, o, *show)
	if *show {
		t.Log("\n" + strings.Join(res.Lines, "\n"))
	}
	if len(res.Violations) > 0 {
		again := fmt.Sprintf("make dst FIRST=%d SEEDS=1 SHOW=1", seed)
		t.Errorf("%s\n  %s\nreplay: %s", o, strings.Join(res.Violations, "\n  "), again)
		if *small && *given == "" && !*stop {
			b.shrunk(t, o, res.Violations)
		}
	}
	return res
}

// shrunk shows the smallest scenario that still violates the same property.
func (b *bench) shrunk(t *testing.T, o dst.Options, violations []string) {
	t.Helper()
	least, left := dst.Shrink(o, violations, func(o dst.Options) []string { return b.simulate(t, o, false).Violations })
	data, err := json.Marshal(least)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("shrunk to %s\n  %s\nreplay: make dst SHOW=1 SEEDS=1 OPTIONS='%s'", least, strings.Join(left, "\n  "), data)
}

// TestReplay runs seeds twice: the same seed must give the same trace, or nothing
// that a simulation finds could be looked into.
func TestReplay(t *testing.T) {
	most := 20
	if *file != "" {
		most = 50
	}
	n, shards := few(most), runtime.GOMAXPROCS(0)
	var differ atomic.Int64
	t.Run("shard", func(t *testing.T) {
		for shard := range shards {
			t.Run(fmt.Sprint(shard), func(t *testing.T) {
				t.Parallel()
				b := newBench(t)
				for i := shard; i < n; i += shards {
					o := dst.Swarm(*first + uint64(i))
					o.DataCenter = false // its issues are read side by side, in no order that repeats
					one, two := b.simulate(t, o, true), b.simulate(t, o, true)
					if one.Trace != two.Trace {
						differ.Add(1)
						t.Errorf("seed %d: two runs differ, first here:\n%s", o.Seed, difference(one.Lines, two.Lines))
					}
				}
			})
		}
	})
	t.Logf("%d seeds run twice, %d differ", n, differ.Load())
	put(t, figures.Row{Name: "dst_trace_differences", Value: float64(differ.Load()), Unit: fmt.Sprintf("of %d seeds run twice", n), Goal: "0"})
}

// difference shows where two traces part.
func difference(a, b []string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] && !strings.Contains(a[i], " log ") {
			return fmt.Sprintf("%s\n- %s\n+ %s", strings.Join(a[max(0, i-5):i], "\n"), a[i], b[i])
		}
	}
	return fmt.Sprintf("one has %d lines, the other %d", len(a), len(b))
}

// TestRiver runs some simulations on the daemon's own job engine, with power cuts. It
// polls the database every second of simulated time, which takes most of the time
// there is, and wakes when it likes: two runs of a seed differ.
func TestRiver(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	t.Parallel()
	b := newBench(t)
	began, cuts := time.Now(), 0
	for seed := *first; seed < *first+3; seed++ {
		o := dst.Swarm(seed)
		o.River, o.Power, o.Steps, o.Backup, o.Kills = true, true, true, 0, []int{40, 90}
		o.Outage, o.Wait = dst.Outage{}, 0 // hours of polling
		o.Acts, o.Think, o.Sweep, o.Silence = 6, 20*time.Second, 8*time.Minute, 9*time.Minute
		res := b.simulate(t, o, *show)
		if *show {
			t.Log("\n" + strings.Join(res.Lines, "\n"))
		}
		if len(res.Violations) > 0 {
			t.Errorf("%s\n  %s", o, strings.Join(res.Violations, "\n  "))
		}
		cuts += res.Counts["power cut"]
		t.Logf("seed %d: %s simulated, %s so far, %d edits", seed, res.Fake.Round(time.Second), time.Since(began).Round(time.Millisecond), res.Edits)
	}
	if cuts == 0 {
		t.Error("power was never cut")
	}
}
