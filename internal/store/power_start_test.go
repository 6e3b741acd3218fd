package store_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"testing/cryptotest"
	"testing/synctest"

	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/store"
)

// A first start that is cut short, at whichever operation of its migrations, does
// not stand in the way of the next.
func TestFirstStartCutShort(t *testing.T) {
	n := newNursery(t)
	whole := n.born(t, 0, "")
	whole.disk = disktest.New()
	if err := whole.open(); err != nil {
		t.Fatal(err)
	}
	if err := whole.store.Close(); err != nil {
		t.Fatal(err)
	}
	step := 3
	if testing.Short() {
		step = 40
	}
	starts := 0
	for at := 1; at <= whole.disk.Ops() && !t.Failed(); at += step {
		starts++
		cryptotest.SetGlobalRandom(t, uint64(at))
		synctest.Test(t, func(t *testing.T) {
			l := n.born(t, uint64(at), "")
			l.disk = disktest.New()
			l.disk.StopAt(at)
			l.morning()
			if l.store != nil {
				l.night()
			}
			l.stop()
			l.rest()
			if l.Failed() {
				t.Logf("cut at operation %d", at)
			}
		})
	}
	t.Logf("%d first starts cut short", starts)
}

// A bit that flips on the disk never changes what the audit log says without being
// found: by the opening, by SQLite's own check, or by the verification of the log. It
// never makes the register start anew.
func TestFlippedBit(t *testing.T) {
	n := newNursery(t)
	cryptotest.SetGlobalRandom(t, 3)
	synctest.Test(t, func(t *testing.T) {
		l := n.born(t, 3, "")
		l.disk = n.template.Copy()
		l.morning()
		for range 40 {
			l.work()
		}
		l.night()
		rng := rand.New(rand.NewPCG(3, 16))
		found := map[string]int{}
		for range lives(400) {
			d := l.disk.Copy()
			d.FlipBit("/data/"+store.File, rng.IntN(8*d.Size("/data/"+store.File)))
			found[l.afterFlip(t, d)]++
		}
		t.Logf("found by: %v", found)
		if !testing.Short() && (found["the audit log"] == 0 || found["opening"] == 0) {
			t.Error("no flip was found by the opening, or none by the audit log: the test looks at too little")
		}
	})
}

// afterFlip returns what found the flipped bit, "nobody" if it changed nothing that
// the log or SQLite vouches for.
func (l *life) afterFlip(t *testing.T, d *disktest.Disk) string {
	t.Helper()
	defer d.Unmount()
	m := *l
	m.T, m.disk = t, d
	if err := m.open(); err != nil {
		return "opening"
	}
	defer func() { _ = m.store.Close() }()
	if size, err := m.store.LogSize(t.Context()); err != nil {
		return "reading"
	} else if size == 0 {
		t.Error("the register started anew")
	}
	rep, err := verify.DB(t.Context(), m.store.Reader(), m.verifier, verify.Options{Against: l.acked.anchor})
	if err != nil || rep.Result != verify.Verified {
		return "the audit log"
	}
	if rep.Size != l.acked.Log {
		t.Errorf("a log of %d entries verifies, %d were written", rep.Size, l.acked.Log)
	}
	// Of a damaged schema the driver of this test tells the place of the error as one in the
	// statement, and panics if the statement is shorter. The blanks make it longer.
	var said string
	if err := m.store.Reader().QueryRowContext(t.Context(), "PRAGMA integrity_check"+strings.Repeat(" ", 10_000)).Scan(&said); err != nil || said != "ok" {
		return "SQLite"
	}
	return "nobody"
}
