package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// A CustomField is a field of the organisation's own.
type CustomField struct {
	Name      string   `json:"name" jsonschema:"required" jsonschema_description:"Name of the field, in any language, as people read it; mappings name the field by it, and records keep it with the type, so that another name or type is another field."`
	Type      string   `json:"type" jsonschema:"required,enum=line,enum=text,enum=number,enum=money,enum=date,enum=choice,enum=person,enum=link" jsonschema_description:"What the field holds."`
	Values    []string `json:"values" jsonschema_description:"Values of a choice."`
	NeededFor string   `json:"needed_for" jsonschema:"enum=analysis,enum=planning,enum=implementing,enum=verifying,enum=closed" jsonschema_description:"State that a record enters with the field alone; left out, no rule asks for it."`
	When      When     `json:"when" jsonschema_description:"Records that the field is needed for; every record if it names none."`
	Severity  string   `json:"severity" jsonschema:"enum=must,enum=should" jsonschema_description:"must holds the record back, should only reports; must when left out."`
}

// CustomFields returns the organisation's own fields.
func (c *Config) CustomFields() []register.CustomField {
	var out []register.CustomField
	for _, f := range c.Register.Fields {
		out = append(out, register.CustomField{
			Name: f.Name, Type: f.Type, Values: f.Values, NeededFor: register.State(f.NeededFor), When: f.When.condition(), Severity: register.Severity(f.Severity),
		})
	}
	return out
}

// FieldNamed returns the field that a mapping names: by its id, or one of the organisation by its name.
func (c *Config) FieldNamed(name string) (register.FieldInfo, bool) {
	for _, f := range c.CustomFields() {
		if f.Name == name && f.Type != "" {
			return register.Info(f.Field())
		}
	}
	if register.Custom(register.Field(name)) {
		return register.FieldInfo{}, false // its type is that of the configuration
	}
	return register.Info(register.Field(name))
}

// checkCustomFields judges the organisation's own fields.
func (c *Config) checkCustomFields() {
	seen := map[string]string{}
	for i, f := range c.Register.Fields {
		key := Key("register.fields", i)
		c.once(seen, strings.ToLower(strings.ReplaceAll(f.Name, "_", " ")), join(key, "name"), "field "+quote(f.Name))
		taken, known := register.FieldNamed(f.Name)
		switch {
		case f.Name == "":
		case unfitField().MatchString(f.Name) || strings.TrimSpace(f.Name) != f.Name || len(f.Name) > 60:
			c.source.fail(CodeForm, join(key, "name"), quote(f.Name)+" cannot be the name of a field", "write up to 60 characters in one line: no parentheses, quotation marks, commas, semicolons, =, @, | or full stops, and not because or weil")
		case known:
			c.source.fail(CodeDuplicate, join(key, "name"), "conformd has the field "+string(taken)+" by this name", "map that one, or write another name")
		}
		c.checkChoice(key, f)
		if f.NeededFor == "" && c.source.written(join(key, "when")) {
			c.source.fail(CodeMisplaced, join(key, "when"), "nothing asks for the field", "add needed_for, or remove when")
		}
		if f.NeededFor == "" && f.Severity != "" {
			c.source.fail(CodeMisplaced, join(key, "severity"), "nothing asks for the field", "add needed_for, or remove severity")
		}
		c.checkWhen(key, f.When)
	}
}

// checkChoice judges the values of a choice.
func (c *Config) checkChoice(key string, f CustomField) {
	key = join(key, "values")
	switch {
	case f.Type == "choice" && len(f.Values) == 0:
		c.source.fail(CodeMissing, key, "the choice has no values", "list them")
	case f.Type != "choice" && f.Type != "" && len(f.Values) > 0:
		c.source.fail(CodeMisplaced, key, "only a choice has values", "remove them, or write type: choice")
	}
	seen := map[string]string{}
	for i, v := range f.Values {
		at := Key(key, i)
		c.once(seen, strings.Join(strings.FieldsFunc(strings.ToLower(v), func(r rune) bool { return strings.ContainsRune(" \t_-", r) }), " "), at, "value "+quote(v))
		if unfit().MatchString(v) || strings.TrimSpace(v) != v || len(v) > 60 || v == "" {
			c.source.fail(CodeForm, at, quote(v)+" cannot be a value", "write up to 60 characters in one line, without parentheses, and not because or weil")
		}
	}
}

// unfitField matches what no name of a field may have: what would part it from its type, from its
// place in the log, or from the value and the reason in a command.
func unfitField() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[()\r\n\x60"',;=@|.]|(^|\s)(because|weil)(\s|$)`)
}

// customNames are the names of the organisation's own fields.
func (c *Config) customNames() []string {
	var out []string
	for _, f := range c.Register.Fields {
		out = append(out, f.Name)
	}
	return slices.DeleteFunc(out, func(n string) bool { return n == "" })
}
