package register_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/register"
)

// A sentence is a row of the table "Sentence by sentence".
type sentence struct {
	id                                     string
	keys, rules, code, scenarios, inTheLog []string
}

// TestEachSentenceIsTraced holds the table of docs/iso27001.md against what it names: an auditor
// follows a row from the sentence to the rule, the code, a scenario and the entry in the log.
func TestEachSentenceIsTraced(t *testing.T) {
	told := map[string]int{}
	for _, s := range sentences(t) {
		told[s.id]++
		t.Run(s.id, s.check)
	}
	for n := 1; n <= 16; n++ {
		if id := fmt.Sprintf("S%d", n); told[id] != 1 {
			t.Errorf("%s stands %d times in the table, want once", id, told[id])
		}
	}
	if len(told) != 16 {
		t.Errorf("the table has %d sentences, want 16", len(told))
	}
}

func (s sentence) check(t *testing.T) {
	for what, cell := range map[string][]string{"keys": s.keys, "rules": s.rules, "code": s.code, "scenarios": s.scenarios, "verbs": s.inTheLog} {
		if len(cell) == 0 {
			t.Errorf("the row names no %s", what)
		}
	}
	for _, key := range s.keys {
		if register.Clause(key, register.Edition2022) == "" {
			t.Errorf("%s is no requirement key", key)
		}
	}
	code := ""
	for _, path := range s.code {
		code += sourceOf(t, path)
	}
	for _, rule := range s.rules {
		known := append(register.DefaultPolicy().Table(), register.AcceptanceGuard())
		if !slices.ContainsFunc(known, func(i register.RuleInfo) bool { return i.ID == rule }) {
			t.Errorf("%s is no rule", rule)
		}
		if !strings.Contains(code, `"`+rule+`"`) {
			t.Errorf("%s stands in none of %v", rule, s.code)
		}
	}
	played := ""
	for _, name := range s.scenarios {
		played += scenario(t, name)
	}
	for _, verb := range s.inTheLog {
		if !audit.Verb(verb).Valid() {
			t.Errorf("%s is no word of the log", verb)
		}
		if !strings.Contains(played, verb) {
			t.Errorf("%s stands in none of the scenarios %v", verb, s.scenarios)
		}
	}
}

// sentences reads the table of the document.
func sentences(t *testing.T) (rows []sentence) {
	t.Helper()
	b, err := os.ReadFile("../docs/iso27001.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(b), "\n## Sentence by sentence\n")
	text, _, _ = strings.Cut(text, "\n## ")
	if !found {
		t.Fatal("docs/iso27001.md has no section Sentence by sentence")
	}
	quoted, rule := regexp.MustCompile("`([^`]+)`"), regexp.MustCompile(`G[0-9]+`)
	names := func(cell string) (out []string) {
		for _, m := range quoted.FindAllStringSubmatch(cell, -1) {
			out = append(out, m[1])
		}
		return out
	}
	for row := range strings.Lines(text) {
		if !strings.HasPrefix(row, "| S") {
			continue
		}
		c := strings.Split(row, "|")
		if len(c) != 9 {
			t.Fatalf("a row has %d cells, want 7: %s", len(c)-2, row)
		}
		rows = append(rows, sentence{strings.TrimSpace(c[1]), names(c[3]), rule.FindAllString(c[4], -1), names(c[5]), names(c[6]), names(c[7])})
	}
	return rows
}

// sourceOf returns the Go code of a file or a folder that a row names.
func sourceOf(t *testing.T, path string) string {
	t.Helper()
	files := []string{filepath.Join("..", path)}
	if !strings.HasSuffix(path, ".go") {
		files, _ = filepath.Glob(filepath.Join("..", path, "*.go")) // the pattern is well-formed
	}
	var code strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f) //nolint:gosec // the document is ours
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		code.Write(b)
	}
	if code.Len() == 0 {
		t.Errorf("%s has no code", path)
	}
	return code.String()
}

// scenario returns a scenario that a row names. A name that is in both folders says nothing.
func scenario(t *testing.T, name string) string {
	t.Helper()
	var found []string
	for _, dir := range []string{"../sync/reconcile/testdata", "../internal/cli/testdata/script"} {
		if b, err := os.ReadFile(filepath.Join(dir, name+".txtar")); err == nil { //nolint:gosec // the document is ours
			found = append(found, string(b))
		}
	}
	if len(found) != 1 {
		t.Errorf("%d scenarios are called %s, want one", len(found), name)
	}
	return strings.Join(found, "")
}
