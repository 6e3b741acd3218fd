package dst_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/internal/dst"
)

var (
	seeds = flag.Int("dst.seeds", 40, "how many simulations to run")
	first = flag.Uint64("dst.first", 1, "the first seed")
	show  = flag.Bool("dst.show", false, "print the trace of each simulation")
)

// scratch returns a directory in memory, where the machine has one: a simulation
// makes the disk's failures itself and need not wait for a real one.
func scratch(t *testing.T) string {
	t.Helper()
	if dir, err := os.MkdirTemp("/dev/shm", "conformd-dst-"); err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		return dir
	}
	return t.TempDir()
}

func template(t *testing.T, dir string) *dst.Template {
	t.Helper()
	tpl, err := dst.NewTemplate(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

// simulate runs one simulation in a bubble of its own.
func simulate(t *testing.T, tpl *dst.Template, o dst.Options, dir string, show bool) dst.Result {
	t.Helper()
	var res dst.Result
	uuid.SetRand(dst.Random(o.Seed))
	defer uuid.SetRand(nil)
	synctest.Test(t, func(t *testing.T) {
		var err error
		if res, err = tpl.Run(o, filepath.Join(dir, "run"), show); err != nil {
			t.Fatal(err)
		}
	})
	return res
}

// TestSeeds runs simulations, each of a seed of its own, and fails with the seed,
// its options and what was violated.
func TestSeeds(t *testing.T) {
	dir := scratch(t)
	tpl := template(t, dir)
	began := time.Now()
	var fake time.Duration
	counts := map[string]int{}
	requests, writes, edits := 0, 0, 0
	for seed := *first; seed < *first+uint64(*seeds); seed++ {
		o := dst.Swarm(seed)
		res := simulate(t, tpl, o, dir, *show)
		if *show {
			fmt.Println(strings.Join(res.Lines, "\n"))
		}
		if len(res.Violations) > 0 {
			t.Errorf("%s\n  %s\nreplay: go test ./internal/dst -run TestSeeds -dst.first=%d -dst.seeds=1 -dst.show", o, strings.Join(res.Violations, "\n  "), seed)
		}
		fake += res.Fake
		requests, writes, edits = requests+res.Requests, writes+res.Writes, edits+res.Edits
		for k, n := range res.Counts {
			counts[k] += n
		}
	}
	took := time.Since(began)
	t.Logf("%d simulations in %s (%.1f/s, %.0f times real time): %d requests, %d writes, %d edits, faults %v",
		*seeds, took.Round(time.Millisecond), float64(*seeds)/took.Seconds(), fake.Seconds()/took.Seconds(), requests, writes, edits, counts)
}
