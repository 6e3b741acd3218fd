package dst_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumentNamesWhatIsThere keeps docs/reliability.md from naming scenarios and
// tests that are not there any more.
func TestDocumentNamesWhatIsThere(t *testing.T) {
	root := filepath.Join("..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "docs", "reliability.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(string(b), -1) {
			tests[m[1]] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range regexp.MustCompile("`(Test[A-Z]\\w+|[a-z]+(?:_[a-z]+)+)`").FindAllStringSubmatch(string(doc), -1) {
		n++
		if strings.HasPrefix(m[1], "Test") {
			if !tests[m[1]] {
				t.Errorf("docs/reliability.md names %s, which is no test", m[1])
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(root, "sync", "reconcile", "testdata", m[1]+".txtar")); err != nil {
			t.Errorf("docs/reliability.md names %s, which is no scenario", m[1])
		}
	}
	if n < 15 {
		t.Errorf("docs/reliability.md names %d tests and scenarios, want at least 15: has its form changed?", n)
	}
}
