package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// enumRaw returns the spelling of s in the configuration.
func (p *Profile) enumRaw(m FieldMap, fi register.FieldInfo, s string) (string, Problem) {
	if unanswered(s) {
		s = ""
	}
	for _, pair := range m.Values {
		if !strings.EqualFold(pair.From, s) {
			continue
		}
		if v := register.CountsAs(m.Field, p.choice(m.Field, pair.To)); v != "" && fi.Enum != nil && !slices.Contains(fi.Enum, v) {
			return "", Problem{m.Field, "unknown-value", say("{{.Place}} says {{.Value}}, which stands for {{.Step}}, and the scale in force has no such step", "Place", m.Where(), "Value", quoted(s), "Step", quoted(pair.To)), say("put the configured policy in force (conformd policy adopt)")}
		}
		return pair.From, Problem{}
	}
	if s == "" {
		return "", Problem{}
	}
	if len(m.Values) == 0 && len(p.Scales[m.Field]) > 0 {
		if raw, ok := p.stepRaw(m, s); ok {
			return raw, Problem{}
		}
	} else if len(m.Values) == 0 {
		if v := slug(s); v != "" && (fi.Enum == nil || slices.Contains(fi.Enum, v)) {
			return spelled(m, v), Problem{}
		}
	}
	says := say("{{.Place}} says {{.Value}}", "Place", m.Where(), "Value", quoted(s))
	if m.Remote.Kind == KindLabel {
		says = say("there is the label {{.Value}}", "Value", quoted(m.Remote.Name+s))
	}
	return "", Problem{
		m.Field, "unknown-value", say("{{.Says}}, which is none of {{.Values}}", "Says", says, "Values", strings.Join(p.expected(m, fi), ", ")),
		say("choose one of them, or add the value to the mapping of {{.Binding}}", "Binding", p.Binding),
	}
}

// enumValue returns the register's word for raw.
func (p *Profile) enumValue(m FieldMap, fi register.FieldInfo, raw string) (string, bool) {
	for _, pair := range m.Values {
		if pair.From == raw {
			return p.choice(m.Field, pair.To), true
		}
	}
	if raw == "" {
		return "", true
	}
	if len(p.Scales[m.Field]) > 0 {
		s, ok := register.StepNamed(p.Scales[m.Field], raw)
		return s.Value(), ok && len(m.Values) == 0
	}
	v := slug(raw)
	return v, len(m.Values) == 0 && v != "" && (fi.Enum == nil || slices.Contains(fi.Enum, v))
}

// enumWrite returns the spelling to write for a value of the register.
func (p *Profile) enumWrite(m FieldMap, fi register.FieldInfo, value string) (string, bool) {
	for _, pair := range m.Values {
		if p.choice(m.Field, pair.To) == value {
			return pair.From, true
		}
	}
	for _, pair := range m.Values { // a value from before the scale, or of an earlier one
		if value != "" && register.CountsAs(m.Field, p.choice(m.Field, pair.To)) == register.CountsAs(m.Field, value) {
			return pair.From, true
		}
	}
	if value == "" {
		return "", true
	}
	if len(m.Values) == 0 && len(p.Scales[m.Field]) > 0 {
		return p.stepWrite(m, value)
	}
	if len(m.Values) > 0 || slug(value) != value || fi.Enum != nil && !slices.Contains(fi.Enum, value) {
		return "", false
	}
	return spelled(m, value), true
}

// expected lists the values that the place of m can have; for a label, the whole labels.
func (p *Profile) expected(m FieldMap, fi register.FieldInfo) []string {
	prefix := ""
	if m.Remote.Kind == KindLabel {
		prefix = m.Remote.Name
	}
	var out []string
	for _, pair := range m.Values {
		out = append(out, quote(prefix+pair.From))
	}
	if steps := p.Scales[m.Field]; len(out) == 0 && len(steps) > 0 {
		for _, s := range steps {
			out = append(out, quote(prefix+p.spelledStep(m, s)))
		}
	} else if len(out) == 0 {
		for _, v := range fi.Enum {
			out = append(out, quote(prefix+spelled(m, v)))
		}
	}
	return out
}

// slug makes "Internal audit" internal_audit.
func slug(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return strings.ContainsRune(" \t\n_-\u200b\\#`~<>,", r)
	}), "_")
}

// spelled returns the tracker's spelling of a value without a pair: unchanged in a label,
// "Internal audit" elsewhere.
func spelled(m FieldMap, v string) string {
	if m.Remote.Kind == KindLabel {
		return v
	}
	v = strings.ReplaceAll(v, "_", " ")
	r := []rune(v)
	up := strings.ToUpper(string(r[:1])) + string(r[1:])
	if strings.ToLower(up) != v { // the upper case of some letters has no way back
		return v
	}
	return up
}
