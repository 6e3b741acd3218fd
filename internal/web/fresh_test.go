package web_test

import (
	"bytes"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/a-h/templ/generator"
	parser "github.com/a-h/templ/parser/v2"
)

// Each component is generated from the file that people edit: make generate writes them.
func TestComponentsAreFresh(t *testing.T) {
	sources, err := filepath.Glob("*.templ")
	if err != nil || len(sources) == 0 {
		t.Fatalf("%d components, %v", len(sources), err)
	}
	generated, err := filepath.Glob("*_templ.go")
	if err != nil || len(generated) != len(sources) {
		t.Errorf("%d generated files for %d components, %v", len(generated), len(sources), err)
	}
	for _, name := range sources {
		file, err := parser.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if _, err := generator.Generate(file, &b, generator.WithFileName(name), generator.WithVersion("v0.3.1001")); err != nil {
			t.Fatal(err)
		}
		want, err := format.Source(b.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(strings.TrimSuffix(name, ".templ") + "_templ.go")
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is not what %s says; run make generate", strings.TrimSuffix(name, ".templ")+"_templ.go", name)
		}
	}
}
