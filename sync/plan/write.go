package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// write says which issues must change so that they show the register.
func (m *merge) write() {
	for i := range m.in.Sides {
		s := &m.in.Sides[i]
		if !s.read() {
			continue
		}
		if u := m.update(s); len(u.Want) > 0 || len(u.AddLabels) > 0 || len(u.RemoveLabels) > 0 {
			m.plan.Actions = append(m.plan.Actions, u)
		}
	}
}

// about starts an action on the issue of a side.
func (s *Side) about(why Reason) About {
	a := About{Binding: s.Binding, Ref: s.Issue.Ref, Reason: why}
	if s.Mode == Observe {
		a.Withheld = string(Observe)
	}
	return a
}

func (m *merge) update(s *Side) Update {
	u := Update{
		About: s.about(ReasonPropagate),
		Want:  map[register.Field]string{}, Saw: map[register.Field]string{}, Agree: Base{},
	}
	for f, v := range s.saw {
		u.Saw[f] = v.Raw
	}
	for _, info := range m.all {
		f := info.Field
		v, known := s.Reading.View[f]
		switch {
		case m.still[f]:
		case known && isValues(f):
			m.writeValues(&u, s, f, v)
		case known:
			m.writeField(&u, s, f, v)
		default:
			m.unknown(&u, s, f)
		}
	}
	m.label(&u, s)
	if _, number := u.Want[register.FieldRef]; number && len(u.Want) == 1 && u.Reason == ReasonPropagate && s.Base[register.FieldRef] == (Agreed{}) {
		u.Reason = ReasonTwin
	}
	return u
}

// writeField decides about one field of one issue: agreed, left alone, or to be
// written.
func (m *merge) writeField(u *Update, s *Side, f register.Field, v mapping.Shown) {
	base := m.plan.Bases[s.Binding]
	now, known := m.shows(s, f)
	if !known {
		base[f] = Agreed{Side: v.Raw}
		return
	}
	last, agreed := base[f]
	stood := last.Register
	if stood == "" && v.Raw != last.Side {
		stood = v.Value // it came since, and is what the side says of the field
	}
	raw, can := s.Profile.Aim(s.Reading.View, f, now, stood)
	m.tooLong(s.Binding, s.Issue.Ref.Key, s.Profile, f, now)
	key := RevertKey{s.Binding, f}
	same := Agreed{Side: v.Raw, Register: now}
	if agreed && last.Side == v.Raw && last.Register == now {
		same.Refused = last.Refused
	}
	x, waits := m.waiting(f, s.Binding)
	switch {
	case f == register.FieldState && m.heldOn(s):
		m.hold(u, s, v, raw, can)
		return
	case waits && x.Amends && s.Mode == Reopen && can && raw != v.Raw && v.Value != now:
		if due := x.At.Add(s.Grace - s.Skew); f == register.FieldState && m.in.Context.At.Before(due) {
			base[f] = Agreed{Side: v.Raw, Register: x.Value}
			m.wake(due)
			return
		}
		m.reverts[key] = true // the tracker does not show what the record was not closed with
	case waits && raw != v.Raw:
		agreed := x.Value
		if isSet(f) {
			// A proposal also has members of the register that were never written there.
			// With them in the agreement, nobody would write them once it is taken in.
			agreed = agreedMembers(s.Profile, f, last.Register, x.Value, v.Raw)
		}
		kept := now
		if last.Waits && last.Side == v.Raw {
			kept = last.Kept
		}
		base[f] = Agreed{Side: v.Raw, Register: agreed, Waits: true, Kept: kept}
		return
	case can && raw == v.Raw, v.Value == now, m.pulled[key] && !isSet(f):
		base[f] = same
		return
	case !can && f == register.FieldState && m.rec.State == register.Accepted:
		base[f] = same // the comment says that it is accepted
		return
	case !can:
		m.cannotShow(s.Binding, s.Issue.Ref.Key, s.Profile, f, now)
		base[f] = same
		return
	case same.Refused != "":
		m.refused(s.Binding, s.Issue.Ref.Key, f, now, same.Refused)
		base[f] = same
		return
	case agreed && last.Side == v.Raw && last.Register == now && !m.reverts[key] && !m.overtaken(f, v):
		last.Unverified = false // both are what they were when the backup was made
		base[f] = last
		return
	case last.Unverified:
		m.doubt(f, s, v, now)
		return
	}
	if m.reverts[key] {
		if !m.mayRevert(key) {
			same.Contested = true
			base[f] = same
			return
		}
		u.Reverts = append(u.Reverts, f)
		u.Reason = ReasonRevert
	}
	if f == register.FieldState && last.Refused != "" && last.Side == v.Raw {
		m.refused(s.Binding, s.Issue.Ref.Key, f, now, last.Refused) // it is tried again
	}
	if m.pulled[key] {
		base[f] = Agreed{Side: v.Raw, Register: last.Register} // until what the register has instead is written
		if isSet(f) {
			// What the side added was taken in, also what another side took out again.
			added, _ := setDelta(f, shownSide{Side: s, Shown: v, agreed: agreed, base: last})
			held := strings.Join(append(lines(last.Register), added...), "\n")
			base[f] = Agreed{Side: v.Raw, Register: agreedMembers(s.Profile, f, held, now, v.Raw)}
		}
	}
	u.Want[f] = raw
	u.Agree[f] = Agreed{Side: raw, Register: now}
}

