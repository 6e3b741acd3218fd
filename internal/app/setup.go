package app

import (
	"maps"
	"sync"

	"github.com/conformd/conformd/connectors"
)

// A setup remembers what the last check of each binding found wrong, for the
// status page. A cured mistake disappears with the next check: at a sweep, or at
// the start.
type setup struct {
	mu    sync.Mutex
	wrong map[string][]string
}

func (s *setup) found(binding string, ps []connectors.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrong == nil {
		s.wrong = map[string][]string{}
	}
	var out []string
	for _, p := range ps {
		out = append(out, p.What+": "+p.Cure)
	}
	s.wrong[binding] = out
}

// Setup returns what is wrong with the set-up of each binding and how to cure it.
func (a *App) Setup() map[string][]string {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	return maps.Clone(a.setup.wrong)
}
