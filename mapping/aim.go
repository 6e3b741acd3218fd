package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// Shows reports whether raw shows a value as well as the side can: the same text in another
// markup, a cut text, a person with others beside.
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

// Adopt returns the value that the register takes when a side shows raw. The register held
// value when both agreed on was. In a text, the parts that did not change on the side keep the
// register's own words and markup.
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

// raised returns a text of a section with its headings on the level that they have in the
// register; the section shows them on a lower one, see sectionText.
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

// Aim is Project for a side that shows v. If the side already shows something with the same
// meaning, such as another status with the state or a text in the tracker's own words, it
// returns that. It keeps the parts that the register must not change. Agreed is the register's
// value at the last agreement with the side.
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

// changed returns the text of a side, edited so that it says value; raw is value in the side's
// markup. Parts that did not change keep the markup of the side.
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
