// Package binding is one Jira project or GitHub repository at work: its connection,
// its mapping and what conformd may do there.
package binding

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

// A Binding is one Jira project or GitHub repository at work. Its fields are set before
// its first use and not changed afterwards; it is safe for concurrent use.
type Binding struct {
	ID      string
	Tracker connectors.Tracker
	Profile *mapping.Profile
	Mode    plan.Mode
	Grace   time.Duration
	Twin    bool // records from elsewhere get an issue here
	// Credential is what conformd signs in with there.
	Credential *Credential
	// Labels are what a new issue must carry to be selected.
	Labels []string

	self atomic.Pointer[connectors.User]
	skew atomic.Int64
}

// Limits are the write budget of a credential, below the vendor's own limits: what
// people do in the web page counts there too. Zero means unlimited.
type Limits struct {
	PerMinute int
	PerHour   int
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

// Introduced reports with a Wait that the tracker has not said yet who conformd is there.
func (b *Binding) Introduced(again time.Time) error {
	if _, known := b.Self(); known {
		return nil
	}
	return &Wait{Binding: b.ID, Until: again, Why: "the tracker has not said yet who conformd is there"}
}

// Forget makes conformd unknown there until the tracker says again who it is: a refused
// credential may be replaced by that of another account.
func (b *Binding) Forget() { b.self.Store(nil) }

// Know stores the account that conformd uses there.
func (b *Binding) Know(self connectors.User) { b.self.Store(&self) }

// Own reports whether an issue is of conformd's own making: its account files nothing but
// the issues of records, and people may take the marker off one. While it is not known who
// conformd is there, every marker is taken for its own: no issue of its making becomes
// a record.
func (b *Binding) Own(is *connectors.Issue) bool {
	self, known := b.Self()
	if !known {
		return is.Marker != ""
	}
	return self.ID != "" && is.Author.ID == self.ID
}

// Reacts reports whether people of the binding see reactions on their comments.
func (b *Binding) Reacts() bool {
	_, ok := b.Tracker.(connectors.Reactor)
	return ok
}

// SetSkew notes by how much the tracker's clock is ahead of conformd's.
func (b *Binding) SetSkew(d time.Duration) { b.skew.Store(int64(d)) }

// Skew is by how much the tracker's clock is ahead of conformd's, as it was last told; to
// the second.
func (b *Binding) Skew() time.Duration { return time.Duration(b.skew.Load()) }

// Find returns the binding with an id, or nil if it is not configured any more.
func Find(all []*Binding, id string) *Binding {
	i := slices.IndexFunc(all, func(b *Binding) bool { return b.ID == id })
	if i < 0 {
		return nil
	}
	return all[i]
}

// IDs lists the ids of bindings.
func IDs(all []*Binding) []string {
	out := make([]string, len(all))
	for i, b := range all {
		out[i] = b.ID
	}
	return out
}
