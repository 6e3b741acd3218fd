package plan

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// write says which issues must change so that they show the register.
func (m *merge) write() {
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if s.Orphan || s.Issue == nil {
			continue
		}
		w := m.writeTo(s)
		if len(w.Want) == 0 && len(w.AddLabels) == 0 && len(w.RemoveLabels) == 0 && w.Notice == "" {
			continue
		}
		if s.Mode == Observe {
			w.Withheld = string(Observe)
		}
		m.plan.Writes = append(m.plan.Writes, w)
	}
}

func (m *merge) writeTo(s *Side) Write {
	w := Write{
		Binding: s.Binding, Ref: s.Issue.Ref, Reason: ReasonPropagate,
		Want: map[register.Field]string{}, Saw: map[register.Field]string{}, Agree: Base{},
	}
	for f, v := range s.View {
		w.Saw[f] = v.Raw
	}
	for _, f := range fields() {
		if v, shown := s.View[f]; shown && !m.still[f] {
			m.writeField(&w, s, f, v)
		}
	}
	m.label(&w, s)
	if w.Notice = m.notice(s); w.Notice == s.Notice {
		w.Notice = ""
	}
	if len(w.Want) == 0 && w.Reason == ReasonPropagate {
		w.Reason = ReasonNotice
	}
	return w
}

// writeField decides about one field of one issue: agreed, left alone, or to be
// written.
func (m *merge) writeField(w *Write, s *Side, f register.Field, v mapping.Shown) {
	base := m.plan.Bases[s.Binding]
	now, known := m.value(f)
	if !known {
		base[f] = Agreed{Side: v.Raw}
		return
	}
	raw, can := s.Profile.Aim(s.View, f, now)
	key := RevertKey{s.Binding, f}
	last, agreed := base[f]
	same := Agreed{Side: v.Raw, Register: now}
	switch {
	case f == register.FieldState && m.heldOn(s):
		m.hold(w, s, v, raw, can)
		return
	case can && raw == v.Raw, v.Value == now, m.pulled[key] && !isSet(f):
		base[f] = same
		return
	case !can:
		if !agreed || last.Register != now {
			m.plan.Problems = append(m.plan.Problems, Problem{s.Binding, f, "cannot show " + quoted(now)})
		}
		base[f] = same
		return
	case agreed && last.Side == v.Raw && last.Register == now && !m.reverts[key] && !m.overtaken(f, v):
		last.Old = false // both are what they were when the backup was made
		base[f] = last
		return
	case last.Old:
		m.doubt(f, s, v, now)
		return
	}
	if m.reverts[key] {
		if !m.mayRevert(key) {
			same.Contested = true
			base[f] = same
			return
		}
		w.Reverts = append(w.Reverts, f)
		w.Reason = ReasonRevert
	}
	w.Want[f] = raw
	w.Agree[f] = Agreed{Side: raw, Register: now}
}

// heldOn reports whether the issue shows an end that the register holds back.
func (m *merge) heldOn(s *Side) bool {
	v, ok := s.View[register.FieldState]
	return ok && m.rec.Requested.Ended() && register.State(v.Value) == m.rec.Requested
}

// overtaken reports whether an issue shows an end that nobody asks for any more:
// the request was withdrawn on another issue.
func (m *merge) overtaken(f register.Field, v mapping.Shown) bool {
	return f == register.FieldState && register.State(v.Value).Ended() && m.rec.Requested == ""
}

// hold leaves a refused closure as it is in the tracker, or moves the issue back
// when the binding's mode says so and the grace time is over.
func (m *merge) hold(w *Write, s *Side, v mapping.Shown, raw string, can bool) {
	f := register.FieldState
	base := m.plan.Bases[s.Binding]
	same := Agreed{Side: v.Raw, Register: string(m.rec.State)}
	// A contested closure stays contested as long as the issue shows it, also when
	// the reverts are more than a day ago.
	last := base[f]
	same.Contested = last.Contested && last.Side == v.Raw
	base[f] = same
	if s.Mode != Reopen || !can || same.Contested {
		return
	}
	due := m.rec.RequestedAt.Add(s.Grace)
	if m.in.Context.At.Before(due) {
		if m.plan.Wake.IsZero() || due.Before(m.plan.Wake) {
			m.plan.Wake = due
		}
		return
	}
	if !m.mayRevert(RevertKey{s.Binding, f}) {
		same.Contested = true
		base[f] = same
		return
	}
	w.Want[f] = raw
	w.Agree[f] = Agreed{Side: raw, Register: string(m.rec.State)}
	w.Reverts = append(w.Reverts, f)
	w.Rules = rules(m.plan.Held)
	w.Reason = ReasonHold
}

// mayRevert reports whether one more reverting write is within bounds, and notes
// the field as contested when it is not.
func (m *merge) mayRevert(key RevertKey) bool {
	if m.in.Reverts[key] < m.in.MaxReverts {
		return true
	}
	m.plan.Contested = append(m.plan.Contested, key)
	return false
}

// label sets or takes away the label of a held closure.
func (m *merge) label(w *Write, s *Side) {
	labels, ok := s.Issue.Fields[connectors.Labels]
	if !ok {
		return
	}
	has := slices.Contains(labels.Items, HeldLabel)
	held := m.heldOn(s) && len(w.Want[register.FieldState]) == 0
	switch {
	case held && !has:
		w.AddLabels = []string{HeldLabel}
		w.Rules = rules(m.plan.Held)
		w.Reason = ReasonHold
	case !held && has:
		w.RemoveLabels = []string{HeldLabel}
	}
}

// create says where the record still needs an issue. A record that was already at
// its end when it was first seen gets none: a twin is made to work with.
func (m *merge) create() {
	if m.rec.State.Ended() || m.rec.Requested.Ended() {
		return
	}
	for _, t := range m.in.Twins {
		c := Create{Binding: t.Binding, Want: map[register.Field]string{}, Agree: Base{}}
		for _, fm := range t.Profile.Fields {
			v, known := m.value(fm.Field)
			if !known {
				continue
			}
			raw, ok := t.Profile.Project(fm.Field, v)
			if !ok {
				m.plan.Problems = append(m.plan.Problems, Problem{t.Binding, fm.Field, "cannot show " + quoted(v)})
				continue
			}
			c.Want[fm.Field] = raw
			c.Agree[fm.Field] = Agreed{Side: raw, Register: v}
		}
		if t.Mode == Observe {
			c.Withheld = string(Observe)
		}
		m.plan.Creates = append(m.plan.Creates, c)
	}
}

func isSet(f register.Field) bool {
	info, _ := register.Info(f)
	return info.Type == register.TypeSet
}

func rules(vs []register.Violation) []string {
	out := make([]string, 0, len(vs))
	for _, v := range vs {
		out = append(out, v.Rule.ID)
	}
	return out
}

func joinRules(vs []register.Violation) string {
	r := rules(vs)
	slices.Sort(r)
	return strings.Join(slices.Compact(r), "\n")
}

func quoted(v string) string {
	const most = 60
	if r := []rune(v); len(r) > most {
		v = string(r[:most]) + "…"
	}
	return `"` + v + `"`
}
