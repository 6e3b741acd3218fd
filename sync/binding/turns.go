package binding

import (
	"context"
	"sync"
)

// A Gate lets one worker at a time through for each key and turns the others away. The
// zero Gate is open.
type Gate struct {
	mu   sync.Mutex
	busy map[string]bool
}

// Enter reports whether the caller may work on key; it must Leave afterwards.
func (g *Gate) Enter(key string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.busy[key] {
		return false
	}
	if g.busy == nil {
		g.busy = map[string]bool{}
	}
	g.busy[key] = true
	return true
}

// Leave lets the next one through.
func (g *Gate) Leave(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.busy, key)
}

// Turns let one worker at a time through for each key and have the others wait, until
// their context ends. A tracker may be asked in a turn: who waits for one that hangs can
// still be told to stop. The zero Turns are free.
type Turns struct{ taken sync.Map } // key → chan struct{}, full while somebody has the turn

// Take waits for the caller's turn and returns what ends it.
func (t *Turns) Take(ctx context.Context, key string) (end func(), err error) {
	one, _ := t.taken.LoadOrStore(key, make(chan struct{}, 1))
	turn, _ := one.(chan struct{})
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
