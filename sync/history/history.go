// Package history tells who did what on an issue, as far as its tracker tells: from the
// changes that the tracker lists, from the author of a new issue, and from nothing else.
// What cannot be known is said to be unattributed and never guessed.
package history

import (
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
)

// Daemon is the actor of what conformd does by itself.
func Daemon() audit.Actor { return audit.Actor{Kind: audit.Daemon, How: audit.ByNone} }

// Unattributed is the actor of what nobody is known to have done.
func Unattributed() audit.Actor { return audit.Actor{Kind: audit.Unattributed, How: audit.ByNone} }

// Engaged is the entry that says why conformd stops writing to a binding.
func Engaged(binding string, trigger audit.Trigger, why string) audit.Entry {
	return audit.Entry{
		Verb: audit.BrakeEngaged, Actor: Daemon(), Origin: audit.Origin{Binding: binding, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectBinding, ID: binding, Ref: binding}, Reason: why,
	}
}

// Author returns the audit actor of a tracker account: the person it is mapped to, or
// its pseudonymous account.
func Author(b *binding.Binding, u connectors.User, how audit.How) audit.Actor {
	self, _ := b.Self()
	id := "account:" + b.ID + ":" + u.ID
	switch {
	case u.ID == "":
		return Unattributed()
	case u.ID == self.ID:
		return Daemon()
	case u.Bot:
		return audit.Actor{Kind: audit.TrackerApp, ID: id, How: how}
	}
	account := b.ID + ":" + u.ID
	for _, a := range b.Profile.People {
		if a.ID == u.ID {
			id = a.Person
			break
		}
	}
	return audit.Actor{Kind: audit.Person, ID: id, How: how, Account: account}
}

// An Act is one change of one field by one person.
type Act struct {
	Actor audit.Actor
	At    time.Time // by the tracker's clock; zero if it is not known
	// From and To are the tracker's own words, where its history has them.
	From, To string
	// Told says that From and To are known.
	Told bool
}

// Acts returns who brought a field of an issue to its present value since the change
// with the id known, oldest first; store.NoHistory is from the beginning, and "" says
// that the issue was not known before. Where the tracker lists no
// change of the field there is one act, whose actor is the author of an issue that
// nobody touched, and else unknown.
func Acts(b *binding.Binding, is *connectors.Issue, known string, f register.Field) []Act {
	if known == "" {
		return []Act{Latest(b, is, []register.Field{f}, true)}
	}
	name := b.Profile.HistoryField(f)
	changes := is.Changes
	if i := slices.IndexFunc(changes, func(c connectors.Change) bool { return c.ID == known }); i >= 0 {
		changes = changes[i+1:]
	}
	var out []Act
	for _, c := range changes {
		if c.Field == name {
			out = append(out, Act{Actor: Author(b, c.Author, audit.ByChangelog), At: c.At, From: c.From, To: c.To, Told: b.Profile.HasOwnHistory(f)})
		}
	}
	if len(out) > 0 {
		return out
	}
	return []Act{Latest(b, is, []register.Field{f}, false)}
}

// Latest returns who changed one of several fields of an issue last. Fresh says that the
// issue is seen for the first time.
func Latest(b *binding.Binding, is *connectors.Issue, fields []register.Field, fresh bool) Act {
	names := map[string]bool{}
	for _, f := range fields {
		names[b.Profile.HistoryField(f)] = true
	}
	for _, c := range slices.Backward(is.Changes) {
		if names[c.Field] && c.Field != "" {
			return Act{Actor: Author(b, c.Author, audit.ByChangelog), At: c.At}
		}
	}
	if fresh && is.Updated.Equal(is.Created) {
		// What an issue of conformd's own making shows otherwise than conformd has it, a
		// person wrote within the second in which it was created.
		if a := Author(b, is.Author, audit.ByToken); a.Kind != audit.Daemon {
			return Act{Actor: a, At: is.Created}
		}
	}
	return Act{Actor: Unattributed(), At: is.Updated}
}

// since returns the changes of a history that were not listed in before.
func since(changes []connectors.Change, before *connectors.Issue) []connectors.Change {
	if before == nil {
		return changes
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c connectors.Change) bool {
		return slices.ContainsFunc(before.Changes, func(o connectors.Change) bool { return o.ID == c.ID })
	})
}

// Touched reports whether somebody else is known to have changed an issue since
// conformd created it, or one of its fields, if its name is given.
func Touched(b *binding.Binding, is *connectors.Issue, field string) bool {
	self, _ := b.Self()
	return slices.ContainsFunc(is.Changes, func(c connectors.Change) bool {
		return c.Author.ID != self.ID && (field == "" || c.Field == field)
	})
}

// Newer returns what is newer in a history than what was known when a write was
// planned. A listing may have stored the issue since, write and all; where the last
// known change is not in the history any more, that is the best there is.
func Newer(changes []connectors.Change, known string, before *connectors.Issue) []connectors.Change {
	if known == store.NoHistory {
		return changes
	}
	if i := slices.IndexFunc(changes, func(c connectors.Change) bool { return c.ID == known }); i >= 0 {
		return changes[i+1:]
	}
	return since(changes, before)
}

// Replaced is what somebody else made of a field just before conformd made it what it
// wants. Of several who saved one after the other it is the last: the others were
// replaced by people. Changes are oldest first.
func Replaced(changes []connectors.Change, field, want, self string) (theirs connectors.Change, ok bool) {
	for _, c := range changes {
		switch {
		case c.Field != field:
		case c.Author.ID != self:
			theirs, ok = c, c.To != want
		case ok:
			return theirs, true
		}
	}
	return theirs, ok
}
