package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoLaneIsSkippedUnseen holds the tests that skip: one does because the developer asked
// for the short ones (testing.Short), or through internal/lanetest, which fails in continuous
// integration. A tracker that lacks a feature says so in the facts of its suite.
func TestNoLaneIsSkippedUnseen(t *testing.T) {
	err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
		rel := filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
		if err != nil || !strings.HasSuffix(name, ".go") || within(rel, "internal/lanetest") || rel == "connectors/connectortest/suite.go" {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil //nolint:nilerr // testdata that is no Go on purpose
		}
		short := map[ast.Node]bool{} // calls under a condition on testing.Short
		ast.Inspect(f, func(n ast.Node) bool {
			if x, ok := n.(*ast.IfStmt); ok && calls(x.Cond, "Short") {
				ast.Inspect(x.Body, func(n ast.Node) bool { short[n] = true; return true })
			}
			return true
		})
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || short[n] {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && (sel.Sel.Name == "Skipf" || sel.Sel.Name == "SkipNow" || sel.Sel.Name == "Skip" && len(call.Args) > 0) {
				t.Errorf("%s:%d skips without a word to continuous integration: use lanetest.LeaveOut", rel, fset.Position(n.Pos()).Line)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// calls reports whether an expression calls a function of package testing.
func calls(e ast.Expr, name string) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && sel.Sel.Name == name {
			x, ok := sel.X.(*ast.Ident)
			found = found || ok && x.Name == "testing"
		}
		return !found
	})
	return found
}
