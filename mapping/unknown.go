package mapping

import (
	"slices"
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
	// Meant: something stands on the issue that was probably meant for this place and
	// for no other, as a heading with a word more, or one in a code block.
	Meant bool
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
	return Unknown{Why: Unplaced, What: m.Place() + " is gone", Cure: cure, Code: "place-gone"}
}

// hidden says that the tracker does not show the field of m.
func (m FieldMap) hidden() Unknown {
	return Unknown{
		Why: Hidden, What: "the tracker does not show " + m.Place(), Cure: "ask the tracker's administrator to show it to conformd's account", Code: "field-hidden",
	}
}

// unreadable turns a problem of a value into an unknown.
func unreadable(p Problem) Unknown {
	return Unknown{Why: Unreadable, What: p.What, Cure: p.Cure, Code: p.Code}
}

// cure says what brings the section of m back: the heading that was probably meant,
// or the one that is not shown as a heading. Meant is false for a heading that may as
// well be meant for another place, or for none.
func (l layout) cure(m FieldMap) (cure string, meant bool) {
	for _, key := range m.Remote.headings() {
		if cure := l.lost[key]; cure != "" {
			return cure, true
		}
	}
	want := headingName(m.Remote.Name)
	for _, s := range l.sections {
		if s.key == "" || l.mapped[s.key] || !similar(s.key, want) {
			continue
		}
		meant := true
		for key := range l.mapped {
			meant = meant && (slices.Contains(m.Remote.headings(), key) || !similar(s.key, key))
		}
		return "rename the heading " + quote(s.title) + " to " + quote(m.Remote.Name), meant
	}
	return "", false
}

// similar reports whether a heading was probably meant to be another: people add a word
// to a heading, leave one out or mistype it.
func similar(key, want string) bool {
	return strings.HasPrefix(key, want) || strings.HasPrefix(want, key) && len(key) > 4 || distance(key, want) <= max(len(want), len(key))/4
}
