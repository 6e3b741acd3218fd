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
	"github.com/conformd/conformd/mapping"
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

// Reporter returns who raised an issue: a person, or the account that nobody is mapped to; ""
// where the tracker names nobody but conformd. Where the tracker keeps a reporter beside the
// account that created the issue, the reporter counts.
func Reporter(b *binding.Binding, is *connectors.Issue) string {
	for _, u := range []connectors.User{is.Reporter, is.Author} {
		if a := Author(b, u, audit.ByToken); a.Kind != audit.Daemon && a.Kind != audit.Unattributed {
			return a.ID
		}
	}
	return ""
}

// An Act is one change of one field by one person.
type Act struct {
	Actor audit.Actor
	At    time.Time // by the tracker's clock; zero if it is not known
	// From and Value are what the field was and became, in the register's words.
	From, Value string
	// Told says that Value is known.
	Told bool
}

// Acts returns who brought a field of an issue to its present value since the change with
// the id known, oldest first; store.NoHistory is from the beginning, and "" says that the
// issue was not known before. Before is the value that the register holds. Where the tracker
// lists no change of the field there is one act, whose actor is the author of an issue that
// nobody touched, and else unknown.
func Acts(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, known string, f register.Field, before string) []Act {
	switch {
	case known == "":
		return []Act{Latest(b, is, t, []register.Field{f}, true)}
	case is.History.Asked():
		return replayed(b, is, t, known, f, before)
	}
	if out := listed(b, is, known, f); len(out) > 0 {
		last := &out[len(out)-1]
		last.Told = b.Profile.HasOwnHistory(f) // into what the issue shows now
		return out
	}
	return []Act{Latest(b, is, t, []register.Field{f}, false)}
}

// listed returns the acts of a field by the changes that came with the issue.
func listed(b *binding.Binding, is *connectors.Issue, known string, f register.Field) (out []Act) {
	name, own := b.Profile.HistoryField(f), b.Profile.HasOwnHistory(f)
	changes := is.Changes
	if i := slices.IndexFunc(changes, func(c connectors.Change) bool { return c.ID == known }); i >= 0 {
		changes = changes[i+1:]
	}
	for _, c := range changes {
		if c.Field == name {
			a := Act{Actor: Author(b, c.Author, audit.ByChangelog), At: c.At}
			if own {
				a.From, _ = b.Profile.Told(f, c.From)
				a.Value, a.Told = b.Profile.Told(f, c.To)
			}
			out = append(out, a)
		}
	}
	return out
}

// Shown returns what an issue showed of a field since the change with the id known, oldest
// first, as far as the tracker tells. It leaves out what conformd wrote. Of an issue that was
// not known before it returns what the issue was filed with, too.
func Shown(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, known string, f register.Field) []Act {
	var out []Act
	if is.History.Asked() {
		out = stepped(b, is, t, known, f)
	} else {
		out = listed(b, is, known, f)
	}
	if known == "" && len(out) > 0 && !b.Own(is) {
		filed := created(b, is)
		if is.History == connectors.HistoryPart {
			filed = Act{Actor: Unattributed(), At: is.Updated} // earlier changes are not known
		}
		filed.Value = out[0].From
		out = slices.Insert(out, 0, filed)
	}
	return slices.DeleteFunc(out, func(a Act) bool { return a.Value == "" || a.Actor.Kind == audit.Daemon })
}

// stepped returns the acts of a field by the steps of the timeline.
func stepped(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, known string, f register.Field) (out []Act) {
	isNew := func(time.Time, string) bool { return true }
	if i := slices.IndexFunc(is.Changes, func(c connectors.Change) bool { return c.ID == known }); i >= 0 {
		// What is of the same second may have been listed later.
		at := is.Changes[i].At
		isNew = func(t time.Time, id string) bool { return !t.Before(at) && id != known }
	}
	if !slices.ContainsFunc(is.Changes, func(c connectors.Change) bool { return isNew(c.At, c.ID) }) {
		return nil // each step is a change: most looks find none, and need no steps
	}
	steps, _ := t.Steps()
	for _, s := range steps {
		if isNew(s.At, s.ID) && s.Changed(f) {
			out = append(out, act(b, s, f))
		}
	}
	return out
}

// replayed returns the acts of a field by what the issue showed between its changes.
func replayed(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, known string, f register.Field, before string) []Act {
	out := stepped(b, is, t, known, f)
	if len(out) == 0 {
		return []Act{{Actor: Unattributed(), At: is.Updated}}
	}
	out[len(out)-1].Told = true // into what the register makes of it now
	// What comes before the value that the register holds was taken in already.
	if i := slices.IndexFunc(out, func(a Act) bool { return a.From == before }); i > 0 {
		out = out[i:]
	}
	return together(out)
}

// together makes one act of what one person did to a field in the same second.
func together(acts []Act) (out []Act) {
	for _, a := range acts {
		if n := len(out) - 1; n >= 0 && out[n].Actor == a.Actor && out[n].At.Equal(a.At) {
			out[n].Value, out[n].Told = a.Value, a.Told
			continue
		}
		out = append(out, a)
	}
	return out
}

// act is what a step did to a field.
func act(b *binding.Binding, s mapping.Step, f register.Field) Act {
	to, told := s.To[f]
	return Act{Actor: Author(b, s.Author, audit.ByChangelog), At: s.At, From: s.From[f].Value, Value: to.Value, Told: told}
}

// Latest returns who changed one of several fields of an issue last. T is the timeline of the
// issue. Fresh says that the issue is seen for the first time.
func Latest(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, fields []register.Field, fresh bool) Act {
	if is.History.Asked() {
		return latestStep(b, is, t, fields, fresh)
	}
	names := map[string]bool{}
	for _, f := range fields {
		names[b.Profile.HistoryField(f)] = true
	}
	for _, c := range slices.Backward(is.Changes) {
		if names[c.Field] && c.Field != "" {
			return Act{Actor: Author(b, c.Author, audit.ByChangelog), At: c.At}
		}
	}
	if fresh && (is.History == connectors.HistoryListed || is.Updated.Equal(is.Created)) {
		return created(b, is)
	}
	return Act{Actor: Unattributed(), At: is.Updated}
}

// latestStep is Latest of an issue whose changes were asked for. What no change brought
// about the author of the issue wrote, if all changes are known.
func latestStep(b *binding.Binding, is *connectors.Issue, t *mapping.Timeline, fields []register.Field, fresh bool) Act {
	steps, begin := t.Steps()
	now := begin
	if len(steps) > 0 {
		now = steps[len(steps)-1].To
	}
	filed := created(b, is)
	for _, s := range slices.Backward(steps) {
		for _, f := range fields {
			if !s.Changed(f) {
				continue
			}
			a := act(b, s, f)
			if fresh && a.Actor.ID == filed.Actor.ID && a.At.Equal(filed.At) {
				return filed // the labels of a new issue are put on it while it is filed
			}
			return a
		}
	}
	whole := !slices.ContainsFunc(fields, func(f register.Field) bool {
		_, shown := now[f]
		_, told := begin[f]
		return shown && !told
	})
	if fresh && whole && is.History == connectors.HistoryWhole {
		return filed
	}
	return Act{Actor: Unattributed(), At: is.Updated}
}

// created is the act of filing an issue. What an issue of conformd's own making shows
// otherwise than conformd has it, a person wrote and nobody can say who.
func created(b *binding.Binding, is *connectors.Issue) Act {
	if a := Author(b, is.Author, audit.ByToken); a.Kind != audit.Daemon {
		return Act{Actor: a, At: is.Created}
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
