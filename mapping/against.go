package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// Against reads a reading in the light of what is known of the record. Of several
// assignees the one whom the register has as the owner stands for the owner. Where the
// label of a state is gone, the issue does not tell its state: base is what the issue
// showed when the state was last agreed on, and now returns what the register holds.
func (p *Profile) Against(r Reading, base string, now func(register.Field) (value string, known bool)) Reading {
	out := Reading{View: maps.Clone(r.View), Unknown: r.Unknown, Doubts: r.Doubts}
	for _, m := range p.Fields {
		s, ok := r.View[m.Field]
		v, known := now(m.Field)
		if !ok || !known || s.Value == v || p.info(m.Field).Type != register.TypePerson || !p.Shows(m.Field, s.Raw, v) {
			continue
		}
		s.Value = v
		out.View[m.Field] = s
	}
	if s, ok := r.View[register.FieldState]; ok && p.labelGone(base, s.Raw) {
		delete(out.View, register.FieldState)
		out.Unknown = maps.Clone(r.Unknown)
		out.Unknown[register.FieldState] = Unknown{
			Unplaced, "the label " + quote(p.States[p.byRaw(base)].Label) + " is gone", "put it back, or put the label of another state", "place-gone",
		}
	}
	return out
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
// field, and leaves the others beside it alone. An empty raw takes that one away.
func (p *Profile) replacePerson(f register.Field, shown Shown, raw string) string {
	m, _ := p.Field(f)
	var out []string
	for one := range strings.SplitSeq(shown.Raw, "\n") {
		if v, ok := p.lift(m, one); ok && v == shown.Value {
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
