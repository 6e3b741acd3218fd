package plan

import (
	"slices"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// noteNamed involves whom the issues named as the owner or gave an action, also where the
// register never took that value in: somebody else had replaced them before it looked, or another
// issue said something else at the same time.
func (m *merge) noteNamed() {
	m.noteOwners()
	m.noteAssignees()
}

// noteOwners involves whom the issues named as the owner. What an issue named after a triage of
// the same look waits until the decisions are taken in. Where the triage counts, it is a proposal
// and involves nobody.
func (m *merge) noteOwners() {
	triages := m.triages()
	for _, e := range m.displayed(register.FieldOwner, func(s *Side) []Edit { return s.Owners }) {
		if m.decided || !slices.ContainsFunc(triages, func(t time.Time) bool { return e.At.After(t) }) {
			_ = m.do(register.Name{By: e.Author, Field: register.FieldOwner, Person: e.Value})
		}
	}
}

// noteAssignees involves whom the lines of a plan gave an action.
func (m *merge) noteAssignees() {
	for _, e := range m.displayed(register.FieldActionPlan, func(s *Side) []Edit { return s.Plans }) {
		for _, a := range register.ParseActions(e.Value) {
			_ = m.do(register.Name{By: e.Author, Field: register.FieldActionPlan, Person: a.Assignee})
		}
	}
}

// displayed returns what the issues showed of a field since the last look, as before tells it, and
// what they show now if that is new.
func (m *merge) displayed(f register.Field, before func(*Side) []Edit) (out []Edit) {
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if !s.read() || s.Profile.AuthorityOver(f) != mapping.AuthorityTracker {
			continue
		}
		out = append(out, before(s)...)
		if v := s.Reading.View[f]; v.Raw != m.plan.Bases[s.Binding][f].Side {
			out = append(out, Edit{Author: s.lastEditor(f), Value: v.Value})
		}
	}
	return out
}
