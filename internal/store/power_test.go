package store_test

import (
	"flag"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/figures"
)

var (
	seed = flag.Uint64("seed", 0, "play only the life with this seed (TestPowerCuts, TestDiskFullAnywhere, TestSyncFails)")
	cuts = flag.Int("cuts", 0, "how often the power is cut (TestPowerCuts); 0 is as often as in CI")
	file = flag.String("figures", "", "put the figures of TestPowerCuts into this file")
)

// TestPowerCuts lives through many lives of a register, each from a seed, on a disk
// that loses power, or whose process is killed, at a random operation of it: in the
// middle of a commit, of a checkpoint, of the migrations, of the recovery from the
// cut before. After each the real store is opened again and everything in it is held
// against what was acknowledged.
func TestPowerCuts(t *testing.T) {
	most := *cuts
	switch {
	case most > 0:
	case testing.Short():
		most = 60
	default:
		most = 5000
	}
	n := newNursery(t)
	start := time.Now()
	for s := range seeds(math.MaxInt) {
		if n.sum.cuts >= most || t.Failed() {
			break
		}
		t.Run(fmt.Sprint(s), func(t *testing.T) { n.live(t, s, "") })
	}
	t.Logf("%s, %.0f a second", n.sum, float64(n.sum.cuts+n.sum.kills)/time.Since(start).Seconds())
	if *file == "" || t.Failed() {
		return
	}
	row := figures.Row{Name: "power_cuts_ci", Value: float64(n.sum.cuts), Unit: fmt.Sprintf("cuts, %d commits lost, %d intents unpaired", n.sum.lost, n.sum.unpaired), Goal: ">= 5000, 0 lost, 0 unpaired"}
	if err := figures.Put(*file, row); err != nil {
		t.Error(err)
	}
}

// seeds yields n seeds from 1 on, or the one that was asked for.
func seeds(n int) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		if *seed != 0 {
			yield(*seed)
			return
		}
		for s := uint64(1); s <= uint64(n); s++ {
			if !yield(s) {
				return
			}
		}
	}
}

// lives is how many lives a test plays that is asked for n.
func lives(n int) int {
	if testing.Short() {
		return n / 10
	}
	return n
}

// again says how to play a life that failed once more.
func again(t *testing.T, seed uint64) {
	t.Helper()
	if name, _, _ := strings.Cut(t.Name(), "/"); t.Failed() {
		t.Logf("again: go test ./internal/store -run '%s$' -seed %d -v", name, seed)
	}
}

// TestPowerCutsWithoutSync shows that the lane can fail: on the same disk, a store
// that does not sync each commit loses what it has acknowledged.
func TestPowerCutsWithoutSync(t *testing.T) {
	n := newNursery(t)
	for s := uint64(1); n.sum.cuts < 60; s++ {
		n.live(t, s, "synchronous(NORMAL)")
	}
	t.Logf("with synchronous=NORMAL: %s", n.sum)
	if n.sum.lost == 0 {
		t.Error("no acknowledged commit was lost with synchronous=NORMAL; the disk is too kind, or nobody looks")
	}
}

// TestSameSeedSameLife shows that a failure can be played again.
func TestSameSeedSameLife(t *testing.T) {
	n := newNursery(t)
	for s := uint64(1); s <= 5; s++ {
		a, b := n.live(t, s, ""), n.live(t, s, "")
		if a.trace != b.trace || a.tally != b.tally {
			t.Errorf("two lives with seed %d differ: %s and %s", s, a.tally, b.tally)
		}
	}
}

// A tally counts what happened in lives.
type tally struct {
	cuts, kills, closes int
	commits, writes     int // acknowledged commits, and intents that were sent
	opening             int // cuts before the store was open again
	lost, torn          int
	unpaired            int
}

func (a *tally) add(b tally) {
	a.cuts += b.cuts
	a.kills += b.kills
	a.closes += b.closes
	a.commits += b.commits
	a.writes += b.writes
	a.opening += b.opening
	a.lost += b.lost
	a.torn += b.torn
	a.unpaired += b.unpaired
}

func (a tally) String() string {
	return fmt.Sprintf("%d power cuts and %d kills (%d of them while opening), %d commits, %d writes sent; lost %d, torn %d, unpaired %d",
		a.cuts, a.kills, a.opening, a.commits, a.writes, a.lost, a.torn, a.unpaired)
}

// A nursery is where lives begin: the keys of the log, and a disk with a new store.
type nursery struct {
	signer   tree.Signer
	verifier tree.Verifier
	template *disktest.Disk
	sum      tally // of all lives
}

func newNursery(t *testing.T) *nursery {
	t.Helper()
	cryptotest.SetGlobalRandom(t, 1)
	private, public, err := tree.GenerateKey("acme.example/register")
	if err != nil {
		t.Fatal(err)
	}
	n := &nursery{}
	if n.signer, err = tree.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	if n.verifier, err = tree.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	l := n.born(t, 0, "")
	l.disk = disktest.New()
	if err := l.open(); err != nil {
		t.Fatal(err)
	}
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	n.template = l.disk
	return n
}

// born begins a life. A store in ten begins on an empty disk.
func (n *nursery) born(t *testing.T, seed uint64, synchronous string) *life {
	l := &life{
		T: t, nursery: n, rng: rand.New(rand.NewPCG(seed, 14)), synchronous: synchronous,
		now: time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC), acked: state{newBook(), nil}, seen: map[string]int{}, sent: map[int64]bool{},
	}
	if n.template == nil || l.rng.IntN(10) == 0 {
		l.disk = disktest.New()
	} else {
		l.disk = n.template.Copy()
	}
	l.checkpoint = []int{4, 20, 100, 1000}[l.rng.IntN(4)]
	return l
}

// live lives a life to its end. It is in a bubble, so that writes that meet in one
// commit meet in it every time.
func (n *nursery) live(t *testing.T, seed uint64, synchronous string) *life {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	var l *life
	synctest.Test(t, func(t *testing.T) {
		l = n.born(t, seed, synchronous)
		for range 12 {
			if l.Failed() {
				break
			}
			l.day()
		}
		l.rest()
		n.sum.add(l.tally)
		again(t, seed)
	})
	return l
}
