package reconcile

import (
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// A step is a part of a change: what one person made of a field.
type step struct {
	history.Act
	change audit.FieldChange
	from   string // the binding, or plan.Register
	verb   audit.Verb
	reason plan.Reason
	nth    int // of the steps of its field in one plan
}

// ordered returns the steps of changes in the order of the log: place by place, and by time
// within a place. A step that goes on from another one of its field follows that, also if it
// is older: a policy may prefer an older value to what a command has just given.
func (k *attempt) ordered(changes []plan.Change) []step {
	count := map[string]int{}
	byPlace := map[string][]step{}
	for _, c := range changes {
		for _, s := range k.steps(c) {
			s.from, s.reason, s.verb = c.From, c.Reason, verb(c)
			s.nth = count[s.change.Field]
			count[s.change.Field]++
			byPlace[c.From] = append(byPlace[c.From], s)
		}
	}
	var out, early []step
	done := map[string]int{}
	for _, from := range places(changes) {
		slices.SortStableFunc(byPlace[from], func(a, b step) int { return a.At.Compare(b.At) })
		for _, s := range byPlace[from] {
			if s.nth != done[s.change.Field] {
				early = append(early, s)
				continue
			}
			out = append(out, s)
			done[s.change.Field]++
			for {
				i := slices.IndexFunc(early, func(e step) bool { return e.nth == done[e.change.Field] })
				if i < 0 {
					break
				}
				out = append(out, early[i])
				done[early[i].change.Field]++
				early = slices.Delete(early, i, i+1)
			}
		}
	}
	return out
}

// verb returns the verb of the entry that tells of a change.
func verb(c plan.Change) audit.Verb {
	switch {
	case c.Field == register.FieldState:
		return audit.RecordTransitioned
	case c.From != plan.Register:
		return audit.SyncPulled
	}
	return audit.RecordUpdated
}

// entries returns the entries of steps: one for each place, person, time and reason.
func (k *attempt) entries(steps []step) []audit.Entry {
	var out []audit.Entry
	var from []string // the place of each entry
	for _, s := range steps {
		at := joins(out, from, s)
		if at < 0 {
			e := k.entry(s.verb)
			e.Actor, e.Occurred, e.Reason = s.Actor, s.At, string(s.reason)
			if l := k.link(s.from); l.Binding != "" {
				e.Origin = k.origin(l)
			}
			at, out, from = len(out), append(out, e), append(from, s.from)
		}
		out[at].Changes = append(out[at].Changes, s.change)
	}
	return out
}

// joins returns the index of the entry that a step belongs to, -1 if it begins one of its
// own. A step joins no entry that stands before an earlier step of its field.
func joins(entries []audit.Entry, from []string, s step) int {
	for i, e := range slices.Backward(entries) {
		if from[i] == s.from && e.Verb == s.verb && e.Actor == s.Actor && e.Occurred.Equal(s.At) && e.Reason == string(s.reason) {
			return i
		}
		if slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == s.change.Field }) {
			return -1
		}
	}
	return -1
}

// steps tells who made a change. Of a field that several people changed between two
// looks, each has a step, as far as the tracker's history says what it was in between.
func (k *attempt) steps(c plan.Change) []step {
	b, l := k.r.binding(c.From), k.link(c.From)
	if b == nil {
		return []step{{Act: history.Act{Actor: history.Daemon()}, change: fieldChange(c)}}
	}
	for _, e := range k.events {
		if e.Binding == c.From && e.Field == c.Field && c.Reason == plan.ReasonCommand {
			return []step{{Act: history.Act{Actor: audit.Actor{Kind: audit.Person, ID: e.By, How: audit.ByComment}, At: e.At}, change: fieldChange(c)}}
		}
	}
	if l.Issue == nil {
		return []step{{Act: history.Act{Actor: history.Unattributed()}, change: fieldChange(c)}}
	}
	acts := history.Acts(b, l.Issue, l.Known, c.Field)
	out := make([]step, 0, len(acts))
	was := c.Before
	for i, a := range acts {
		now, told := c.After, true
		if i < len(acts)-1 {
			now, told = b.Profile.Told(c.Field, a.To)
		}
		if !told || !a.Told && len(acts) > 1 {
			continue // it is known that somebody changed it, and not into what
		}
		out = append(out, step{Act: a, change: fieldChange(plan.Change{Field: c.Field, Before: was, After: now})})
		was = now
	}
	if len(out) == 0 {
		out = append(out, step{Act: acts[len(acts)-1], change: fieldChange(c)})
	}
	return out
}

// places lists where changes came from, in order of first appearance.
func places(cs []plan.Change) []string {
	var out []string
	for _, c := range cs {
		if !slices.Contains(out, c.From) {
			out = append(out, c.From)
		}
	}
	return out
}
