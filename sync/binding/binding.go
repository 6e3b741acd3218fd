// Package binding is one Jira project or GitHub repository at work: its connection,
// its mapping and what conformd may do there.
package binding

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

// A Binding is one Jira project or GitHub repository at work. Its fields are set before
// its first use and not changed afterwards; it is safe for concurrent use.
type Binding struct {
	ID      string
	Tracker connectors.Tracker
	Profile *mapping.Profile
	// Language is that of the people there; nil is English.
	Language *catalogue.Language
	Mode     plan.Mode
	Grace    time.Duration
	Twin     bool // records from elsewhere get an issue here
	// Credential is the account with which conformd signs in there.
	Credential *Credential
	// Scope is the part of the ISMS that its records are about, where their issues name none.
	Scope string
	// Labels are the labels that a new issue must carry to be selected.
	Labels []string

	self atomic.Pointer[connectors.User]
	skew atomic.Int64
}

// Limits are the write budget of a credential. They are below the vendor's own limits, which
// also count what people do with the account in the web page. Zero means unlimited.
type Limits struct {
	PerMinute int
	PerHour   int
}

// Self returns the account that conformd uses there, and whether it is known: the tracker
// must have been asked. Until then no comment or decision is taken in.
func (b *Binding) Self() (connectors.User, bool) {
	u := b.self.Load()
	if u == nil {
		return connectors.User{}, false
	}
	return *u, true
}

// Introduced returns a Wait if the tracker has not said yet which account conformd uses.
func (b *Binding) Introduced(again time.Time) error {
	if _, known := b.Self(); known {
		return nil
	}
	return &Wait{Binding: b.ID, Until: again, Why: "the tracker has not said yet which account conformd uses"}
}

// Forget clears the account until the tracker names it again: an operator may replace a
// refused credential with that of another account.
func (b *Binding) Forget() { b.self.Store(nil) }

// Know stores the account that conformd uses there.
func (b *Binding) Know(self connectors.User) { b.self.Store(&self) }

// Own reports whether conformd's account filed an issue. The marker alone does not decide,
// because people may remove it. While the account is not known, an issue with any marker
// counts as own, so that an issue that conformd filed never becomes a new record.
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

// Skew returns by how much the tracker's clock is ahead of conformd's, as last noted; to the
// second.
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
