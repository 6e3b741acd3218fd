package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
)

// A life is one register from its first day on, through all the failures of its disk.
type life struct {
	*testing.T
	*nursery
	tally
	rng  *rand.Rand
	now  time.Time
	disk *disktest.Disk

	synchronous string // instead of synchronous(FULL)
	checkpoint  int    // pages of the write-ahead log that bring about a checkpoint

	store *store.Store
	// acked is what was acknowledged last. The register may also be found as one of
	// the others: what a commit would have made of it whose caller was told nothing but
	// an error, or, where such a commit survived a kill, what was before it. It may
	// not be found as it was in the past.
	acked  state
	others []state
	past   []*book
	killed bool // and not cut off from power, when it stopped last

	seen   map[string]int // issues in the trackers by id, and how often each was changed
	sent   map[int64]bool // writes that have left, by the number of their intent
	values int            // every text is written only once
	trace  string         // what happened, shortly
}

// A state is what the register must hold, and the signed checkpoint of its log, as
// somebody outside keeps it.
type state struct {
	*book
	anchor []byte
}

func (l *life) open() error {
	l.Helper()
	sync := "synchronous(FULL)"
	if l.synchronous != "" {
		sync = l.synchronous
	}
	var err error
	l.store, err = store.Open(l.Context(), store.Options{
		Dir: "/data", Log: auditlog.Open(l.signer, l.signer.Name()), Run: "run-1", Config: "sha256:c",
		Now:    func() time.Time { return l.now },
		Driver: storetest.OnDisk(l.disk, "synchronous(FULL)", fmt.Sprintf("%s&_pragma=wal_autocheckpoint(%d)", sync, l.checkpoint)),
	})
	return err
}

// day opens the store, looks whether all is there, works until the failure, and
// leaves the disk as the failure does.
func (l *life) day() {
	l.Helper()
	span := 400
	if l.rng.IntN(4) == 0 {
		span = 12 // soon enough to disturb the opening
	}
	l.disk.StopAt(1 + l.rng.IntN(span))
	l.morning()
	for steps := 0; !l.disk.Stopped() && !l.Failed(); steps++ {
		if l.rng.IntN(60) == 0 {
			l.night()
			l.morning()
			continue
		}
		l.work()
	}
	l.stop()
}

// morning opens the store, if the power lasts.
func (l *life) morning() {
	l.Helper()
	if l.disk.Stopped() {
		return
	}
	err := l.open()
	switch {
	case l.disk.Stopped():
		l.opening++ // also where the last thing that failed was none that mattered
	case err == nil:
		l.judge()
	default:
		l.Errorf("the store does not open after a failure of the disk: %v", err)
		l.disk.Stop()
	}
}

// night closes the store in good order.
func (l *life) night() {
	l.Helper()
	err := l.store.Close()
	l.store = nil
	l.closes++
	if err != nil && !l.disk.Stopped() {
		l.Errorf("Close = %v, want nil", err)
	}
}

// stop is the failure: the machine is off, or the process is gone.
func (l *life) stop() {
	l.Helper()
	l.trace += fmt.Sprintf("stop %d %d;", l.disk.Ops(), l.acked.Log)
	var after *disktest.Disk
	if l.killed = l.rng.IntN(6) == 0; l.killed {
		l.kills++
		after = l.disk.Kill()
	} else {
		l.cuts++
		after = l.disk.PowerCut(l.rng)
	}
	if l.store != nil {
		_ = l.store.Close() // of a dead machine: it lets go of memory
		l.store = nil
	}
	l.disk.Unmount()
	l.disk = after
}

// rest opens the store a last time, on a machine that lasts.
func (l *life) rest() {
	l.Helper()
	l.morning()
	if l.store == nil {
		return
	}
	if !l.Failed() {
		l.work() // it is not only readable
	}
	l.night()
	l.disk.Unmount()
}

// A change is what one Write does; next is the book that it keeps.
type change func(t *store.Tx, next *book) error

// write writes, and keeps the books: next is what the register must be once the
// write is acknowledged.
func (l *life) write(fn change) error {
	l.Helper()
	l.now = l.now.Add(time.Second)
	next := l.acked.clone()
	err := l.store.Write(l.Context(), func(t *store.Tx) error { return fn(t, next) })
	l.answered(err, next)
	return err
}

// answered notes what the caller of a write was told.
func (l *life) answered(err error, next *book) {
	l.Helper()
	switch {
	case err == nil:
		l.past = append(l.past, l.acked.book)
		l.acked, l.others = state{next, l.anchor()}, nil
		l.commits++
		l.trace += fmt.Sprintf("%d;", l.disk.Ops())
	case l.disk.Stopped() || store.Full(err):
		l.others = append(l.others, state{next, l.acked.anchor})
	}
}

// anchor returns the checkpoint of the log as it is now. On a machine that stopped
// since, the last one is as good: the log must still hold all that is under it.
func (l *life) anchor() []byte {
	l.Helper()
	b, err := auditdb.CurrentCheckpoint(l.Context(), l.store.Reader())
	if err == nil || errors.Is(err, sql.ErrNoRows) {
		return b
	}
	if !l.disk.Stopped() {
		l.Errorf("the head of the log cannot be read: %v", err)
	}
	return l.acked.anchor
}

// text returns a text that nobody has written before, of any length.
func (l *life) text() string {
	l.values++
	s := fmt.Sprintf("value %d ", l.values)
	for range l.rng.IntN(3) * l.rng.IntN(120) {
		s += "The reader at the door was out of order again. "
	}
	return s
}
