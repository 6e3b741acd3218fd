package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDefectsFit keeps the defects in step with the source: each replaces a text
// that is there exactly once.
func TestDefectsFit(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range defects() {
		if seen[d.name] {
			t.Errorf("%s is there twice", d.name)
		}
		seen[d.name] = true
		b, err := os.ReadFile(filepath.Join("..", "..", "..", filepath.FromSlash(d.file)))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(b), d.old); n != 1 {
			t.Errorf("%s: %s holds the text to replace %d times, want once: %q", d.name, d.file, n, d.old)
		}
	}
}
