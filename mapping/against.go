package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// Against reads a reading in the light of what is known of the record: was returns what
// the issue showed of a field when it was last agreed on, and now what the register
// holds; both are "" for what is not known.
//
// Where the heading of a section that was filled is not shown as one any more, its text
// has fallen to the section above, and nobody can say what of it belongs there.
//
// Of several assignees the one whom the register has as the owner stands for the owner.
// Where the label of a state is gone, the issue does not tell its state. A section that
// was filled and is empty now, with a heading of the person's own directly below, was
// restructured and not emptied: the issue does not tell its value.
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
				Why: Unreadable, What: "the text under " + m.Place() + " is gone, and the heading " + quote(s.Below) + " follows directly",
				Remedy: "put the text directly below the heading, or give " + quote(s.Below) + " a lower level (more #); write " + noResponse + " there to empty it",
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
				Why: Unreadable, What: "the text under " + around.Place() + " holds what stood under " + m.Place(), Remedy: fallenCure(u, m), Code: "fallen-text",
			}
		}
	}
	base := was(register.FieldState)
	if s, ok := r.View[register.FieldState]; ok && p.labelGone(base, s.Raw) {
		delete(out.View, register.FieldState)
		out.Unknown[register.FieldState] = Unknown{
			Why: Unplaced, What: "the label " + quote(p.States[p.byRaw(base)].Label) + " is gone", Remedy: "put it back, or put the label of another state", Code: "place-gone",
		}
	}
	return out
}

// holds reports whether a text has another one in it, in lines of its own.
func holds(s, part string) bool { return strings.Contains("\n"+s+"\n", "\n"+part+"\n") }

// fallenCure says how the text of m gets its heading back.
func fallenCure(u Unknown, m FieldMap) string {
	if u.Meant {
		return u.Remedy
	}
	return "put the heading " + quote(m.Remote.Name) + " back above it"
}

// labelGone reports whether two entries differ only in that the label of the first is
// not there any more and no other state's label is: somebody renamed the label, or took
// it off, and has not said where the issue stands now.
func (p *Profile) labelGone(was, is string) bool {
	i, j := p.byRaw(was), p.byRaw(is)
	if i < 0 || j < 0 || p.States[i].Label == "" || p.States[j].Label != "" {
		return false
	}
	return strings.EqualFold(p.States[i].Status, p.States[j].Status) && strings.EqualFold(p.States[i].Reason, p.States[j].Reason)
}

// replacePerson puts an account in the place of the one that stands for the value of a
// field, and leaves the others beside it alone. An empty raw takes that one away. Who
// stands for it is whom the register agreed on with the side; where that was nobody,
// those who are there stand for nothing, and stay.
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
