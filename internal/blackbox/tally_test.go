//go:build unix

package blackbox

import (
	"fmt"
	"sync"
)

// A tally counts what happened in all worlds together.
type tally struct {
	mu      sync.Mutex
	counts  map[string]int
	leftOut string // why the full disk was not tried
}

func (s *tally) add(what string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.counts == nil {
		s.counts = map[string]int{}
	}
	s.counts[what] += n
}

func (s *tally) leaveOut(why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leftOut = why
}

func (s *tally) why() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leftOut
}

func (s *tally) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprint(s.counts) // in the order of the keys
}
