package binding

import (
	"context"
	"sync"
)

// A Gate admits one worker at a time for each key and refuses the others. The zero Gate is
// ready to use.
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

// Leave admits the next worker.
func (g *Gate) Leave(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.busy, key)
}

// Turns admit one worker at a time for each key; the others wait until their context ends.
// Unlike with a mutex, a worker that waits behind a tracker that hangs can be stopped. The
// zero Turns are ready to use.
type Turns struct{ taken sync.Map } // key → chan struct{}, full while a worker has the turn

// Take waits for the caller's turn and returns the function that ends it.
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
