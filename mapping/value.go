package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// info returns the type and values of field f. The kind of an action has its own values.
func (p *Profile) info(f register.Field) register.FieldInfo {
	fi, ok := register.Info(f)
	if !ok {
		return register.FieldInfo{Field: f, Label: string(f), Type: register.TypeLine}
	}
	if p.Role == RoleAction && f == register.FieldKind {
		fi.Enum = []string{string(register.Corrective), string(register.Preventive), string(register.ImprovementAction)}
	}
	return fi
}

// raw normalises the tracker's value of a field for comparing. The second result is the problem
// of the value, zero if it has none.
func (p *Profile) raw(m FieldMap, v connectors.Value, users map[string]connectors.User) (string, Problem) {
	fi, s := p.info(m.Field), v.Text
	if s == "" && len(v.Items) > 0 && fi.Type != register.TypeSet {
		s = strings.Join(v.Items, "\n")
	}
	if fi.Type == register.TypePerson && len(v.Items) > 0 {
		return accounts(v.Items), Problem{}
	}
	switch fi.Type {
	case register.TypeText:
		return p.textRaw(m, s), Problem{}
	case register.TypeEnum:
		return p.enumRaw(m, fi, text.Line(text.Canonical(s)))
	case register.TypeDate:
		if raw, pr := p.dateRaw(m, text.Line(s)); pr.Code == "" {
			return raw, pr // "28. November 2026" is a list in Markdown
		}
		return p.dateRaw(m, text.Line(text.Canonical(s)))
	case register.TypePerson:
		return p.personRaw(m, s, users)
	case register.TypeSet:
		return standardsRaw(m, p.setRaw(m, v))
	case register.TypeNumber:
		return p.numberRaw(m, text.Line(s))
	case register.TypeMoney:
		return p.moneyRaw(m, text.Line(s))
	case register.TypeLink:
		return p.linkRaw(m, text.Line(s))
	case register.TypeLine:
	}
	return p.lineRaw(m, s), Problem{}
}

// lift translates raw into the register's words.
func (p *Profile) lift(m FieldMap, raw string) (string, bool) {
	fi := p.info(m.Field)
	switch fi.Type {
	case register.TypeText:
		if p.Markup == MarkupWiki {
			return p.fromWiki(m, raw), true
		}
	case register.TypeEnum:
		return p.enumValue(m, fi, raw)
	case register.TypePerson:
		return p.personValue(raw), true
	case register.TypeDate, register.TypeSet, register.TypeLine, register.TypeNumber, register.TypeMoney, register.TypeLink:
	}
	return raw, true
}

// project returns the raw form of a value of the register.
func (p *Profile) project(m FieldMap, value string) (string, bool) {
	fi := p.info(m.Field)
	switch fi.Type {
	case register.TypeText:
		return p.fit(m, value), true
	case register.TypeEnum:
		return p.enumWrite(m, fi, value)
	case register.TypeDate:
		raw, pr := p.dateRaw(m, value)
		return raw, pr.Code == ""
	case register.TypePerson:
		return p.personWrite(m, value)
	case register.TypeSet:
		raw, pr := standardsRaw(m, p.setRaw(m, connectors.Value{Items: strings.Split(value, "\n")}))
		return raw, pr.Code == ""
	case register.TypeNumber, register.TypeMoney, register.TypeLink:
		raw, pr := p.raw(m, connectors.Value{Text: value}, nil)
		return raw, pr.Code == ""
	case register.TypeLine:
	}
	return p.lineRaw(m, value), true
}

// textRaw normalises a text in the tracker's markup.
func (p *Profile) textRaw(m FieldMap, s string) string {
	switch {
	case m.Remote.Kind == KindSection, m.Remote.Kind == KindBody && p.sections():
		return p.sectionText(s)
	case p.Markup == MarkupWiki:
		return settle(s, func(s string) string { return text.Normalise(untail(s)) })
	}
	return bodyText(s)
}

// fromWiki translates a text for the register. It leaves out a last line that would look like
// conformd's own line if it were written back.
func (p *Profile) fromWiki(m FieldMap, raw string) string {
	value := text.FromWikiNamed(raw, p.name)
	if !strings.Contains(value, strings.TrimSpace(linked)) && !strings.Contains(value, "<!-- conformd") {
		return value
	}
	return settle(value, func(v string) string { return text.FromWiki(p.textRaw(m, text.ToWiki(v))) })
}

// name returns the name of an account that a text mentions: by its id, or on Data Center by its
// login. The login is accepted even if the configuration has an id, because a name in a text
// decides nothing.
func (p *Profile) name(id string) (string, bool) {
	for _, a := range p.People {
		if a.Name != "" && (a.ID == id || a.Login != "" && strings.EqualFold(a.Login, id)) {
			return a.Name, true
		}
	}
	return "", false
}

