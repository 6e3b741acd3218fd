package signin

import (
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// The limits of guessing passwords.
const (
	freeGuesses  = 5 // wrong passwords for one account before it is locked
	firstLock    = time.Minute
	longestLock  = 15 * time.Minute
	forgetAfter  = time.Hour // after the last wrong password
	hashedAtOnce = 2         // passwords; each takes 19 MiB
)

// The rate at which passwords are looked at, for all accounts together. With forgetAfter it bounds
// how many names are counted.
const (
	guessesEach   = rate.Limit(1)
	guessesAtOnce = 10
)

// guesses bounds how often somebody may guess a password. It counts for a name whether there is
// such an account or not. A restart of the daemon forgets it.
type guesses struct {
	mu      sync.Mutex
	names   map[string]*guessed
	swept   time.Time
	all     *rate.Limiter
	hashing chan struct{}
}

type guessed struct {
	wrong int
	last  time.Time
	until time.Time // locked
}

func newGuesses() *guesses {
	return &guesses{names: map[string]*guessed{}, all: rate.NewLimiter(guessesEach, guessesAtOnce), hashing: make(chan struct{}, hashedAtOnce)}
}

// take takes a guess for a name and counts it as wrong, so that many requests at once have no more
// guesses than one after the other. If there is none to take, it says until when the name is locked;
// zero if the limit of all names is reached.
func (g *guesses) take(name string, now time.Time) (until time.Time, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	x := g.names[name]
	if x != nil && now.Before(x.until) {
		return x.until, false
	}
	if !g.all.AllowN(now, 1) {
		return time.Time{}, false
	}
	g.sweep(now)
	if x == nil || now.Sub(x.last) >= forgetAfter {
		x = &guessed{}
		g.names[name] = x
	}
	x.wrong, x.last = x.wrong+1, now
	if over := x.wrong - freeGuesses; over >= 0 {
		x.until = now.Add(min(longestLock, firstLock<<min(over, 10)))
	}
	return time.Time{}, true
}

// right forgets the wrong passwords of a name.
func (g *guesses) right(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.names, name)
}

// sweep drops the names that are forgotten, once a minute.
func (g *guesses) sweep(now time.Time) {
	if now.Sub(g.swept) < time.Minute {
		return
	}
	g.swept = now
	maps.DeleteFunc(g.names, func(_ string, x *guessed) bool { return now.Sub(x.last) >= forgetAfter })
}

// A seldom lets each key pass once in ten minutes, and so many keys at most.
type seldom struct {
	mu   sync.Mutex
	most int
	last map[string]time.Time
}

const seldomEvery = 10 * time.Minute

func newSeldom(most int) *seldom { return &seldom{most: most, last: map[string]time.Time{}} }

// pass reports whether a key comes for the first time in ten minutes, and whether there are too
// many keys to tell.
func (s *seldom) pass(key string, now time.Time) (first, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t, ok := s.last[key]; ok && now.Sub(t) < seldomEvery {
		return false, false
	}
	if len(s.last) >= s.most {
		maps.DeleteFunc(s.last, func(_ string, t time.Time) bool { return now.Sub(t) >= seldomEvery })
	}
	if _, ok := s.last[key]; !ok && len(s.last) >= s.most {
		return false, true
	}
	s.last[key] = now
	return true, false
}

// again lets a key pass once more.
func (s *seldom) again(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.last, key)
}
