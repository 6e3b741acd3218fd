package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// Shows reports whether raw is all that the side can show of a value: the same text in
// another markup, a cut one, a person with others beside.
func (p *Profile) Shows(f register.Field, raw, value string) bool {
	if own, ok := p.Project(f, value); ok && own == raw {
		return true
	}
	switch p.info(f).Type {
	case register.TypePerson:
		return p.isAmong(f, raw, value)
	case register.TypeText:
		return p.Markup == MarkupWiki && text.Same(value, raw, p.name)
	default:
		return false
	}
}

// isAmong reports whether a person is one of those that raw stands for.
func (p *Profile) isAmong(f register.Field, raw, person string) bool {
	m, ok := p.Field(f)
	return ok && person != "" && slices.ContainsFunc(strings.Split(raw, "\n"), func(one string) bool {
		v, ok := p.lift(m, one)
		return ok && v == person
	})
}

// Adopt returns the value that the register takes when a side shows raw. The register
// held value when both agreed on was: of a text, what did not change on the side keeps
// the register's own words and markup.
func (p *Profile) Adopt(f register.Field, was, value, raw string) string {
	lifted, _ := p.Lift(f, raw)
	m, ok := p.Field(f)
	if !ok || p.info(f).Type != register.TypeText || value == "" || raw == "" {
		return lifted
	}
	if p.Markup == MarkupWiki {
		return text.IntoGFM(value, was, raw, p.name)
	}
	return p.raised(m, value, lifted)
}

// raised returns a text of a section with its headings as high as they were in the
// register, where the section shows them lower: see sectionText.
func (p *Profile) raised(m FieldMap, was, now string) string {
	by := sinks(was)
	if by == 0 || !strings.Contains(now, "#") {
		return now
	}
	if up := move(now, -by); p.textRaw(m, up) == now {
		return up
	}
	return now
}

// Aim is Project for a side that shows v: it returns what the side shows already if
// that means the same, one of several statuses with the state or a text in the
// tracker's own words, and leaves alone what is not the register's to change. Agreed is
// what the register held when it last agreed with the side.
func (p *Profile) Aim(v View, f register.Field, value, agreed string) (raw string, ok bool) {
	shown, has := v[f]
	if has && shown.Value == value {
		return shown.Raw, true
	}
	raw, ok = p.Project(f, value)
	if !ok || !has {
		return raw, ok
	}
	if p.Shows(f, shown.Raw, value) {
		return shown.Raw, true
	}
	if lifted, ok := p.Lift(f, raw); ok && lifted == shown.Value {
		return shown.Raw, true
	}
	switch p.info(f).Type {
	case register.TypePerson:
		return p.replacePerson(f, shown, raw, agreed), true
	case register.TypeSet:
		return respelled(raw, shown.Raw), true
	case register.TypeText:
		return p.changed(f, shown, raw, value, agreed), true
	default:
		return raw, true
	}
}

// changed returns the text that a side shows, changed so that it says value; raw is
// value in the side's markup. What did not change keeps the markup of the side.
func (p *Profile) changed(f register.Field, shown Shown, raw, value, agreed string) string {
	m, ok := p.Field(f)
	if !ok || p.Markup != MarkupWiki || shown.Raw == "" || raw == "" || text.IsCut(shown.Value) {
		return raw
	}
	if agreed == "" || !text.Same(agreed, shown.Raw, p.name) {
		agreed = shown.Value
	}
	next := p.textRaw(m, text.IntoWiki(shown.Raw, agreed, value, p.name))
	if limit := p.limit(m); limit > 0 && runes(next) > limit {
		return raw
	}
	return next
}
