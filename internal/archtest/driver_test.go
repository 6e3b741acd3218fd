package archtest

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// vendors are the kinds of tracker.
func vendors() []string { return []string{"jira", "github"} }

// knowsTrackers reports whether a file may know which tracker it speaks to: those of the
// connectors and their simulators, what rehearses with both simulators, and the rows of the
// two tables of drivers. The markups are named after the trackers that write them.
func knowsTrackers(s source) bool {
	for _, v := range vendors() {
		if within(s.pkg, "connectors/"+v) || s.name == "internal/app/driver_"+v+".go" || s.name == "internal/config/tracker_"+v+".go" {
			return true
		}
	}
	rehearses := []string{"internal/rehearsal", "internal/demo", "internal/dst", "internal/bench", "internal/cli/sim.go", "mapping/text"}
	return slices.ContainsFunc(rehearses, func(p string) bool { return within(s.name, p) })
}

// A tracker is a driver: everything else learns from its capabilities what it can do, and
// never asks which one it is.
func TestNothingAsksWhichTrackerItIs(t *testing.T) {
	for _, s := range sources(t) {
		if knowsTrackers(s) {
			continue
		}
		for _, im := range s.imports {
			if p, ours := strings.CutPrefix(im, module); ours && slices.ContainsFunc(vendors(), func(v string) bool { return p == "connectors/"+v }) {
				t.Errorf("%s imports %s: only the rows of a table of drivers may", s.name, p)
			}
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			if text, err := strconv.Unquote(lit.Value); err == nil && slices.Contains(vendors(), strings.ToLower(text)) {
				t.Errorf("%s has the text %s: what depends on the kind of tracker belongs into its driver", s.name, lit.Value)
			}
			return true
		})
	}
}
