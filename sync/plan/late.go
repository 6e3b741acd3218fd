package plan

import (
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// What was changed after a triage is no part of what the manager saw, though one look finds
// both. Such values wait until the decisions of the look are taken in: then they are
// proposals where the triage counts, and values where it does not.

// A lateValue is what a side made of a field after it was triaged.
type lateValue struct {
	field       register.Field
	value, from string
	change      *setChange // of a set for which nothing waits; it has no value
}

// late reports whether a value came after a triage of the same look, and keeps it for
// later. What people made of the field before the triage is taken in now.
func (m *merge) late(f register.Field, v, from string) bool {
	if !m.splits(f, from) {
		return false
	}
	m.lateValues = append(m.lateValues, lateValue{field: f, value: v, from: from})
	return true
}

// lateSet is late for a set. The change is kept, not what it made of the set of today: other
// sides may change the set before it is taken in.
func (m *merge) lateSet(f register.Field, c setChange) bool {
	if !m.splits(f, c.side.Binding) {
		return false
	}
	if was, stepped := m.stepped[RevertKey{c.side.Binding, f}]; stepped {
		c = between(c.side, was, c.side.Value) // the rest was taken in now
	}
	m.lateValues = append(m.lateValues, lateValue{field: f, from: c.side.Binding, change: &c})
	return true
}

// splits reports whether a side got its present value of a field after a triage of the same
// look. What people made of the field before the triage is then taken in.
func (m *merge) splits(f register.Field, from string) bool {
	s := m.side(from)
	if s == nil || m.decided || !register.TriageDecides(f) || register.Triaged(m.rec) {
		return false
	}
	at, triaged := m.triagedBefore(s, f)
	if !triaged {
		return false
	}
	edits := s.By[f]
	n := 0
	for n < len(edits)-1 && edits[n].Told && !edits[n].At.After(at) {
		m.step(s, f, edits[n])
		n++
	}
	if n > 0 {
		s.By = maps.Clone(s.By)
		s.By[f] = slices.Clone(edits[n:])
	}
	return true
}

// triagedBefore returns when somebody triaged the record, or moved an issue on, before the
// side got its present value of a field.
func (m *merge) triagedBefore(s *Side, f register.Field) (at time.Time, ok bool) {
	for _, t := range m.triages() {
		if s.when(f, t) == after && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	return at, ok
}

// triages returns when somebody triaged the record, or moved an issue on, as this look finds it.
func (m *merge) triages() (out []time.Time) {
	for _, e := range m.in.Events {
		if e.Kind == mapping.EventApproval && e.Subject == register.SubjectTriage && e.Refused == "" {
			out = append(out, e.At)
		}
	}
	for _, o := range m.in.Sides {
		for _, e := range o.By[register.FieldState] {
			if e.Person != "" && !e.At.IsZero() {
				out = append(out, e.At)
			}
		}
	}
	return out
}

// takeLate takes in what came after the decisions of the look.
func (m *merge) takeLate() {
	for _, x := range m.lateValues {
		v := x.value
		if x.change != nil {
			now := m.rec.Fields[x.field]
			if v = apply(x.field, lines(now), *x.change); v == now {
				continue // another side made the same of it
			}
		}
		m.set(x.field, v, x.from, ReasonFollow)
	}
}
