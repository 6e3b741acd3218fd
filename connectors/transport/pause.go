package transport

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A Pause holds requests back until the time that a vendor named when it refused one. Clients
// that sign in with the same credential share a Pause, because vendors count by credential,
// and ban those that go on regardless
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
// A clock that is set back ends it. The zero Pause has ended. A nil Pause holds nothing back.
type Pause struct {
	Now func() time.Time // the clock; nil is the real one

	mu           sync.Mutex
	noted, until time.Time
}

func (p *Pause) now() time.Time {
	if p.Now == nil {
		return time.Now()
	}
	return p.Now()
}

// Note begins or extends the pause if err is a rate limit that concerns more than one issue.
func (p *Pause) Note(err error) {
	e, ok := errors.AsType[*connectors.Error](err)
	if p == nil || !ok || e.Kind != connectors.Limited || e.Scope == connectors.ScopeIssue {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.Until.After(p.until) {
		p.noted, p.until = p.now(), e.Until
	}
}

// check returns a *PausedError while the pause lasts.
func (p *Pause) check() error {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); !now.Before(p.until) || now.Before(p.noted) {
		return nil
	}
	return &PausedError{p.until}
}

// A PausedError is the error of a request that a Pause held back. The request was not sent.
type PausedError struct{ Until time.Time }

func (e *PausedError) Error() string {
	return fmt.Sprintf("the request was not sent: the tracker asked for a pause until %s", e.Until.UTC().Format(time.RFC3339))
}

// Paused returns the end of the pause that held a request back, if err is a PausedError.
func Paused(err error) (until time.Time, ok bool) {
	e, ok := errors.AsType[*PausedError](err)
	if !ok {
		return time.Time{}, false
	}
	return e.Until, true
}
