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
}

// late reports whether a value came after a triage of the same look, and keeps it for
// later. What people made of the field before the triage is taken in now.
func (m *merge) late(f register.Field, v, from string) bool {
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
		_ = m.do(register.Propose{By: edits[n].Author, Field: f, Value: edits[n].Value, Why: string(ReasonFollow)})
		n++
	}
	if n > 0 {
		s.By = maps.Clone(s.By)
		s.By[f] = slices.Clone(edits[n:])
	}
	m.lateValues = append(m.lateValues, lateValue{f, v, from})
	return true
}

// triagedBefore returns when somebody triaged the record, or moved an issue on, before the
// side got its present value of a field.
func (m *merge) triagedBefore(s *Side, f register.Field) (at time.Time, ok bool) {
	consider := func(t time.Time) {
		if s.when(f, t) == after && (!ok || t.Before(at)) {
			at, ok = t, true
		}
	}
	for _, e := range m.in.Events {
		if e.Kind == mapping.EventApproval && e.Subject == register.SubjectTriage && e.Refused == "" {
			consider(e.At)
		}
	}
	for _, o := range m.in.Sides {
		for _, e := range o.By[register.FieldState] {
			if e.Person != "" && !e.At.IsZero() {
				consider(e.At)
			}
		}
	}
	return at, ok
}

// takeLate takes in what came after the decisions of the look.
func (m *merge) takeLate() {
	m.decided = true
	for _, x := range m.lateValues {
		m.set(x.field, x.value, x.from, ReasonFollow)
	}
}
