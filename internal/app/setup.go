package app

import (
	"errors"
	"maps"
	"sync"

	"github.com/conformd/conformd/connectors"
)

// A setup remembers what the last check of each binding found wrong, for the status page. A
// corrected mistake disappears with the next check, which comes with a sweep or a start.
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
		out = append(out, p.What+": "+p.Remedy)
	}
	s.wrong[binding] = out
}

// failed notes that a tracker could not even be asked.
func (s *setup) failed(binding string, err error) {
	p := connectors.Problem{What: "the tracker is out of reach (" + err.Error() + ")", Remedy: "check url of its entry in trackers; conformd tries again by itself"}
	if errors.Is(err, connectors.Unauthenticated) || errors.Is(err, connectors.Denied) {
		p = connectors.Problem{What: "the credential is refused (" + err.Error() + ")", Remedy: "configure a valid one and start again"}
	}
	s.found(binding, []connectors.Problem{p})
}

// Setup returns what is wrong with the set-up of each binding and how to remedy it.
func (a *App) Setup() map[string][]string {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	return maps.Clone(a.setup.wrong)
}
