package config

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	generator "github.com/invopop/jsonschema"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// generated returns the JSON Schema of the configuration file, from the structs that read it. The program prints
// the committed file; the generator stays out of it.
func generated(t *testing.T) []byte {
	t.Helper()
	r := generator.Reflector{
		Anonymous:                  true,
		ExpandedStruct:             true,
		RequiredFromJSONSchemaTags: true,
		Mapper: func(t reflect.Type) *generator.Schema {
			if t == typeOf[time.Duration]() {
				return &generator.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
			}
			return nil
		},
	}
	s := r.Reflect(&Config{})
	s.Title = "conformd configuration"
	s.Description = "Configuration of conformd, the daemon that keeps issue trackers in step with an ISO/IEC 27001 register."
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func TestSchemaIsFresh(t *testing.T) {
	golden(t, schemaFile, generated(t))
}

// compiled returns the schema, ready to check.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(generated(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("conformd.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("conformd.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON returns a YAML file in the form that a schema checks.
func asJSON(t *testing.T, data []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(data, &v); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestExampleFitsTheSchema(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	if err := compiled(t).Validate(asJSON(t, data)); err != nil {
		t.Errorf("the example does not fit the schema: %v", err)
	}
	bad := bytes.Replace(data, []byte("kind: jira\n"), []byte("kind: jirra\n"), 1)
	if err := compiled(t).Validate(asJSON(t, bad)); err == nil {
		t.Error("the schema takes an unknown tracker")
	}
}

// TestExampleShowsEveryKey keeps the example complete: each key of the
// configuration stands in it, at least in a comment.
func TestExampleShowsEveryKey(t *testing.T) {
	data, err := os.ReadFile(example)
	if err != nil {
		t.Fatal(err)
	}
	walk(typeOf[Config](), func(m member) {
		if !regexp.MustCompile(`\b` + m.name + `\b`).Match(data) {
			t.Errorf("the example does not show %s", m.name)
		}
	})
}

// TestTags holds that every key says in one sentence what it is, and that its
// limits can be read.
func TestTags(t *testing.T) {
	walk(typeOf[Config](), func(m member) {
		if !strings.HasSuffix(m.doc, ".") || strings.Contains(strings.TrimSuffix(m.doc, "."), ". ") {
			t.Errorf("%s: description %q is not one sentence", m.name, m.doc)
		}
	})
	var visit func(reflect.Type)
	visit = func(typ reflect.Type) {
		for f := range typ.Fields() {
			for opt := range strings.SplitSeq(f.Tag.Get("jsonschema"), ",") {
				k, v, ok := strings.Cut(opt, "=")
				if _, err := strconv.Atoi(v); ok && k != "enum" && err != nil {
					t.Errorf("%s: %s is not a number", f.Name, opt)
				}
			}
			if t := elem(f.Type); t.Kind() == reflect.Struct && t.PkgPath() == typeOf[Config]().PkgPath() {
				visit(t)
			}
		}
	}
	visit(typeOf[Config]())
}

// walk calls f for every key.
func walk(t reflect.Type, f func(member)) {
	for _, m := range members(t) {
		f(m)
		if t := elem(m.typ); t.Kind() == reflect.Struct {
			walk(t, f)
		}
	}
}

func elem(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return t
}

func TestReferenceIsFresh(t *testing.T) {
	got, err := Reference()
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/configuration.md", got)
}
