package plan

import (
	"slices"
	"time"

	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// takeEvents takes in what people said in attributable events: approvals, and
// fields given by a comment command.
func (m *merge) takeEvents() {
	for _, e := range m.in.Events {
		switch {
		case e.Kind == mapping.EventApproval:
			m.takeApproval(e)
		case e.Kind == mapping.EventField && e.Refused == "":
			m.set(e.Field, e.Text, e.Binding, ReasonCommand)
		}
	}
}

// takeApproval adds a decision to the record, counting or not.
func (m *merge) takeApproval(e Event) {
	a := register.Approval{
		Event: e.ID, Subject: e.Subject, Outcome: e.Outcome, By: e.By,
		At: e.At, How: e.How, Reason: e.Text, Refused: e.Refused,
	}
	known := len(m.rec.Approvals)
	var noted register.Approval
	m.rec, noted = register.Approve(m.rec, a, m.in.Context, m.in.Policy)
	if len(m.rec.Approvals) == known {
		return
	}
	m.plan.Approvals = append(m.plan.Approvals, noted)
	if e.Field != "" && noted.Refused == "" {
		m.set(e.Field, e.Text, e.Binding, ReasonCommand)
	}
}

// advance moves the record towards the state that a tracker asks for, as far as
// the guards allow, and leaves the rest as a pending request.
func (m *merge) advance() {
	before := m.rec.State
	asked := m.asked()
	if asked == "" {
		asked = before
		if m.rec.Requested != "" && m.stands(m.rec.Requested) && !m.withdrawn(m.rec.Requested) {
			asked = m.rec.Requested
		}
	}
	pending := m.rec.Requested
	m.rec.Requested = ""
	m.rec, m.plan.Held = register.Advance(m.rec, asked, m.in.Context, m.in.Policy)
	switch {
	case m.rec.Requested == "":
		m.rec.RequestedAt = time.Time{}
	case m.rec.Requested != pending || m.stateAsked != "":
		m.rec.RequestedAt = m.in.Context.At
	}
	if m.rec.State == before {
		return
	}
	why, from := ReasonGuard, Register
	if m.stateAsked != "" {
		why = ReasonFollow
		for _, s := range m.sides(register.FieldState) {
			if register.State(s.Value) == m.stateAsked {
				from = s.Binding
			}
		}
	}
	m.plan.Changes = append(m.plan.Changes, Change{register.FieldState, string(before), string(m.rec.State), from, why})
}

// asked merges the state: it returns the state that the trackers newly ask for,
// "" for none.
func (m *merge) asked() register.State {
	f := register.FieldState
	var cands []candidate
	for _, s := range m.sides(f) {
		if c, ok := m.stateCandidate(s); ok {
			cands = append(cands, c)
		}
	}
	if len(cands) == 0 {
		return ""
	}
	if sameValue(cands) {
		m.stateAsked = register.State(cands[0].side.Value)
		for _, c := range cands {
			m.pulled[RevertKey{c.side.Binding, f}] = true
		}
		return m.stateAsked
	}
	m.conflict(f, cands)
	last := &m.plan.Conflicts[len(m.plan.Conflicts)-1]
	if last.Winner == "" {
		return ""
	}
	// conflict has stored the winner among the fields; a state lives elsewhere.
	won := register.State(m.rec.Fields[f])
	delete(m.rec.Fields, f)
	m.plan.Changes = slices.DeleteFunc(m.plan.Changes, func(c Change) bool { return c.Field == f })
	m.stateAsked = won
	return won
}

// stateCandidate reports whether side s asks for another state than the record's.
func (m *merge) stateCandidate(s shownSide) (candidate, bool) {
	now := string(m.rec.State)
	if s.Value == "" || s.Value == now {
		return candidate{}, false
	}
	if raw, ok := s.Profile.Project(register.FieldState, now); ok && raw == s.Raw {
		return candidate{}, false
	}
	if s.Fresh {
		// It shows where new issues start, which nobody asked for.
		return candidate{}, false
	}
	if !s.agreed {
		// The first issue of a record says where it stands; a later one is told, unless
		// somebody was faster.
		return candidate{side: s}, s.Moved || !m.stateKnown()
	}
	if s.Raw == s.base.Side {
		return candidate{}, false
	}
	return candidate{side: s, here: now != s.base.Register}, true
}

// stateKnown reports whether any issue has agreed on a state before.
func (m *merge) stateKnown() bool {
	for _, s := range m.in.Sides {
		if _, ok := s.Base[register.FieldState]; ok {
			return true
		}
	}
	return false
}

// stands reports whether some issue still shows the requested state. An issue
// that was not read, or whose status is not understood, says nothing, so what it
// asked for last still stands.
func (m *merge) stands(requested register.State) bool {
	return slices.ContainsFunc(m.in.Sides, func(s Side) bool {
		if s.Orphan {
			return false
		}
		if v, ok := s.View[register.FieldState]; ok && s.Issue != nil {
			return register.State(v.Value) == requested
		}
		return m.askedBefore(&s) == requested
	})
}

// withdrawn reports whether somebody has moved an issue out of the requested
// state since the request. That ends the request also where another issue still
// shows it: the later word counts.
func (m *merge) withdrawn(requested register.State) bool {
	return slices.ContainsFunc(m.sides(register.FieldState), func(s shownSide) bool {
		return s.agreed && s.Raw != s.base.Side && register.State(s.Value) != requested && m.askedBefore(s.Side) == requested
	})
}

// askedBefore returns the state that an issue showed when it was last agreed on,
// "" if there is none.
func (m *merge) askedBefore(s *Side) register.State {
	a, ok := m.plan.Bases[s.Binding][register.FieldState]
	if !ok {
		return ""
	}
	v, _ := s.Profile.Lift(register.FieldState, a.Side)
	return register.State(v)
}

// derive fills the fields that the register writes about itself.
func (m *merge) derive() {
	if v := m.missing(); v != m.rec.Fields[register.FieldMissing] {
		m.rec.Fields[register.FieldMissing] = v
	}
	m.plan.Record = m.rec
	slices.SortStableFunc(m.plan.Changes, func(a, b Change) int {
		all := fields()
		return slices.Index(all, a.Field) - slices.Index(all, b.Field)
	})
}

// value returns what the register holds for f, and whether it is known.
func (m *merge) value(f register.Field) (string, bool) {
	switch f {
	case register.FieldState:
		return string(m.rec.State), true
	case register.FieldRef:
		return m.rec.Ref, true
	case register.FieldMissing:
		return m.missing(), true
	default:
		v, ok := m.rec.Fields[f]
		return v, ok
	}
}

// missing returns the ids of the guards that hold back a closure, a line each.
func (m *merge) missing() string {
	if !m.rec.Requested.Ended() {
		return ""
	}
	return joinRules(m.plan.Held)
}