// fit returns a text in the tracker's markup, cut to the length that the tracker allows.
func (p *Profile) fit(m FieldMap, value string) string {
	write := func(s string) string {
		if p.Markup == MarkupWiki {
			s = text.ToWiki(s)
		}
		return p.textRaw(m, s)
	}
	raw, limit := write(value), p.limit(m)
	for keep := limit; p.BodyLimit > 0 && runes(raw) > limit && keep > 0; keep -= keep/8 + 1 {
		raw = write(text.Cut(value, keep, p.More))
	}
	return raw
}

// limit returns how many characters a text may have at the place of m, 0 for any.
func (p *Profile) limit(m FieldMap) int {
	switch limit := p.BodyLimit; m.Remote.Kind {
	case KindSection:
		return limit / 2 // so that one text cannot crowd out the others
	case KindBody:
		return limit - min(limit/4, 1024) // room for conformd's own last lines
	default:
		return limit
	}
}

func runes(s string) int { return len([]rune(s)) }

func (p *Profile) lineRaw(m FieldMap, s string) string {
	if t, err := register.ParseTarget(text.Line(s)); m.Field == register.FieldTarget && err == nil {
		return t.String() // however people write it
	}
	switch m.Remote.Kind {
	case KindSection:
		return lineText(s)
	case KindTitle:
		s = text.Line(s)
		if r := []rune(s); p.TitleLimit > 0 && len(r) > p.TitleLimit {
			s = strings.TrimRight(string(r[:p.TitleLimit-1]), " ") + "…"
		}
		return s
	default:
		return text.Line(s)
	}
}

// setRaw returns the members of a set, one a line.
func (p *Profile) setRaw(m FieldMap, v connectors.Value) string {
	if m.Remote.Kind == KindLabels {
		var out []string
		for _, l := range v.Items {
			if l = p.label(l); l != "" && !p.own(l) && !p.tooLong(l) {
				out = append(out, l)
			}
		}
		return lines(out)
	}
	section := m.Remote.Kind == KindSection
	s := v.Text
	if len(v.Items) > 0 {
		s = strings.Join(append(slices.Clone(v.Items), v.Text), "\n")
	}
	return settle(s, func(s string) string {
		if section {
			s = text.Canonical(s)
		}
		var out []string
		for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == ';' || r == ',' }) {
			x = text.Line(x)
			for strings.HasPrefix(x, "- ") || strings.HasPrefix(x, "* ") {
				x = text.Line(x[2:])
			}
			if section {
				x = typedBox(x)
			}
			if m.Field == register.FieldRequirements {
				x = requirement(x)
			}
			if section {
				x = lineText(x)
			}
			if x != "" && x != "-" && x != "*" {
				out = append(out, x)
			}
		}
		return lines(out)
	})
}

// tooLong reports whether the tracker has no room for a label.
func (p *Profile) tooLong(label string) bool { return p.LabelLimit > 0 && runes(label) > p.LabelLimit }

// TooLong returns the labels of a value of the register that are too long for the tracker. The
// others are still written.
func (p *Profile) TooLong(f register.Field, value string) []string {
	m, ok := p.Field(f)
	if !ok || m.Remote.Kind != KindLabels {
		return nil
	}
	var out []string
	for l := range strings.SplitSeq(value, "\n") {
		if p.tooLong(p.label(l)) {
			out = append(out, l)
		}
	}
	return out
}

// requirement spells a reference to the standard in one way: "Annex A 5.18" and
// "a5.18" are A.5.18, "Clause 9.2" is 9.2.
func requirement(s string) string {
	low := strings.ToLower(s)
	for _, prefix := range []string{"annex a.", "annex a ", "a.", "a "} {
		if rest, ok := strings.CutPrefix(low, prefix); ok && numbered(strings.TrimSpace(rest)) {
			return "A." + strings.TrimSpace(rest)
		}
	}
	for _, prefix := range []string{"annex a", "a"} {
		if rest, ok := strings.CutPrefix(low, prefix); ok && numbered(rest) {
			return "A." + rest
		}
	}
	for _, prefix := range []string{"clause ", "§"} {
		if rest, ok := strings.CutPrefix(low, prefix); ok && numbered(strings.TrimSpace(rest)) {
			return strings.TrimSpace(rest)
		}
	}
	return s
}

// numbered reports whether s is a number of sections: "5", "5.18", "10.2.1".
func numbered(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// lines joins members in the form of the register's sets: sorted, and each once; case does not
// count.
func lines(in []string) string {
	slices.Sort(in)
	var out []string
	for _, x := range in {
		if !containsFold(out, x) {
			out = append(out, x)
		}
	}
	return strings.Join(out, "\n")
}

// respelled gives the members of a set the spelling that they have in shown.
func respelled(set, shown string) string {
	have := strings.Split(shown, "\n")
	out := strings.Split(set, "\n")
	for i, x := range out {
		if n := slices.IndexFunc(have, func(h string) bool { return strings.EqualFold(h, x) }); n >= 0 {
			out[i] = have[n]
		}
	}
	return lines(out)
}

func quote(s string) string { return `"` + text.Cut(s, 60, "") + `"` }
