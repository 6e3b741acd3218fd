package config

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// checkFields judges where the fields of the register are found.
func (c *Config) checkFields(b *Binding) {
	fields, places := map[string]string{}, map[string]string{}
	for i, f := range b.Fields {
		key := b.at.field[i]
		if f.Field == "" {
			continue // reported as missing
		}
		c.once(fields, f.Field, join(key, "field"), "field "+quote(f.Field))
		info, ok := c.FieldNamed(f.Field)
		switch {
		case !ok:
			c.source.fail(CodeReference, join(key, "field"), "the register has no field "+quote(f.Field), suggestion(f.Field, append(fieldNames(), c.customNames()...)))
		case info.Field == register.FieldState:
			c.source.fail(CodeMisplaced, join(key, "field"), "the state is not a field", "say what the statuses mean under states")
		default:
			c.checkPlace(b, f, info, key)
			if b.Role == "action" && info.Field == register.FieldKind {
				info.Enum = []string{string(register.Corrective), string(register.Preventive), string(register.ImprovementAction)}
			}
			c.checkValues(f, info, key)
		}
		if f.From.Kind != "" {
			c.once(places, f.From.Kind+"\x00"+strings.ToLower(f.From.Name), join(key, "from"), "this place")
		}
		c.checkConflict(b, f, key)
	}
	if len(b.Fields) > 0 && !slices.ContainsFunc(b.Fields, func(f Field) bool { return f.From.Kind == "title" }) {
		c.source.fail(CodeMapping, b.at.fields, "no field is the title of an issue", "add {field: title, from: {kind: title}}")
	}
}

// checkPlace checks whether a field can be in its configured place.
func (c *Config) checkPlace(b *Binding, f Field, info register.FieldInfo, key string) {
	kind, fail := f.From.Kind, c.source.fail
	key += ".from"
	named := kind == "section" || kind == "field" || kind == "label"
	switch {
	case kind == "":
		return // reported as missing
	case named && f.From.Name == "":
		fail(CodeMissing, key+".name", "a "+kind+" needs a name", "add name: "+nameHint(kind, info))
	case !named && f.From.Name != "":
		fail(CodeMisplaced, key+".name", "the "+kind+" of an issue has no name", "remove it, or change kind")
	}
	if len(f.From.Aliases) > 0 && kind != "section" {
		fail(CodeMisplaced, key+".aliases", "only a section has other headings", "remove it, or write kind: section")
	}
	if l, lacks := trackers()[b.Tracker].lacks[kind]; lacks {
		fail(CodeMapping, key+".kind", l.what, l.remedy)
	}
	holds := map[string][]register.Type{
		"title":    {register.TypeLine},
		"body":     {register.TypeText},
		"label":    {register.TypeLine, register.TypeEnum, register.TypeDate, register.TypeNumber},
		"labels":   {register.TypeSet},
		"assignee": {register.TypePerson},
		"due":      {register.TypeDate},
		"priority": {register.TypeEnum},
		"type":     {register.TypeEnum},
	}
	if types, ok := holds[kind]; ok && !slices.Contains(types, info.Type) {
		fail(CodeMapping, key+".kind", "the "+kind+" of an issue cannot hold "+f.Field+", which is "+typeName(info.Type), "write kind: section or kind: field")
	}
	if kind == "labels" && info.Field == register.FieldStandards {
		fail(CodeMapping, key+".kind", "the labels of an issue hold other words, too, and no standards alone", "write kind: section or kind: field")
	}
	if info.Field == register.FieldValue && (kind == "title" || kind == "label") {
		fail(CodeMapping, key+".kind", "the "+kind+" of an issue cannot hold "+f.Field+", which has a period beside the value", "write kind: section or kind: field")
	}
	// The issue of an action says itself which record it belongs to.
	pushed := info.Field == register.FieldRef && b.Role != "action" || info.Field == register.FieldMissing
	if pushed && f.Authority != "register" {
		fail(CodeMapping, parent(key)+".authority", "only the register knows "+f.Field, "write authority: register")
	}
}

// checkValues judges the translation of an enumeration.
func (c *Config) checkValues(f Field, info register.FieldInfo, key string) {
	key += ".values"
	scales := register.Policy{Scales: c.Scales(), Fields: c.CustomFields()}.Steps()
	if len(f.Values) > 0 && info.Type != register.TypeEnum {
		c.source.fail(CodeMisplaced, key, f.Field+" is "+typeName(info.Type)+" and has no list of values", "remove it")
		return
	}
	seen := map[string]string{}
	for i, p := range f.Values {
		key := Key(key, i)
		c.once(seen, strings.ToLower(p.From), join(key, "from"), "value "+quote(p.From))
		known := info.Enum
		if steps := scales[info.Field]; len(steps) > 0 {
			known = nil
			for _, s := range steps {
				known = append(known, s.Name)
			}
		}
		_, step := register.StepNamed(scales[info.Field], p.To)
		if p.To != "" && known != nil && !step && (!slices.Contains(known, p.To) || len(scales[info.Field]) > 0) {
			bad := choice(p.To, known)
			c.source.fail(bad.code, join(key, "to"), quote(p.To)+" is not a value of "+f.Field, bad.remedy)
		}
	}
}

// checkConflict judges what happens when both sides changed a field.
func (c *Config) checkConflict(b *Binding, f Field, key string) {
	key = join(key, "conflict")
	if f.Conflict == "ask" || f.Conflict == "latest" {
		return
	}
	twin, ok := strings.CutPrefix(f.Conflict, "prefer:")
	if !ok {
		bad := choice(f.Conflict, []string{"ask", "latest", "prefer:<binding>"})
		c.source.fail(bad.code, key, bad.what, bad.remedy)
		return
	}
	var known []string
	for _, other := range c.Bindings {
		if other.Role == b.Role {
			known = append(known, other.ID)
		}
	}
	if twin = strings.TrimSpace(twin); !slices.Contains(known, twin) {
		c.source.fail(CodeReference, key, "there is no binding "+quote(twin)+" whose issues could be twins of these", suggestion(twin, known))
	}
}

func fieldNames() []string {
	var out []string
	for _, i := range register.Fields() {
		out = append(out, string(i.Field))
	}
	return out
}

// nameHint says what to write as the name of a place of the given kind.
func nameHint(kind string, info register.FieldInfo) string {
	switch kind {
	case "section":
		return "the heading, such as " + info.Label
	case "label":
		return "the beginning of the label, such as " + string(info.Field) + "/"
	}
	return "the name or id of the custom field, such as " + info.Label
}

func typeName(t register.Type) string {
	switch t {
	case register.TypeLine:
		return "a line"
	case register.TypeText:
		return "a text"
	case register.TypeEnum:
		return "one of a list"
	case register.TypeDate:
		return "a date"
	case register.TypePerson:
		return "a person"
	case register.TypeSet:
		return "a set"
	case register.TypeNumber:
		return "a number"
	case register.TypeMoney:
		return "an amount of money"
	case register.TypeLink:
		return "a link"
	}
	return string(t)
}
