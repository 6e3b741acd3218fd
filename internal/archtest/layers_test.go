package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const root = "../.."

// A source is one Go file that is not a test.
type source struct {
	name    string // path from the root, with slashes
	pkg     string // folder from the root, with slashes
	file    *ast.File
	imports []string
}

// sources parses every Go file of the module that is not a test.
func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		s := source{name: filepath.ToSlash(rel), file: f}
		s.pkg = path.Dir(s.name)
		for _, im := range f.Imports {
			p, err := strconv.Unquote(im.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, p)
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// helper reports whether pkg exists for tests only. The simulators do not: they
// ship as a command.
func helper(pkg string) bool {
	base := path.Base(pkg)
	return strings.HasSuffix(base, "test") || strings.HasSuffix(base, "bench")
}

// within reports whether the import path p is prefix or lies below it.
func within(p, prefix string) bool { return p == prefix || strings.HasPrefix(p, prefix+"/") }

// mayImport reports whether the row of a package lets it import p, a package of
// this module.
func mayImport(row []string, p string) bool {
	if slices.Contains(row, p) {
		return true
	}
	return slices.Contains(row, anything) && !helper(p)
}

func TestImportsFollowTheTable(t *testing.T) {
	rows := layers()
	for _, s := range sources(t) {
		row, ok := rows[s.pkg]
		if !ok {
			t.Errorf("%s: package %s has no row in layers(); say there what it may import", s.name, s.pkg)
			continue
		}
		for _, im := range s.imports {
			if p, ours := strings.CutPrefix(im, module); ours && !mayImport(row, p) {
				t.Errorf("%s: %s may not import %s; it may import %v", s.name, s.pkg, p, row)
			}
		}
	}
}

func TestEveryRowHasAPackage(t *testing.T) {
	found := map[string]bool{}
	for _, s := range sources(t) {
		found[s.pkg] = true
	}
	for pkg, row := range layers() {
		switch {
		case !found[pkg] && !slices.Contains(planned(), pkg):
			t.Errorf("layers() has a row for %s, which does not exist", pkg)
		case found[pkg] && slices.Contains(planned(), pkg):
			t.Errorf("%s exists; take it out of planned()", pkg)
		}
		for _, p := range row {
			if _, ok := layers()[p]; !ok && p != anything {
				t.Errorf("the row of %s names %s, which has no row", pkg, p)
			}
		}
	}
}

// TestNoCycle shows that the table itself has a direction.
func TestNoCycle(t *testing.T) {
	rows := layers()
	done := map[string]bool{}
	var visit func(pkg string, trail []string)
	visit = func(pkg string, trail []string) {
		if slices.Contains(trail, pkg) {
			t.Fatalf("the table has a cycle: %v -> %s", trail, pkg)
		}
		if done[pkg] {
			return
		}
		for _, p := range rows[pkg] {
			if p != anything {
				visit(p, append(slices.Clone(trail), pkg))
			}
		}
		done[pkg] = true
	}
	for pkg := range rows {
		visit(pkg, nil)
	}
}

func TestPurePackagesStayPure(t *testing.T) {
	for _, s := range sources(t) {
		if !slices.Contains(pure(), s.pkg) {
			continue
		}
		for _, im := range s.imports {
			for _, bad := range impure() {
				if within(im, bad) {
					t.Errorf("%s must stay pure, but imports %s", s.name, im)
				}
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || !slices.Contains(askTime(), sel.Sel.Name) {
				return true
			}
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
				t.Errorf("%s must stay pure, but calls time.%s", s.name, sel.Sel.Name)
			}
			return true
		})
	}
}

func TestLibrariesStayWithTheirOwner(t *testing.T) {
	for _, s := range sources(t) {
		for _, im := range s.imports {
			for lib, pkgs := range owners() {
				if within(im, lib) && !slices.Contains(pkgs, s.pkg) {
					t.Errorf("%s imports %s, which only %v may", s.name, im, pkgs)
				}
			}
		}
	}
}

func TestSyncIsAFolderOnly(t *testing.T) {
	for _, s := range sources(t) {
		if s.pkg == "sync" {
			t.Errorf("%s: sync holds packages and no Go file of its own", s.name)
		}
		if s.file.Name.Name == "sync" {
			t.Errorf("%s: a package named sync hides the one of the standard library", s.name)
		}
	}
}

func TestTopLevelIsComplete(t *testing.T) {
	for _, name := range toplevel() {
		if _, err := os.Stat(filepath.Join(root, name)); err != nil {
			t.Errorf("the repository has no %s: %v", name, err)
		}
	}
}
