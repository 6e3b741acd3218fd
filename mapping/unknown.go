package mapping

import (
	"strings"

	"github.com/conformd/conformd/register"
)

// A Reading is what one issue says of the fields that the profile maps. Each of them is
// known or unknown, never both; an empty value is a value that is known to be empty.
type Reading struct {
	View    View
	Unknown map[register.Field]Unknown
	// Doubts are about values that were read and that a person should look at.
	Doubts []Problem
}

// An Unknown is why an issue does not tell the value of a field. It never changes the
// register and never travels: a place that is gone is no place that was emptied.
type Unknown struct {
	Why  Absence
	What string // for people: `the heading "Root cause" is gone`
	Cure string
	Code string // stable, as Problem.Code
}

// An Absence is a sort of not knowing.
type Absence string

// The absences.
const (
	// Unplaced: the heading or the label is not there. It may never have been; a value
	// can be put there without replacing anything.
	Unplaced Absence = "unplaced"
	// Hidden: the tracker does not show the field, so nothing can be written there.
	Hidden Absence = "hidden"
	// Unreadable: something stands there that cannot be understood. Writing would replace it.
	Unreadable Absence = "unreadable"
)

// Problem returns u as a problem of a field.
func (u Unknown) Problem(f register.Field) Problem { return Problem{f, u.Code, u.What, u.Cure} }

// Shows returns what the issue shows of f in its own vocabulary, as far as that can be
// compared with what was written: a heading or a label that is not there shows nothing.
func (r Reading) Shows(f register.Field) (raw string, known bool) {
	if v, ok := r.View[f]; ok {
		return v.Raw, true
	}
	return "", r.Unknown[f].Why == Unplaced
}

// Problems lists what a person must cure on the issue: what cannot be read, and what
// is doubtful. A place that is not there is a problem only for whoever knows that it
// was there before.
func (r Reading) Problems(p *Profile) []Problem {
	var out []Problem
	for _, f := range p.mapped() {
		if u, ok := r.Unknown[f]; ok && u.Why == Unreadable {
			out = append(out, u.Problem(f))
		}
	}
	return append(out, r.Doubts...)
}

// mapped lists the fields of the profile in its order, and the state.
func (p *Profile) mapped() []register.Field {
	out := make([]register.Field, 0, len(p.Fields)+1)
	for _, m := range p.Fields {
		out = append(out, m.Field)
	}
	return append(out, register.FieldState)
}

// unplaced says that the place of m is not on the issue.
func (m FieldMap) unplaced(cure string) Unknown {
	if cure == "" {
		cure = "put it back; to take a value away, leave the place and empty it"
	}
	return Unknown{Unplaced, m.Place() + " is gone", cure, "place-gone"}
}

// hidden says that the tracker does not show the field of m.
func (m FieldMap) hidden() Unknown {
	return Unknown{Hidden, "the tracker does not show " + m.Place(), "ask the tracker's administrator to show it to conformd's account", "field-hidden"}
}

// unreadable turns a problem of a value into an unknown.
func unreadable(p Problem) Unknown { return Unknown{Unreadable, p.What, p.Cure, p.Code} }

// cure says what brings the section of m back: the heading that was probably meant,
// or the one that is not shown as a heading.
func (l layout) cure(m FieldMap) string {
	for _, key := range m.Remote.headings() {
		if cure := l.lost[key]; cure != "" {
			return cure
		}
	}
	if near := l.similar(m); near != "" {
		return "rename the heading " + quote(near) + " to " + quote(m.Remote.Name)
	}
	return ""
}

// similar names a heading that was probably meant for m, "" if there is none: people
// add a word to a heading or mistype it.
func (l layout) similar(m FieldMap) string {
	want := headingName(m.Remote.Name)
	for _, s := range l.sections {
		if s.key == "" || l.mapped[s.key] {
			continue
		}
		near := max(len(want), len(s.key)) / 4
		if strings.HasPrefix(s.key, want) || strings.HasPrefix(want, s.key) && len(s.key) > 4 || distance(s.key, want) <= near {
			return s.title
		}
	}
	return ""
}
