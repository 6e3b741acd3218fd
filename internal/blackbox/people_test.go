//go:build unix

package blackbox

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

const (
	repo       = "/repos/acme/isms"
	mostIssues = 7 // that people of one side open
)

// A crowd is the people at work.
type crowd struct{ sync.WaitGroup }

// A side is the people who work in one tracker. They see only that one.
type side struct {
	*tracker
	rng    *rand.Rand
	letter string
	n      int // values given out
	opened int
	known  []string // paths of issues
	whole  []string // of those that lack only a review
}

// people work in both trackers until it is over. Nobody waits for anybody.
func (l *lane) people() *crowd {
	var c crowd
	for i, s := range []*side{{tracker: l.jira, letter: "j"}, {tracker: l.github, letter: "g"}} {
		s.rng = rand.New(rand.NewPCG(l.seed, uint64(10+i))) //nolint:gosec // a game
		c.Go(s.work)
	}
	l.Cleanup(func() { l.over.Store(true); c.Wait() })
	return &c
}

// work is one act after the other. What goes wrong on the way to the tracker worries
// nobody: the tracker knows what it did.
func (s *side) work() {
	act := s.actInJira
	if s.tracker == s.github {
		act = s.actInGitHub
	}
	acts := 0
	for !s.over.Load() && s.ctx.Err() == nil {
		err := act()
		if r, ok := errors.AsType[*refusal](err); ok && r.status < 500 && r.status != http.StatusTooManyRequests {
			s.Errorf("people in %s are refused: %v", s.name, err)
			return
		}
		acts++
		<-time.After(between(s.rng, 10*time.Millisecond, 150*time.Millisecond))
	}
	s.sum.add("acts", acts)
}

func (s *side) who() string { return []string{"irene", "erik", "olga", "rita"}[s.rng.IntN(4)] }

// value is a text that nobody writes a second time, so that it names one edit.
func (s *side) value(what string) string {
	s.n++
	return fmt.Sprintf("%s %s%05dx", what, s.letter, s.n)
}

// look returns some issue of the tracker, ours or the daemon's, as its people see it.
func (s *side) look() (path string, err error) {
	if len(s.known) == 0 || s.rng.IntN(4) == 0 {
		s.known = s.known[:0]
		if s.tracker == s.github {
			var list []struct{ Number int }
			if err := s.get(repo+"/issues?state=all&per_page=100", &list); err != nil {
				return "", err
			}
			for _, i := range list {
				s.known = append(s.known, fmt.Sprintf("%s/issues/%d", repo, i.Number))
			}
		} else {
			for _, c := range s.truth() {
				if c.Field == "created" {
					s.known = append(s.known, "/rest/api/2/issue/"+c.Issue)
				}
			}
		}
	}
	if len(s.known) == 0 {
		return "", errors.New("no issue yet")
	}
	return s.known[s.rng.IntN(len(s.known))], nil
}