// unknown decides about a field whose value the issue does not tell. Nothing is taken
// from it. A value is put there only where that replaces nothing: there was never a
// place for it, or the place is a label, or the register alone decides the field.
func (m *merge) unknown(u *Update, s *Side, f register.Field) {
	why, has := s.Reading.Unknown[f]
	if !has {
		return // the profile has no place for it
	}
	last, agreed := m.plan.Bases[s.Binding][f]
	was := agreed && last.Side != "" // the place was there and filled
	if !was && why.Meant {
		fm, _ := s.Profile.Field(f)
		why.What, why.Code = fm.Lacking(), "place-missing"
	}
	meant := why.Meant && register.Concerns(m.rec.Kind(), f) // a heading of other words is none of a field that the record does not have
	if why.Why == mapping.Unreadable || was || meant {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: s.Binding, Issue: s.Issue.Ref.Key, Field: f, Code: why.Code,
		}.Saying(why.What, why.Remedy))
	}
	now, known := m.value(f)
	if known && agreed && last.Refused != "" && last.Register == now {
		m.refused(s.Binding, s.Issue.Ref.Key, f, now, last.Refused)
	}
	raw, can := s.Profile.Project(f, now)
	ours := s.Profile.AuthorityOver(f) != mapping.AuthorityTracker
	moved := !agreed || last.Register != now
	switch {
	case why.Why != mapping.Unplaced || !known || !can || raw == "":
		return
	case agreed && !was && !moved && !ours:
		return // the tracker did not keep it, or would not take it
	case last.Unverified:
		return
	case was && !ours && (!moved || !s.Profile.IsLabel(f)):
		return
	case was && ours:
		key := RevertKey{s.Binding, f}
		if !m.mayRevert(key) {
			return
		}
		u.Reverts = append(u.Reverts, f)
		u.Reason = ReasonRevert
	}
	u.Want[f] = raw
	u.Agree[f] = Agreed{Side: raw, Register: now}
}

// cannotShow notes a value that a tracker has no way to show.
func (m *merge) cannotShow(binding, key string, p *mapping.Profile, f register.Field, now string) {
	info, _ := register.Info(f)
	fm, _ := p.Field(f)
	m.plan.Problems = append(m.plan.Problems, Problem{
		Binding: binding, Issue: key, Field: f, Code: present.CannotShow, Mild: true,
	}.Saying(say("{{.Field}} {{.Value}} cannot be shown in {{.Place}} of {{.Binding}}",
		"Field", message.Term(info.Label), "Value", quoted(m.in.Context.Name(now)), "Place", fm.Where(), "Binding", binding), p.ShowCure(f)))
}

// tooLong notes the labels that are too long for a tracker; it shows the others.
func (m *merge) tooLong(binding, key string, p *mapping.Profile, f register.Field, now string) {
	for _, l := range p.TooLong(f, now) {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: binding, Issue: key, Field: f, Code: present.CannotShow,
		}.Saying(say("the label {{.Label}} is too long for {{.Binding}}; the other labels are there", "Label", quoted(l), "Binding", binding), say("make it shorter")))
	}
}

// refused notes a value that a tracker would not take.
func (m *merge) refused(binding, key string, f register.Field, now, why string) {
	if f == register.FieldState {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Binding: binding, Issue: key, Field: f, Code: "refused-value",
		}.Saying(say("conformd could not move this issue to where the register stands, {{.State}}: {{.Why}}", "State", message.Term(now), "Why", message.Term(strings.TrimRight(why, "."))),
			say("move it there, or leave it: what the register shows counts")))
		return
	}
	info, _ := register.Info(f)
	m.plan.Problems = append(m.plan.Problems, Problem{
		Binding: binding, Issue: key, Field: f, Code: "refused-value",
	}.Saying(say("the tracker does not take {{.Field}} {{.Value}}: {{.Why}}", "Field", message.Term(info.Label), "Value", quoted(now), "Why", message.Term(why)), say("change the value; conformd then tries again")))
}

