// Package apply carries out one planned write at a time: it makes the intent
// durable, sends one request that holds only what changes, reads back what the
// issue shows, and appends the outcome. Stopped at any point, it is finished by
// Resolve, which looks at the tracker instead of sending again.
//
// It never repeats a write by itself and never waits: when a budget or a rate
// limit says no, it says until when.
package apply

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

// The errors that end a turn without being anybody's mistake.
var (
	// ErrVoid: the issue shows something else than the plan was made for. The new
	// observation is stored; plan again.
	ErrVoid = errors.New("the issue changed since the plan was made")
	// ErrOnTheWay: one step of a workflow was taken and more are needed; plan again.
	ErrOnTheWay = errors.New("the issue is on its way")
	// ErrPending: the answer to a write was lost; the next turn looks for it.
	ErrPending = errors.New("the outcome of a write is not known yet")
)

// A Wait says that a binding must be left alone until a time.
type Wait struct {
	Binding string
	Until   time.Time
	Why     string
}

func (w *Wait) Error() string {
	return fmt.Sprintf("%s: %s, not before %s", w.Binding, w.Why, w.Until.UTC().Format(time.RFC3339))
}

// A Refused is a write that the tracker will not do. Trying again does not help;
// a person must change something.
type Refused struct {
	Binding string
	What    string
	Err     error
}

func (r *Refused) Error() string { return fmt.Sprintf("%s: %s: %v", r.Binding, r.What, r.Err) }

// Unwrap returns the tracker's error.
func (r *Refused) Unwrap() error { return r.Err }

// A Binding is one Jira project or GitHub repository at work.
type Binding struct {
	ID      string
	Tracker connectors.Tracker
	Profile *mapping.Profile
	Mode    plan.Mode
	Grace   time.Duration
	Twin    bool // records from elsewhere get an issue here
	Limits  Limits
	// Labels are what a new issue must carry to be selected.
	Labels []string

	self atomic.Pointer[connectors.User]
}

// Self is the account that conformd uses there. It is known once the tracker was
// asked; before that nothing anybody said is taken in.
func (b *Binding) Self() (connectors.User, bool) {
	u := b.self.Load()
	if u == nil {
		return connectors.User{}, false
	}
	return *u, true
}

// Know stores the account that conformd uses there.
func (b *Binding) Know(self connectors.User) { b.self.Store(&self) }

// Limits are the write budget of a binding, below the vendor's own limits: what
// people do in the web page counts there too. Zero means unlimited.
type Limits struct {
	PerMinute int
	PerHour   int
}

// An Applier writes to trackers.
type Applier struct {
	Store *store.Store
	Log   *zap.Logger
	Now   func() time.Time
}
