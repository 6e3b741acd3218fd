package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tests returns the names of all tests and fuzz tests of the module.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	named := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
	err := filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(b), -1) {
			named[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return named
}

// docs/security.md answers each of 29 rows: with tests that exist, with what make security
// looks at, or with the reason why it is not met or does not apply.
func TestSecurityIsAnsweredRowByRow(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(root, "docs", "security.md"))
	if err != nil {
		t.Fatal(err)
	}
	there := tests(t)
	name := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	for _, m := range name.FindAllStringSubmatch(string(b), -1) {
		if !there[m[1]] {
			t.Errorf("docs/security.md names %s, which is no test", m[1])
		}
	}
	const rows = 29
	n := 0
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) < 3 || !strings.HasPrefix(line, "| "+strconv.Itoa(n+1)+" |") {
			continue
		}
		n++
		reason := regexp.MustCompile(`(?i)not (met|applicable)\b[^|]*because|make security|gitleaks`)
		if !name.MatchString(line) && !reason.MatchString(line) {
			t.Errorf("row %d has neither a test nor a reason: %s", n, line)
		}
	}
	if n != rows {
		t.Errorf("docs/security.md has %d rows in order, want %d", n, rows)
	}
}

// The programs run no other program, and nothing in them switches the check of
// certificates off.
func TestTheProgramsExecuteNothing(t *testing.T) {
	for _, s := range sources(t) {
		if within(s.pkg, "internal/dst") || within(s.pkg, "internal/bench") || helper(s.pkg) {
			continue // tools of the developers
		}
		if slices.Contains(s.imports, "os/exec") || slices.Contains(s.imports, "plugin") {
			t.Errorf("%s can execute another program", s.name)
		}
		b, err := os.ReadFile(filepath.Join(root, s.name))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "InsecureSkipVerify") {
			t.Errorf("%s can switch the check of certificates off", s.name)
		}
	}
}
