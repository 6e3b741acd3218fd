package mapping

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A Reading holds the values of one issue for the fields that the profile maps. Each field is
// either known or unknown; an empty value is a value that is known to be empty.
type Reading struct {
	View    View
	Unknown map[register.Field]Unknown
	// Doubts concern values that were read and that a person should look at.
	Doubts []Problem
}

// An Unknown is the reason why the value of a field on an issue is unknown. An unknown value
// never changes the register or another issue: a place that is gone was not emptied.
type Unknown struct {
	Why    Absence
	What   message.Text // for people: `the heading "Root cause" is gone`
	Remedy message.Text
	Code   string // stable, as Problem.Code
	// Meant says that a heading stands elsewhere that was probably meant for the field, so
	// that a person typed something and it is not read. In is the field whose text
	// holds that heading, "" for none.
	Meant bool
	In    register.Field
}

// An Absence is a kind of reason for an unknown value.
type Absence string

// The absences.
const (
	// Unplaced: the heading or the label is not there, and may never have been. Writing a
	// value replaces nothing.
	Unplaced Absence = "unplaced"
	// Hidden: the tracker does not show the field, so nothing can be written there.
	Hidden Absence = "hidden"
	// Unreadable: something stands there that cannot be understood. Writing would replace it.
	Unreadable Absence = "unreadable"
)

// Problem returns u as a problem of a field.
func (u Unknown) Problem(f register.Field) Problem { return Problem{f, u.Code, u.What, u.Remedy} }

// Shows returns the raw value of f on the issue, to compare it with a written one. A heading or
// label that is not there counts as an empty value.
func (r Reading) Shows(f register.Field) (raw string, known bool) {
	if v, ok := r.View[f]; ok {
		return v.Raw, true
	}
	return "", r.Unknown[f].Why == Unplaced
}

// Problems lists the faults of the issue that a person must remedy: unreadable and doubtful
// values. It leaves out a missing place, which is a problem only if it was there before; the
// caller knows that.
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

// unplaced returns the Unknown for a place that is not on the issue.
func (m FieldMap) unplaced(remedy message.Text) Unknown {
	if remedy == "" {
		remedy = say("put it back; to take a value away, leave the place and empty it")
	}
	return Unknown{Why: Unplaced, What: say("{{.Place}} is gone", "Place", m.Where()), Remedy: remedy, Code: "place-gone"}
}

// hidden returns the Unknown for a field that the tracker does not show.
func (m FieldMap) hidden() Unknown {
	return Unknown{Why: Hidden, What: say("the tracker does not show {{.Place}}", "Place", m.Where()), Remedy: say("ask the tracker's administrator to show it to conformd's account"), Code: "field-hidden"}
}

// unreadable turns a problem of a value into an unknown.
func unreadable(p Problem) Unknown {
	return Unknown{Why: Unreadable, What: p.What, Remedy: p.Remedy, Code: p.Code}
}

// missing returns the Unknown for a section that is not there. Its remedy names the heading that
// was probably meant, or the line that is not shown as a heading.
func (l layout) missing(m FieldMap) (u Unknown, in string) {
	for _, key := range m.Remote.headings() {
		if h, ok := l.lost[key]; ok {
			u = m.unplaced(h.remedy)
			u.Meant = true
			return u, h.in
		}
	}
	if title, in, sure := l.similar(m); title != "" {
		u = m.unplaced(say("rename the heading {{.Title}} to {{.Name}}", "Title", quoted(title), "Name", quoted(m.Remote.Name)))
		u.Meant = sure
		return u, in
	}
	return m.unplaced(""), ""
}

// similar returns a heading that was probably meant for m and the section around it, "" if there
// is none. Sure is false if the heading may have been meant for another field.
func (l layout) similar(m FieldMap) (title, in string, sure bool) {
	want := headingName(m.Remote.Name)
	like := func(title string) bool {
		key := headingName(title)
		if key == "" || l.mapped[key] || !resembles(key, want) {
			return false
		}
		sure = true
		for other := range l.mapped {
			if other == want {
				continue
			}
			if bare(other) == bare(key) {
				return false
			}
			sure = sure && !resembles(key, other)
		}
		return true
	}
	for _, s := range l.sections {
		if like(s.title) {
			return s.title, "", sure
		}
	}
	for _, h := range l.lesser {
		if like(h.title) {
			return h.title, h.in, sure
		}
	}
	return "", "", false
}

// resembles reports whether one heading is another with words, numbers or pictures added,
// or mistyped.
func resembles(key, want string) bool {
	key, want = bare(key), bare(want)
	return strings.HasPrefix(key, want) || strings.HasPrefix(want, key) && len(key) > 4 ||
		len(want) > 4 && strings.Contains(" "+key+" ", " "+want+" ") || distance(key, want) <= max(len(want), len(key))/4
}

// decoration matches what people put in front of a heading: a number, a name of a picture.
var decoration = regexp.MustCompile(`^(?:[\d.]+[.)]?|:[\w+-]+:)\s+`)

// bare returns a heading without numbers, pictures and marks around its words.
func bare(key string) string {
	key = decoration.ReplaceAllString(key, "")
	return strings.TrimFunc(key, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ')' && r != '(' })
}
