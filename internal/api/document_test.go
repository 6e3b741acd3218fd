package api_test

import (
	"cmp"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/service"
)

var update = flag.Bool("update", false, "rewrite docs/openapi.yaml")

// docs/openapi.yaml is the document that is served; and each operation has an id, a summary, and problems as its
// answers to what it does not do.
func TestDocumentIsCommitted(t *testing.T) {
	got, err := api.New(api.Options{Register: &service.Register{}}).YAML()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "docs", "openapi.yaml")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Error("docs/openapi.yaml is not the document that is served; run go test ./internal/api -run TestDocumentIsCommitted -update")
	}
	var doc struct {
		OpenAPI string `yaml:"openapi"`
		Paths   map[string]map[string]struct {
			ID        string `yaml:"operationId"`
			Summary   string `yaml:"summary"`
			Responses map[string]struct {
				Content map[string]any `yaml:"content"`
			} `yaml:"responses"`
		} `yaml:"paths"`
	}
	if err := yaml.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(doc.OpenAPI, "3.1.") || len(doc.Paths) < 20 {
		t.Errorf("OpenAPI %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	ids := map[string]bool{}
	for path, operations := range doc.Paths {
		for method, op := range operations {
			if op.ID == "" || op.Summary == "" || ids[op.ID] {
				t.Errorf("%s %s has the id %q and the summary %q", method, path, op.ID, op.Summary)
			}
			ids[op.ID] = true
			for _, status := range []string{"401", "403", "422", "503"} {
				if _, ok := op.Responses[status].Content["application/problem+json"]; !ok {
					t.Errorf("%s %s has no problem %s", method, path, status)
				}
			}
		}
	}
}

// Every key that a record has as programs read it is in the document: two embedded types that name a field alike would hide
// one of the two from it.
func TestRecordsAreDescribedWhole(t *testing.T) {
	text, err := api.New(api.Options{Register: &service.Register{}}).YAML()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]any `yaml:"properties"`
			} `yaml:"schemas"`
		} `yaml:"components"`
	}
	if err := yaml.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	var keys func(reflect.Type) []string
	keys = func(of reflect.Type) (out []string) {
		for f := range of.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				out = append(out, keys(f.Type)...)
			case f.IsExported() && name != "-":
				out = append(out, cmp.Or(name, f.Name))
			}
		}
		return out
	}
	described := doc.Components.Schemas["ServiceDocument"].Properties
	all := keys(reflect.TypeFor[service.Document]())
	for _, key := range all {
		if _, ok := described[key]; !ok {
			t.Errorf("a record has %q, which the document does not", key)
		}
	}
	if len(all) < 30 {
		t.Errorf("a record has the keys %v, want more", all)
	}
}
