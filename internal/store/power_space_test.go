package store_test

import (
	"math/rand/v2"
	"testing"
	"testing/cryptotest"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/store"
)

// When the disk is full nothing is acknowledged and nothing is sent, the error says
// so, the register stays readable and as it was, and all goes on when there is
// space; also when the power fails meanwhile.
func TestDiskFullAnywhere(t *testing.T) {
	n := newNursery(t)
	for s := range seeds(lives(30)) {
		n.failing(t, s, func(l *life) { l.disk.Limit(l.disk.Used() + int64(l.rng.IntN(12_000))) }, func(l *life) { l.disk.Limit(0) })
	}
}

// When a sync fails the write is not acknowledged, and what is acknowledged later
// does not depend on what the failed sync let fall.
func TestSyncFails(t *testing.T) {
	n := newNursery(t)
	for s := range seeds(lives(50)) {
		n.failing(t, s, func(l *life) { l.disk.FailSyncs(1000, l.rng) }, func(l *life) { l.disk.FailSyncs(0, nil) })
	}
}

// failing lives a life in which writes fail, some hours of each day, without the end
// of the machine. Each day ends with a cut or a kill.
func (n *nursery) failing(t *testing.T, seed uint64, fail, mend func(*life)) {
	t.Helper()
	cryptotest.SetGlobalRandom(t, seed)
	synctest.Test(t, func(t *testing.T) {
		l := n.born(t, seed, "")
		l.rng = rand.New(rand.NewPCG(seed, 15))
		for range 6 {
			l.morning()
			for range 1 + l.rng.IntN(4) {
				if !l.Failed() {
					l.work()
				}
			}
			for range 1 + l.rng.IntN(3) {
				if l.Failed() {
					break
				}
				fail(l)
				l.refused()
				mend(l)
				if l.rng.IntN(3) > 0 {
					l.work()
					l.unchanged()
				}
			}
			l.stop()
		}
		l.rest()
		again(t, seed)
	})
}

// refused works until a write fails, and looks at how.
func (l *life) refused() {
	l.Helper()
	for range 200 {
		sent := len(l.sent)
		before := l.commits
		err := l.act()
		if err == nil {
			continue
		}
		if !store.Full(err) {
			l.Errorf("a write on a failing disk = %v, want an error that Full recognises", err)
		}
		if now := len(l.sent); now > sent+l.commits-before {
			l.Errorf("%d writes were sent and %d commits acknowledged", now-sent, l.commits-before)
		}
		l.unchanged()
		return
	}
	l.Error("200 writes on a failing disk and none of them failed")
}

// unchanged checks that the open store shows what was acknowledged, nothing else.
func (l *life) unchanged() {
	l.Helper()
	got, err := readBook(l.Context(), l.store)
	if err != nil {
		l.Errorf("the register cannot be read: %v", err)
		return
	}
	if diff := cmp.Diff(l.acked.book, got); diff != "" {
		l.Errorf("the register is not what was acknowledged; (-acknowledged +found):\n%s", diff)
	}
}
