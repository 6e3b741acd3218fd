//go:build unix

package private_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/private"
)

// with makes a file with exactly this mode; the umask takes nothing off.
func with(t *testing.T, path string, mode fs.FileMode) string {
	t.Helper()
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestDir(t *testing.T) {
	for _, c := range []struct {
		dir, file fs.FileMode
		wrong     string // "" where it is fine or mended
		tightened int
	}{
		{0o700, 0o600, "", 0},
		{0o755, 0o644, "", 2},
		{0o775, 0o640, "", 2}, // the folder of a user with a group of their own
		{0o700, 0o604, "", 1},
		{0o777, 0o600, "can be written by every user of this machine (mode 0777)", 0},
		{0o703, 0o600, "can be written by every user", 0},
		{0o700, 0o666, "conformd.db can be written by every user of this machine (mode 0666)", 0},
		{0o700, 0o660, "conformd.db can be written by its group (mode 0660)", 0},
	} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		file := with(t, filepath.Join(dir, "conformd.db"), c.file)
		if err := os.Chmod(dir, c.dir); err != nil {
			t.Fatal(err)
		}
		tightened, err := private.Dir(dir, "conformd.db", "missing")
		if c.wrong != "" {
			e, ok := errors.AsType[*private.Error](err)
			if !ok || !strings.Contains(err.Error(), c.wrong) || !strings.Contains(e.Remedy, "chmod") {
				t.Errorf("%04o, %04o: %v, want that it %s", c.dir, c.file, err, c.wrong)
			}
			continue
		}
		if err != nil || len(tightened) != c.tightened || modeOf(t, dir) != 0o700 || modeOf(t, file) != 0o600 {
			t.Errorf("%04o, %04o: tightened %v, %v; the modes are %04o and %04o", c.dir, c.file, tightened, err, modeOf(t, dir), modeOf(t, file))
		}
	}
	if _, err := private.Dir(filepath.Join(t.TempDir(), "none")); err != nil {
		t.Errorf("a directory that is missing: %v", err)
	}
	dir := t.TempDir()
	if err := os.Symlink("/dev/zero", filepath.Join(dir, "conformd.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := private.Dir(dir, "conformd.db"); err == nil || !strings.Contains(err.Error(), "is not a regular file") {
		t.Errorf("a link in the place of a file: %v", err)
	}
}

func TestSecretAndKey(t *testing.T) {
	root := t.TempDir()
	open := filepath.Join(root, "open")
	closed := filepath.Join(root, "closed")
	for _, dir := range []string{open, closed} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	// Every folder above must be one that others can enter, or all is sheltered.
	for dir := open; len(dir) > 1; dir = filepath.Dir(dir) {
		if modeOf(t, dir)&0o001 == 0 {
			if err := os.Chmod(dir, 0o755); err != nil {
				t.Fatalf("the folder of the test is closed to others: %v", err)
			}
		}
	}
	for _, c := range []struct {
		mode               fs.FileMode
		secret, key, below string // what is wrong with it, "" for nothing
	}{
		{0o400, "", "", ""},
		{0o600, "", "", ""},
		{0o640, "", "read by its group (mode 0640)", ""},
		{0o440, "", "read by its group", ""},
		{0o644, "read by every user of this machine (mode 0644)", "read by every user", ""},
		{0o660, "written by its group", "written by its group", "written by its group"},
		{0o666, "written by every user", "written by every user", "written by every user"},
		{0o602, "written by every user", "written by every user", "written by every user"},
	} {
		path := with(t, filepath.Join(open, "secret"), c.mode)
		below := with(t, filepath.Join(closed, "secret"), c.mode)
		link := filepath.Join(root, "link")
		if err := errors.Join(os.RemoveAll(link), os.Symlink(path, link)); err != nil {
			t.Fatal(err)
		}
		for what, got := range map[string]struct {
			err  error
			want string
		}{
			"Secret":                    {private.Secret(path), c.secret},
			"Secret behind a link":      {private.Secret(link), c.secret},
			"Key":                       {private.Key(path), c.key},
			"Secret in a closed folder": {private.Secret(below), c.below},
			"Key in a closed folder":    {private.Key(below), c.key},
		} {
			if (got.err == nil) != (got.want == "") || got.err != nil && !strings.Contains(got.err.Error(), got.want) {
				t.Errorf("%s %04o: %v, want %q", what, c.mode, got.err, got.want)
			}
		}
	}
	if err := private.Secret(filepath.Join(open, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a secret that is missing: %v", err)
	}
}
