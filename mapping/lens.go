package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// View reads an issue: the fields of the profile and register.FieldState. In a
// profile of RoleAction the state is a register.ActionState, the kind a
// register.ActionKind, and the owner the assignee of the action.
func (p *Profile) View(is *connectors.Issue) (View, []Problem) {
	v := View{}
	var problems []Problem
	var l layout
	if body, ok := is.Fields[connectors.Body]; ok {
		l = lay(body.Text)
	}
	for _, m := range p.Fields {
		val, warning, ok := p.read(m, is, l)
		if !ok {
			continue
		}
		raw, pr := p.raw(m, val, is.Users)
		if pr.Code != "" {
			problems = append(problems, pr)
			continue
		}
		value, ok := p.lift(m, raw)
		if !ok {
			continue
		}
		if warning.Code != "" {
			problems = append(problems, warning)
		}
		s := Shown{Raw: raw, Value: value, Problem: warning.What}
		if p.BodyLimit > 0 && p.info(m.Field).Type == register.TypeText && text.IsCut(value) {
			s.Problem = m.Place() + " is a cut copy; the full text is in the register"
		}
		v[m.Field] = s
	}
	if s, pr := p.stateShown(is); pr.Code != "" {
		problems = append(problems, pr)
	} else {
		v[register.FieldState] = s
	}
	return v, problems
}

// read returns what the issue holds at the place of m; ok is false if it has no
// such place. A section that is missing is empty, since it can be added.
func (p *Profile) read(m FieldMap, is *connectors.Issue, l layout) (v connectors.Value, warning Problem, ok bool) {
	v, ok = is.Fields[m.remote()]
	if !ok {
		return v, Problem{}, false
	}
	switch m.Remote.Kind {
	case KindBody:
		to := l.tail
		if p.sections() {
			to = l.lead
		}
		return connectors.Value{Text: l.body[:to]}, Problem{}, true
	case KindSection:
		s, n := l.find(m.Remote)
		if n > 1 {
			warning = Problem{
				m.Field, "duplicate-heading",
				"heading " + quote(m.Remote.Name) + " occurs more than once; the first one counts",
				"merge the texts under one heading",
			}
		}
		return connectors.Value{Text: l.body[s.from:s.to]}, warning, true
	case KindLabel:
		var found []string
		for _, label := range v.Items {
			if hasPrefixFold(label, m.Remote.Name) {
				found = append(found, label[len(m.Remote.Name):])
			}
		}
		slices.SortFunc(found, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
		if len(found) == 0 {
			return connectors.Value{}, Problem{}, true
		}
		if len(found) > 1 {
			warning = Problem{
				m.Field, "duplicate-label",
				"labels " + strings.Join(found, ", ") + " of " + quote(m.Remote.Name) + " exclude each other; the first one counts",
				"remove all but one",
			}
		}
		return connectors.Value{Text: found[0]}, warning, true
	default:
		return v, Problem{}, true
	}
}

// Project returns what the side would show for a value of the register. ok is
// false if it cannot show it: a person without an account there, a value without
// a pair, a state that ends a record and that the tracker does not know. A working
// state that the tracker does not tell apart is shown as the nearest one before it.
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

// Lift returns what raw, as View or Project gave it, means in the register's
// words. ok is false if the profile cannot read it.
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

// Aim is Project, except that it returns what the side shows already if that
// means the same: one of several statuses with the state, a text in the tracker's
// own words. Nothing needs to be written if the result is v[f].Raw.
func (p *Profile) Aim(v View, f register.Field, value string) (raw string, ok bool) {
	shown, has := v[f]
	if has && shown.Value == value {
		return shown.Raw, true
	}
	raw, ok = p.Project(f, value)
	if !ok || !has {
		return raw, ok
	}
	if lifted, ok := p.Lift(f, raw); ok && lifted == shown.Value {
		return shown.Raw, true
	}
	return raw, true
}
