package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// Against corrects a reading by what is known of the record: was returns the value of
// a field in the base, and now the register's value; both are "" if unknown.
//
//   - If the heading of a filled section is no longer a heading, its text has joined the
//     section above ("fallen"). Both fields become unknown, because the parts cannot be told
//     apart.
//   - Of several assignees, the one who is the owner in the register stands for the owner.
//   - If the label of a state is gone, the state is unknown.
//   - If a filled section is empty now and a heading of the person's own stands directly below,
//     the person moved the text and did not empty the field: the field is unknown.
func (p *Profile) Against(r Reading, was func(register.Field) string, now func(register.Field) (value string, known bool)) Reading {
	out := Reading{View: maps.Clone(r.View), Unknown: maps.Clone(r.Unknown), Doubts: r.Doubts}
	for _, m := range p.Fields {
		s, ok := r.View[m.Field]
		if !ok {
			continue
		}
		if s.Below != "" && s.Value == "" && was(m.Field) != "" {
			delete(out.View, m.Field)
			out.Unknown[m.Field] = Unknown{
				Why: Unreadable, What: say("the text under {{.Place}} is gone, and the heading {{.Below}} follows directly", "Place", m.Where(), "Below", quoted(s.Below)),
				Remedy: say("put the text directly below the heading, or give {{.Below}} a lower level (more #); write {{.Empty}} there to empty it", "Below", quoted(s.Below), "Empty", noResponse),
				Code:   "restructured",
			}
			continue
		}
		v, known := now(m.Field)
		if !known || s.Value == v || p.info(m.Field).Type != register.TypePerson || !p.Shows(m.Field, s.Raw, v) {
			continue
		}
		s.Value = v
		out.View[m.Field] = s
	}
	for _, m := range p.Fields {
		u := r.Unknown[m.Field]
		value, _ := now(m.Field)
		if u.Why != Unplaced || m.Remote.Kind != KindSection || was(m.Field) == "" || value == "" {
			continue
		}
		for _, around := range p.Fields {
			v, ok := out.View[around.Field]
			fallen := around.Field == u.In || holds(v.Raw, was(m.Field)) && !holds(was(around.Field), was(m.Field))
			if !ok || !fallen || around.Remote.Kind != KindSection || p.info(around.Field).Type != register.TypeText {
				continue
			}
			delete(out.View, around.Field)
			out.Unknown[around.Field] = Unknown{
				Why: Unreadable, What: say("the text under {{.Around}} holds what stood under {{.Place}}", "Around", around.Where(), "Place", m.Where()), Remedy: fallenCure(u, m), Code: "fallen-text",
			}
		}
	}
	base := was(register.FieldState)
	if s, ok := r.View[register.FieldState]; ok && p.labelGone(base, s.Raw) {
		delete(out.View, register.FieldState)
		out.Unknown[register.FieldState] = Unknown{
			Why: Unplaced, What: say("the label {{.Name}} is gone", "Name", quoted(p.States[p.byRaw(base)].Label)), Remedy: say("put it back, or put the label of another state"), Code: "place-gone",
		}
	}
	return out
}

// holds reports whether the text s contains part as whole lines.
func holds(s, part string) bool { return strings.Contains("\n"+s+"\n", "\n"+part+"\n") }

// fallenCure is the remedy that gives the text of m its heading back.
func fallenCure(u Unknown, m FieldMap) message.Text {
	if u.Meant {
		return u.Remedy
	}
	return say("put the heading {{.Name}} back above it", "Name", quoted(m.Remote.Name))
}

// labelGone reports whether two entries differ only in that the label of the first is gone and
// no other state's label is there: a person renamed or removed the label without giving the
// issue another state.
func (p *Profile) labelGone(was, is string) bool {
	i, j := p.byRaw(was), p.byRaw(is)
	if i < 0 || j < 0 || p.States[i].Label == "" || p.States[j].Label != "" {
		return false
	}
	return strings.EqualFold(p.States[i].Status, p.States[j].Status) && strings.EqualFold(p.States[i].Reason, p.States[j].Reason)
}

// replacePerson replaces the account that stands for the value of a field, and keeps the other
// accounts beside it. An empty raw removes that account. The account that stands for the value
// is the agreed one. If none was agreed on, and the side can have several, all of them stay.
func (p *Profile) replacePerson(f register.Field, shown Shown, raw, agreed string) string {
	m, _ := p.Field(f)
	several := strings.Contains(shown.Raw, "\n") || p.CoAssignees && m.Remote.Kind == KindAssignee
	if !several || agreed != "" && !p.isAmong(f, shown.Raw, agreed) {
		agreed = shown.Value
	}
	var out []string
	for one := range strings.SplitSeq(shown.Raw, "\n") {
		if v, ok := p.lift(m, one); ok && v == agreed {
			continue
		}
		out = append(out, one)
	}
	if raw != "" && !slices.Contains(out, raw) {
		out = append(out, raw)
	}
	return accounts(out)
}

// accounts joins account ids as a raw value of a person field.
func accounts(ids []string) string {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id == "" })
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), "\n")
}