// heldOn reports whether the issue shows an end that the register holds back.
func (m *merge) heldOn(s *Side) bool {
	v, ok := s.Reading.View[register.FieldState]
	return ok && m.rec.Requested.Ended() && register.State(v.Value) == m.rec.Requested
}

// overtaken reports whether an issue shows an end that nobody asks for any more:
// the request was withdrawn on another issue.
func (m *merge) overtaken(f register.Field, v mapping.Shown) bool {
	return f == register.FieldState && register.State(v.Value).Ended() && m.rec.Requested == ""
}

// hold leaves a refused closure as it is in the tracker, or moves the issue back
// when the binding's mode says so and the grace time is over.
func (m *merge) hold(u *Update, s *Side, v mapping.Shown, raw string, can bool) {
	f := register.FieldState
	base := m.plan.Bases[s.Binding]
	same := Agreed{Side: v.Raw, Register: string(m.rec.State)}
	// A contested closure stays contested as long as the issue shows it, also when
	// the reverts are more than a day ago; so does one that the workflow gives no way
	// back from.
	last := base[f]
	if last.Side == v.Raw {
		same.Contested, same.Refused = last.Contested, last.Refused
	}
	base[f] = same
	if s.Mode != Reopen || !can || same.Contested || same.Refused != "" {
		return
	}
	due := m.rec.RequestedAt.Add(s.Grace)
	if m.in.Context.At.Before(due) {
		m.wake(due)
		return
	}
	if !m.mayRevert(RevertKey{s.Binding, f}) {
		same.Contested = true
		base[f] = same
		return
	}
	u.Want[f] = raw
	u.Agree[f] = Agreed{Side: raw, Register: string(m.rec.State)}
	u.Reverts = append(u.Reverts, f)
	u.Rules = rules(m.plan.Held)
	u.Reason = ReasonHold
}

// wake asks for another plan at a time, or earlier.
func (m *merge) wake(t time.Time) {
	if m.plan.Wake.IsZero() || t.Before(m.plan.Wake) {
		m.plan.Wake = t
	}
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
func (m *merge) label(u *Update, s *Side) {
	labels, ok := s.Issue.Fields[connectors.Labels]
	if !ok {
		return
	}
	has := slices.Contains(labels.Items, HeldLabel)
	held := m.heldOn(s) && len(u.Want[register.FieldState]) == 0
	switch {
	case held && !has:
		u.AddLabels = []string{HeldLabel}
		u.Rules = rules(m.plan.Held)
		u.Reason = ReasonHold
	case !held && has:
		u.RemoveLabels = []string{HeldLabel}
	}
}

// create says where the record still needs an issue. A record that was already at
// its end when it was first seen gets none: a twin is made to work with.
func (m *merge) create() {
	if m.rec.State.Ended() || m.rec.Requested.Ended() {
		return
	}
	for _, t := range m.in.Twins {
		if title, _ := m.value(register.FieldTitle); title == "" {
			m.untitled(t.Binding)
			continue
		}
		c := Create{About: About{Binding: t.Binding, Reason: ReasonTwin}, Want: map[register.Field]string{}, Agree: Base{}, Refused: map[register.Field]Refused{}}
		for _, fm := range t.Profile.Fields {
			f := fm.Field
			v, known := m.value(f)
			if !known {
				continue
			}
			if r, refused := t.Refused[f]; refused && r.Value == v {
				c.Refused[f] = r
				if r.Why == "" {
					continue // nothing is agreed, so that it is written to the new issue
				}
				c.Agree[f] = Agreed{Register: v, Refused: r.Why}
				m.refused(t.Binding, "", f, v, r.Why)
				continue
			}
			raw, ok := t.Profile.Project(f, v)
			if !ok {
				m.cannotShow(t.Binding, "", t.Profile, f, v)
				continue
			}
			m.tooLong(t.Binding, "", t.Profile, f, v)
			c.Want[f] = raw
			c.Agree[f] = Agreed{Side: raw, Register: v}
		}
		if t.Mode == Observe {
			c.Withheld = string(Observe)
		}
		m.plan.Actions = append(m.plan.Actions, c)
	}
}

// untitled notes that a binding gets no issue, since no tracker takes one without a title. A
// record has none if its only issue vanished before it was taken in.
func (m *merge) untitled(binding string) {
	m.plan.Problems = append(m.plan.Problems, Problem{
		Binding: binding, Field: register.FieldTitle, Code: "title-missing",
		What:   "no issue can be filed for this record, because it has no title",
		Remedy: "give it one with `conformd register set " + m.rec.Ref + " title … --as …`",
	})
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

func quoted(v string) message.Quote {
	const most = 60
	if r := []rune(v); len(r) > most {
		v = string(r[:most]) + "…"
	}
	return message.Quote(v)
}
