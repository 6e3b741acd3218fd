package ingest

import "sync"

// A gate lets one worker at a time through for each key. The zero gate is open.
type gate struct {
	mu   sync.Mutex
	busy map[string]bool
}

// enter reports whether the caller may work on key; it must leave afterwards.
func (g *gate) enter(key string) bool {
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

func (g *gate) leave(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.busy, key)
}
