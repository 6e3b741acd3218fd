package register

import (
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/register/wording"
)

// A CustomField is a field of the organisation's own. Its name and its type are what it is: records,
// facts and the log hold both in one ([CustomField.Field]), so that they can be read without the
// policy, and after the organisation has given the field up.
type CustomField struct {
	Name string `json:"name"` // as people read it: "Meldung an die Aufsicht"
	// Type is one of CustomTypes.
	Type string `json:"type"`
	// Values are those of a choice, in the order people are shown.
	Values []string `json:"values,omitempty"`
	// NeededFor is the state that a record enters with the field alone, "" if none asks for it.
	NeededFor State `json:"needed_for,omitempty"`
	// When are the records that it is asked of.
	When     Condition `json:"when,omitzero"`
	Severity Severity  `json:"severity,omitempty"` // of the rule; "" is Must
}

// CustomTypes returns the types that a field of the organisation's own may have, by the words of the
// configuration.
func CustomTypes() []string {
	return []string{"line", "text", "number", "money", "date", "choice", "person", "link"}
}

// typeNamed returns the type that a word of the configuration names.
func typeNamed(word string) (Type, bool) {
	if word == "choice" {
		return TypeEnum, true
	}
	return Type(word), slices.Contains(CustomTypes(), word)
}

// Field is the field in records, facts and the log: "Meldung an die Aufsicht (date)". The fields of
// conformd have no parentheses.
func (c CustomField) Field() Field { return Field(c.Name + " (" + c.Type + ")") }

// Custom reports whether a field is one of an organisation.
func Custom(f Field) bool {
	_, _, ok := customParts(f)
	return ok
}

func customParts(f Field) (name string, t Type, ok bool) {
	body, closed := strings.CutSuffix(string(f), ")")
	i := strings.LastIndex(body, " (")
	if !closed || i <= 0 {
		return "", "", false
	}
	t, ok = typeNamed(body[i+2:])
	return body[:i], t, ok
}

// customInfo describes a field of an organisation by what its name tells.
func customInfo(f Field) (FieldInfo, bool) {
	name, t, ok := customParts(f)
	if !ok {
		return FieldInfo{}, false
	}
	return FieldInfo{Field: f, Label: name, Type: t}, true
}

// FieldsOf returns the catalogue of fields and, behind it, the fields of the organisation that one of
// the records has, sorted by name.
func FieldsOf(records ...Record) []FieldInfo {
	var has []Field
	for _, r := range records {
		has = slices.AppendSeq(has, maps.Keys(r.Fields))
	}
	return FieldsAnd(has)
}

// FieldsAnd returns the catalogue of fields and, behind it, those of a list that are an organisation's,
// sorted by name and each once.
func FieldsAnd(fields []Field) []FieldInfo {
	out := Fields()
	own := slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return !Custom(f) })
	slices.Sort(own)
	for _, f := range slices.Compact(own) {
		info, _ := customInfo(f)
		out = append(out, info)
	}
	return out
}

// WithFields returns p with the organisation's own fields and the rules that ask for them.
func (p Policy) WithFields(fields []CustomField) Policy {
	p.Fields = fields
	p.Rules, p.Cases, p.Disabled = slices.Clone(p.Rules), maps.Clone(p.Cases), maps.Clone(p.Disabled)
	for _, c := range fields {
		if c.NeededFor == "" {
			continue
		}
		r := c.rule()
		p.Rules = append(p.Rules, r)
		if !c.When.Covers(Condition{}) { // about some records alone
			p.Cases, p.Disabled = made(p.Cases), made(p.Disabled)
			p.Cases[r.ID] = []RuleCase{{When: c.When, Severity: r.Severity}}
			p.Disabled[r.ID] = true
		}
	}
	return p
}

func made[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// ownRule begins the id of a rule that asks for a field of the organisation.
const ownRule = "F:"

// RuleID is the id of the rule that asks for the field: "F:Meldung_an_die_Aufsicht".
func (c CustomField) RuleID() string { return ownRule + strings.ReplaceAll(c.Name, " ", "_") }

// rule is the rule that asks for the field.
func (c CustomField) rule() Rule {
	f := c.Field()
	severity := c.Severity
	if severity == "" {
		severity = Must
	}
	return Rule{RuleInfo{
		ID: c.RuleID(), To: c.NeededFor, Kinds: allKinds(), Severity: severity, Evidence: true,
		Sentence: c.Name + " is given",
	}, func(r Record, ctx Context) []Lack {
		var l lacks
		switch _, t, _ := customParts(f); t {
		case TypePerson:
			l.needPerson(r, f, ctx)
		case TypeDate:
			l.needDate(r, f)
		case TypeText, TypeLine:
			v := r.Fields[f]
			if !stated(v) {
				l.missing(f)
			} else if found := judged(v, wording.Demand{Refers: t == TypeLine}); found.Clear {
				l.add(f, "{{.Field}} {{.What}}", "What", found.What)
			}
		case TypeEnum, TypeNumber, TypeMoney, TypeLink, TypeSet:
			if empty(r.Fields[f]) { // a choice may be none, and a number 0
				l.missing(f)
			}
		}
		return l
	}}
}

// CustomNamed returns the field of the organisation that a person names, whatever its case.
func CustomNamed(fields []CustomField, name string) (Field, bool) {
	for _, c := range fields {
		if strings.EqualFold(strings.TrimSpace(name), c.Name) || name == string(c.Field()) {
			return c.Field(), true
		}
	}
	return "", false
}

// Steps returns what people choose from: the organisation's scales, and the values of its own fields.
func (p Policy) Steps() map[Field][]Step {
	out := maps.Clone(p.Scales)
	for _, c := range p.Fields {
		if steps := c.steps(); len(steps) > 0 {
			out = made(out)
			out[c.Field()] = steps
		}
	}
	return out
}

func (c CustomField) steps() []Step {
	var out []Step
	for _, v := range c.Values {
		out = append(out, Step{Name: v, As: v})
	}
	return out
}

// Words says for people what a field is: "date, needed for closed of major".
func (c CustomField) Words() string {
	out := c.Type
	if len(c.Values) > 0 {
		out += " of " + strings.Join(c.Values, ", ")
	}
	if c.NeededFor == "" {
		return out
	}
	verb := ", needed for "
	if c.Severity == Should {
		verb = ", recommended for "
	}
	out += verb + string(c.NeededFor)
	if !c.When.Covers(Condition{}) {
		out += " of " + c.When.Words()
	}
	return out
}

// fieldDifferences compares the organisation's own fields of two policies.
func fieldDifferences(before, after []CustomField) []Difference {
	words := func(all []CustomField) map[string]string {
		out := map[string]string{}
		for _, c := range all {
			out[c.Name] = c.Words()
		}
		return out
	}
	var out []Difference
	was, is := words(before), words(after)
	for _, name := range keys(was, is) {
		d := Difference{Key: "fields[" + name + "]", Before: was[name], After: is[name]}
		switch {
		case d.Before == d.After:
			continue
		case d.Before == "":
			d.Words = "field " + quote(name) + " is new: " + d.After
		case d.After == "":
			d.Words = "field " + quote(name) + " is gone; records keep their values"
		default:
			d.Words = "field " + quote(name) + ": " + d.Before + " → " + d.After
		}
		out = append(out, d)
	}
	return out
}
