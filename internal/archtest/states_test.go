package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestTheDiagramsNameEveryState holds the state diagrams of docs/architecture.md against
// the constants of the code: a state that is added has to be drawn.
func TestTheDiagramsNameEveryState(t *testing.T) {
	doc, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, diagrams, ok := strings.Cut(string(doc), "## Three state diagrams")
	if !ok {
		t.Fatal("docs/architecture.md has no state diagrams")
	}
	diagrams, _, _ = strings.Cut(diagrams, "\n## ")
	for _, c := range []struct{ file, kind string }{
		{"../../register/state.go", "State"},
		{"../../audit/entry.go", "Outcome"},
		{"../../internal/store/brake.go", "BrakeKind"},
	} {
		states := constants(t, c.file, c.kind)
		if len(states) < 3 {
			t.Errorf("%s has the constants %q of type %s, want at least three", c.file, states, c.kind)
		}
		for _, s := range states {
			if !strings.Contains(diagrams, s) {
				t.Errorf("the state diagrams do not show %q of %s", s, filepath.Base(c.file))
			}
		}
	}
}

// constants returns the values of the string constants of a type in a file.
func constants(t *testing.T, file, kind string) (values []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok || len(v.Values) != 1 {
			return true
		}
		name, _ := v.Type.(*ast.Ident)
		lit, _ := v.Values[0].(*ast.BasicLit)
		if name == nil || name.Name != kind || lit == nil {
			return true
		}
		value, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, value)
		return true
	})
	return values
}
