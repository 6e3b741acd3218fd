package present

import (
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// Reach is how many entries of a record's history may lie between a change and the write
// that carried it, for the two to be one event, and between a write and its outcome.
// A caller of History passes Reach more entries on the older side of the wanted part, and
// Ahead more on its newer side: room for a write and then for its outcome.
const (
	Reach = 64
	Ahead = 2 * Reach
)

// soon is how long after an event a write still belongs to it although it carries none of its
// fields, such as a label or a comment.
const soon = 15 * time.Minute

// History returns a part of the history of a record, newest first. Stretch holds entries
// about the record, oldest first and without a gap; only outcomes that lie further ahead may
// be missing. History returns the events whose first entry has a number of at least from and
// less than before.
//
// An intent, its outcome and a later finding about it are one write. A write belongs to the
// nearest earlier change of a field that it carries, otherwise to the event just before it. A
// write that belongs to no event becomes an event of its own, so that every entry is in
// exactly one event, and no event is on two pages.
func History(stretch []audit.Stored, from, before int64, n Names) []Event {
	f := folding{names: n, stretch: stretch, writes: map[int][]Write{}}
	f.pair()
	f.place()
	var out []Event
	for i := range stretch {
		if s := &stretch[i]; s.Seq >= from && s.Seq < before && f.head(i) {
			out = append(out, f.event(i))
		}
	}
	return runs(out)
}

// A folding puts writes under the events that they follow from.
type folding struct {
	names   Names
	stretch []audit.Stored
	ends    map[int64][]audit.Stored // outcomes of an intent, by the number of the intent
	child   []bool                   // entries that belong to another one
	writes  map[int][]Write          // by the place of their event in the stretch
}

func (f *folding) head(i int) bool { return !f.child[i] }

// pair finds the outcomes of each intent.
func (f *folding) pair() {
	f.ends, f.child = map[int64][]audit.Stored{}, make([]bool, len(f.stretch))
	intents := map[int64]bool{}
	for i := range f.stretch {
		s := f.stretch[i]
		switch s.Entry.Verb {
		case audit.WriteIntent:
			intents[s.Seq] = true
		case audit.WriteOutcome, audit.WriteResolved:
			if intents[s.Entry.Intent] {
				f.ends[s.Entry.Intent] = append(f.ends[s.Entry.Intent], s)
				f.child[i] = true
			}
		}
	}
}

// place finds the event that each write belongs to.
func (f *folding) place() {
	for i := range f.stretch {
		s := f.stretch[i]
		if s.Entry.Verb != audit.WriteIntent {
			continue
		}
		w := f.names.write(s, f.ends[s.Seq])
		w.settle()
		at := i
		if cause, ok := f.cause(i); ok {
			at, f.child[i] = cause, true
		}
		f.writes[at] = append(f.writes[at], w)
	}
}

// cause returns the place of the event that the intent at place i follows from.
func (f *folding) cause(i int) (int, bool) {
	intent := &f.stretch[i].Entry
	fields := written(intent)
	// Guards cause writes of a label or a comment, and moves back.
	held := len(intent.Rules) > 0 && (len(fields) == 0 || slices.Equal(fields, []string{string(register.FieldState)}))
	nearest := -1
	for j := i - 1; j >= max(0, i-Reach); j-- {
		e := &f.stretch[j].Entry
		if isWrite(e.Verb) {
			continue
		}
		if nearest < 0 {
			nearest = j
		}
		refused := e.Verb == audit.RecordRefused
		if refused == held && (refused || changes(e, fields)) {
			return j, true
		}
	}
	if nearest >= 0 && intent.At.Sub(f.stretch[nearest].Entry.At) <= soon {
		return nearest, true
	}
	return 0, false
}

func isWrite(v audit.Verb) bool {
	return v == audit.WriteIntent || v == audit.WriteOutcome || v == audit.WriteResolved
}

// written returns the fields of the register that an intent writes.
func written(intent *audit.Entry) []string {
	var out []string
	for _, c := range intent.Changes {
		if _, ok := register.Info(register.Field(c.Field)); ok {
			out = append(out, c.Field)
		}
	}
	return out
}

// changes reports whether an entry changes the value of one of the fields.
func changes(e *audit.Entry, fields []string) bool {
	switch e.Verb {
	case audit.SyncProblem, audit.SyncContested, audit.SyncOrphaned:
		return false
	}
	return slices.ContainsFunc(e.Changes, func(c audit.FieldChange) bool {
		f := parse(c.Field)
		return f.action == "" && slices.Contains(fields, f.name)
	})
}

// event returns the event that begins at place i, with its writes.
func (f *folding) event(i int) Event {
	s := f.stretch[i]
	v := f.names.event(s)
	ws := f.writes[i]
	if s.Entry.Verb == audit.WriteIntent {
		v.Changes, v.Rules = nil, nil
		v.What, v.Reason = v.Reason, ""
		if v.What == "" {
			v.What = "wrote to the tracker"
		}
	}
	var beside []string
	for _, c := range v.Changes {
		if !slices.Contains(beside, c.Field) {
			beside = append(beside, c.Field)
		}
	}
	for _, w := range ws {
		if k := len(v.Writes); k > 0 && w.follows(&v.Writes[k-1]) {
			v.Writes[k-1].add(w)
		} else {
			v.Writes = append(v.Writes, w)
		}
	}
	for k := range v.Writes {
		v.Writes[k].say(beside)
		v.Entries = append(v.Entries, v.Writes[k].Entries...)
		v.Attention = v.Attention || v.Writes[k].Result.attention()
	}
	slices.Sort(v.Entries)
	v.Entries = slices.Compact(v.Entries)
	return v
}

// runs joins equal events that follow each other, and returns the events newest first.
func runs(events []Event) []Event {
	var out []Event
	for _, v := range events {
		if k := len(out); k > 0 && same(&out[k-1], &v) {
			out[k-1].Times++
			out[k-1].Last = v.Recorded
			out[k-1].Entries = slices.Sorted(slices.Values(append(out[k-1].Entries, v.Entries...)))
			continue
		}
		out = append(out, v)
	}
	slices.Reverse(out)
	return out
}

// same reports whether two events say the same at different times.
func same(a, b *Event) bool {
	return a.Verb == b.Verb && a.Who == b.Who && a.How == b.How && a.What == b.What && a.Where == b.Where && a.Binding == b.Binding &&
		a.Reason == b.Reason && slices.Equal(a.Changes, b.Changes) && slices.Equal(a.Rules, b.Rules) &&
		slices.EqualFunc(a.Writes, b.Writes, func(x, y Write) bool { return x.What == y.What && x.Where == y.Where })
}
