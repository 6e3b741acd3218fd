package config

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
)

// Reference returns docs/configuration.md: every key with its type, default and
// meaning, and every code of a mistake.
func Reference() ([]byte, error) {
	c, err := untouched()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString(`# Configuration

Generated from the code by ` + "`make generate`" + `. An example with every key is
[configs/conformd.example.yaml](../configs/conformd.example.yaml), and
[configs/conformd.schema.json](../configs/conformd.schema.json) lets an editor
complete and check.

A key outside of lists can be overridden from the environment: ` + "`sync.poll_every`" + `
by ` + "`" + Variable("sync.poll_every") + "`" + `. Secrets never stand in the file; where
the type is *secret*, write ` + "`{file: path}` or `{env: NAME}`" + `. Relative paths start at
the folder of the file.
`)
	section(&b, "", reflect.ValueOf(c).Elem())
	b.WriteString("\n## Mistakes\n\n| code | meaning |\n|---|---|\n")
	for _, m := range meanings() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", m.code, m.text)
	}
	return b.Bytes(), nil
}

// untouched returns a configuration in which every list has one entry and every
// value is its default.
func untouched() (*Config, error) {
	v := viper.New()
	defaults(v)
	c := &Config{source: newSource("")}
	if err := v.Unmarshal(c, func(dc *mapstructure.DecoderConfig) { dc.TagName = "json" }); err != nil {
		return nil, fmt.Errorf("config: defaults: %w", err)
	}
	c.Register.Guards = []Guard{{}}
	c.Register.Rigour = []RigourRow{{}}
	c.Register.Scales = Scales{Grade: []GradeStep{{}}, Risk: []RiskStep{{}}}
	c.Register.Fields = []CustomField{{}}
	c.People = []Person{{Accounts: []Account{{}}}}
	c.Register.Roles = []Roles{{}}
	c.SignIn.OIDC.Roles = []GroupRole{{}}
	c.Notices.Escalation = []Escalation{{}}
	c.Measurements, c.MeasurementTokens = []Measurement{{}}, []MeasurementToken{{}}
	c.Trackers = []Site{{}}
	c.Mappings = []Mapping{{
		States: []State{{}}, Fields: []Field{{Values: []Pair{{}}}}, Approvals: []Approval{{}},
	}}
	c.Entries = []Entry{{}}
	c.fill()
	return c, nil
}

// section writes the keys of one mapping, and then those of the mappings in it.
func section(b *bytes.Buffer, key string, v reflect.Value) {
	title := "Top level"
	if key != "" {
		title = "`" + key + "`"
	}
	fmt.Fprintf(b, "\n## %s\n\n| key | type | default | meaning |\n|---|---|---|---|\n", title)
	for _, m := range members(v.Type()) {
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", m.name, kind(m), initial(m, v.Field(m.index)), strings.ReplaceAll(m.doc, "|", `\|`))
	}
	for _, m := range members(v.Type()) {
		f, path := v.Field(m.index), join(key, m.name)
		if f.Kind() == reflect.Slice && f.Len() > 0 {
			f, path = f.Index(0), path+"[]"
		}
		if f.Kind() == reflect.Struct && f.Type() != typeOf[Secret]() {
			section(b, path, f)
		}
	}
}

// kind says what a key takes.
func kind(m member) string {
	t, list := m.typ, ""
	if t.Kind() == reflect.Slice {
		t, list = t.Elem(), "list of "
	}
	switch {
	case t == typeOf[Secret]():
		return list + "secret"
	case t == typeOf[time.Duration]():
		return "time, " + seconds(m.min) + " to " + seconds(m.max)
	case t.Kind() == reflect.Struct:
		return list + "mapping"
	case len(m.enum) > 0:
		return list + strings.Join(m.enum, ", ")
	case t.Kind() == reflect.Bool:
		return "true, false"
	case t.Kind() == reflect.String:
		return list + "text"
	case m.max > 0:
		return fmt.Sprintf("%d to %d", m.min, m.max)
	}
	return "number"
}

// initial returns the value that applies when the key is left out.
func initial(m member, v reflect.Value) string {
	switch {
	case m.required:
		return "**required**"
	case v.Kind() == reflect.Slice, v.Kind() == reflect.Struct, v.Kind() == reflect.String && v.Len() == 0:
		return ""
	case v.Kind() == reflect.Int64 && m.max == 0:
		return "" // the default is that of the vendor
	}
	return "`" + tree(v).Value + "`"
}

// meanings explains the codes.
func meanings() []struct {
	code Code
	text string
} {
	return []struct {
		code Code
		text string
	}{
		{CodeUnreadable, "The file cannot be read."},
		{CodeSyntax, "The file is not YAML; conformd can check nothing else in it."},
		{CodeUnknownKey, "An unknown key, often a typing error."},
		{CodeTwice, "A key that stands twice in one mapping."},
		{CodeType, "A value of another type, such as a list where a text belongs."},
		{CodeMissing, "A key that is needed."},
		{CodeChoice, "A value that is not one of those allowed."},
		{CodeRange, "A number or time that is too small or too large."},
		{CodeForm, "A name or address that is not well formed."},
		{CodePlainHTTP, "An http:// address of another machine: credentials would travel in the clear."},
		{CodeInFile, "A secret that stands in the file itself. Replace it: it has been written down."},
		{CodeSecret, "A secret that is not where the file says."},
		{CodeDuplicate, "Two entries that must differ and do not."},
		{CodeReference, "A name of a tracker, mapping, binding, rule, field or status that does not exist, or that nothing uses."},
		{CodeMisplaced, "A key that does not fit its neighbours, such as repository in a Jira binding."},
		{CodeMapping, "A mapping that cannot work, such as a status that never counts."},
		{CodeOpenPages, "An address of the pages that other machines reach, without TLS before it: passwords and sessions would travel in the clear."},
		{CodeLoginAlone, "An account of a person with a role that has a login and no id; conformd config validate looks the id up."},
		{CodeOldShape, "A file in the shape of an earlier version; conformd config migrate converts it."},
		{CodeOwnAccount, "An account of conformd's own that is given to a person; conformd config validate --online finds it."},
		{CodeNoAccount, "An account that the tracker does not know; conformd config validate --online finds it."},
		{CodeSameName, "A warning: two people with one name."},
		{CodeLoginChanged, "A warning: an account that has another login now; conformd config validate --online finds it."},
		{CodeNoAdmin, "A warning: nobody can sign in to the pages, because there is no provider and nobody is an admin."},
		{CodeExposed, "A secret in a file that other users of the machine can read or change; on a read-only mount (Docker, Kubernetes) they may read it."},
	}
}
