package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// View reads an issue. It returns the known values of register.FieldState and the fields of the
// profile, and the problems that a person must remedy. In a profile of RoleAction the state is a
// register.ActionState, the kind a register.ActionKind, and the owner the assignee of
// the action.
func (p *Profile) View(is *connectors.Issue) (View, []Problem) {
	r := p.Read(is)
	return r.View, r.Problems(p)
}

// Read reads an issue.
func (p *Profile) Read(is *connectors.Issue) Reading { return p.readIn(is, p.layout(is)) }

// readIn reads an issue whose description has a layout.
func (p *Profile) readIn(is *connectors.Issue, l layout) Reading {
	r := Reading{View: View{}, Unknown: map[register.Field]Unknown{}}
	for _, m := range p.Fields {
		v, u := p.at(m, is, l)
		if u.Why != "" {
			r.Unknown[m.Field] = u
			continue
		}
		raw, pr := p.raw(m, v, is.Users)
		value, ok := "", false
		if pr.Code == "" {
			value, ok = p.lift(m, raw)
		}
		switch {
		case pr.Code != "":
			r.Unknown[m.Field] = unreadable(pr)
			continue
		case !ok:
			r.Unknown[m.Field] = unreadable(Problem{m.Field, "unreadable", say("{{.Place}} says {{.Value}}, which cannot be read", "Place", m.Where(), "Value", quoted(raw)), say("write it in another way")})
			continue
		}
		s := Shown{Raw: raw, Value: value}
		if raw == "" && m.Remote.Kind == KindSection {
			s.Below = l.below(m.Remote)
		}
		if p.BodyLimit > 0 && p.info(m.Field).Type == register.TypeText && text.IsCut(value) {
			s.Problem = m.Place() + " holds a cut copy; the full text is in the register"
		}
		r.View[m.Field] = s
		if d, doubtful := p.stranger(m, value, is); doubtful {
			r.Doubts = append(r.Doubts, d)
		}
	}
	if s, pr := p.stateShown(is); pr.Code != "" {
		r.Unknown[register.FieldState] = unreadable(pr)
	} else {
		r.View[register.FieldState] = s
	}
	return r
}

// at returns the value at the place of m, or why it is unknown.
func (p *Profile) at(m FieldMap, is *connectors.Issue, l layout) (connectors.Value, Unknown) {
	v, ok := is.Fields[m.remote()]
	if why := is.Unreadable[m.remote()]; why != "" {
		return v, unreadable(Problem{m.Field, "unsupported-value", say("{{.Place}} cannot be read: {{.Why}}", "Place", m.Where(), "Why", why), say("map a field of a type that conformd reads: docs/operations.md lists them")})
	}
	if !ok {
		return v, m.hidden()
	}
	switch m.Remote.Kind {
	case KindBody:
		part := section{to: l.tail}
		if p.sections() {
			part = l.lead
		}
		return l.content(m, part)
	case KindSection:
		v, u := p.section(l, m)
		if u.Why != "" || p.info(m.Field).Type == register.TypeText {
			return v, u
		}
		if p.info(m.Field).Type == register.TypeSet && !listed(v.Text) {
			return v, unreadable(Problem{m.Field, "not-a-list", say("the text under {{.Place}} is more than a list", "Place", m.Where()), say("write one value on each line")})
		}
		v.Text = checked(v.Text)
		return v, u
	case KindLabel:
		return labelled(m, v.Items, p.expected(m, p.info(m.Field)))
	default:
		return v, Unknown{}
	}
}

// section returns the text under the heading of m.
func (p *Profile) section(l layout, m FieldMap) (connectors.Value, Unknown) {
	s, n := l.find(m.Remote)
	switch {
	case n == 0:
		u, in := l.missing(m)
		if in != "" {
			u.In = p.sectionField(in)
		}
		return connectors.Value{}, u
	case n > 1:
		return connectors.Value{}, unreadable(Problem{
			m.Field, "duplicate-heading", say("{{.Place}} occurs more than once", "Place", m.Where()), say("merge the texts under one heading"),
		})
	}
	v, u := l.content(m, s)
	v.Text = under(v.Text, s.level, sectionLevel)
	return v, u
}

// sectionField returns the field that the profile maps to a heading, "" for none.
func (p *Profile) sectionField(key string) register.Field {
	for _, m := range p.Fields {
		if m.Remote.Kind == KindSection && slices.Contains(m.Remote.headings(), key) {
			return m.Field
		}
	}
	return ""
}

// content returns the text of a part, or why it is unknown which text belongs to it.
func (l layout) content(m FieldMap, s section) (connectors.Value, Unknown) {
	if p := s.broken; p.Code != "" {
		where := say("the text under {{.Place}}", "Place", m.Where())
		if m.Remote.Kind == KindBody {
			where = say("the beginning of the description")
		}
		return connectors.Value{}, unreadable(Problem{m.Field, p.Code, say("{{.Where}} {{.Fault}}", "Where", where, "Fault", p.What), p.Remedy})
	}
	return connectors.Value{Text: l.body[s.from:s.to]}, Unknown{}
}

// labelled returns the part of a label behind the prefix of m.
func labelled(m FieldMap, labels, expected []string) (connectors.Value, Unknown) {
	var found []string
	for _, label := range labels {
		if hasPrefixFold(label, m.Remote.Name) {
			found = append(found, label[len(m.Remote.Name):])
		}
	}
	slices.SortFunc(found, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	found = slices.CompactFunc(found, strings.EqualFold)
	switch len(found) {
	case 0:
		return connectors.Value{}, m.unplaced(say("put one of {{.Labels}} on the issue", "Labels", strings.Join(expected, ", ")))
	case 1:
		return connectors.Value{Text: found[0]}, Unknown{}
	}
	var all []*message.Message
	for _, f := range found {
		all = append(all, message.New("{{.Name}}", "Name", quoted(m.Remote.Name+f)))
	}
	return connectors.Value{}, unreadable(Problem{
		m.Field, "duplicate-label", say("the labels {{.Labels}} exclude each other", "Labels", all), say("take all but one off"),
	})
}

// Project returns what the side would show for a value of the register. ok is false if the side
// cannot show it: a person without an account there, a value without a pair, a final state that
// the tracker does not have. A working state that the tracker does not have is shown as the
// nearest one before it.
func (p *Profile) Project(f register.Field, value string) (raw string, ok bool) {
	if f == register.FieldState {
		if i := p.nearest(register.State(value)); i >= 0 {
			return p.States[i].raw(), true
		}
		return "", false
	}
	m, ok := p.Field(f)
	if !ok {
		return "", false
	}
	return p.project(m, value)
}

// Lift translates raw, as View or Project returned it, into the register's words. ok is false
// if the profile cannot read it.
func (p *Profile) Lift(f register.Field, raw string) (value string, ok bool) {
	if f == register.FieldState {
		if i := p.byRaw(raw); i >= 0 {
			return string(p.States[i].State), true
		}
		return "", false
	}
	m, ok := p.Field(f)
	if !ok {
		return "", false
	}
	return p.lift(m, raw)
}
