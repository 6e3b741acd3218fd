package audittest

import (
	"os"
	"path/filepath"
	"testing"
)

// CopyDir returns a copy of a directory.
func CopyDir(t *testing.T, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "export")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// Edit changes the bytes of a file; f returns nil to remove it.
func Edit(t *testing.T, dir, path string, f func([]byte) []byte) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(path))
	b, err := os.ReadFile(full)
	if err != nil {
		t.Fatal(err)
	}
	if b = f(b); b == nil {
		err = os.Remove(full)
	} else {
		err = os.WriteFile(full, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Flip returns what flips a bit of a byte.
func Flip(at int) func([]byte) []byte {
	return func(b []byte) []byte { b[at] ^= 1; return b }
}

// ReadAll returns the files of a directory by their paths.
func ReadAll(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		out[filepath.ToSlash(rel)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
