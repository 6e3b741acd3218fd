package simkit

import (
	"slices"
	"sync"
	"time"
)

// A Change is a change that took effect in a simulated tracker, even if the answer said that
// it failed or was lost.
type Change struct {
	Seq     int64     `json:"seq"` // 1, 2, 3, …; given by Truth.Add
	At      time.Time `json:"at"`  // the tracker's clock
	Tracker string    `json:"tracker"`
	Issue   string    `json:"issue"` // key or id
	Field   string    `json:"field"` // the tracker's name; "created", "comment", …
	From    string    `json:"from,omitempty"`
	To      string    `json:"to,omitempty"`
	By      string    `json:"by"`                // login of who did it
	Request string    `json:"request,omitempty"` // the request that did it; "" for a person
}

// Truth is the ground truth: every change that took effect, in order. The zero
// Truth is empty and ready. It is safe for concurrent use.
type Truth struct {
	mu  sync.Mutex
	log []Change
}

// Add appends c and numbers it.
func (t *Truth) Add(c Change) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c.Seq = int64(len(t.log)) + 1
	t.log = append(t.log, c)
}

// Len returns how many changes there are, which is the number of the last one.
func (t *Truth) Len() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return int64(len(t.log))
}

// All returns every change so far.
func (t *Truth) All() []Change { return t.Since(0) }

// Since returns the changes after number seq.
func (t *Truth) Since(seq int64) []Change {
	t.mu.Lock()
	defer t.mu.Unlock()
	seq = min(max(seq, 0), int64(len(t.log)))
	return slices.Clone(t.log[seq:])
}
