//go:build unix

package regular_test

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/conformd/conformd/internal/regular"
)

// special makes one file of each kind that a careless reader trips over.
func special(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	l, err := net.Listen("unix", at("socket"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	for _, err := range []error{
		os.WriteFile(at("file"), []byte("text"), 0o600),
		os.Mkdir(at("directory"), 0o700),
		syscall.Mkfifo(at("fifo"), 0o600),
		os.Symlink("/dev/zero", at("device")),
		os.Symlink("file", at("link")),
		os.Symlink("/etc/passwd", at("outside")),
		os.Symlink("loop", at("loop")),
		os.WriteFile(at("sparse"), nil, 0o600),
		os.Truncate(at("sparse"), 1<<40),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestRead(t *testing.T) {
	dir := special(t)
	for name, want := range map[string]string{
		"file": "", "link": "", "directory": "is a directory", "fifo": "is a FIFO", "device": "is a device", "sparse": "has 1099511627776 bytes",
	} {
		b, err := regular.Read(filepath.Join(dir, name), 10)
		if want == "" {
			if err != nil || string(b) != "text" {
				t.Errorf("Read(%s) = %q, %v", name, b, err)
			}
			continue
		}
		e, ok := errors.AsType[*regular.Error](err)
		if !ok || !strings.HasPrefix(e.What, want) || b != nil {
			t.Errorf("Read(%s) = %q, %v, want an error that it %s", name, b, err, want)
		}
	}
	for _, name := range []string{"socket", "loop", "missing"} {
		if b, err := regular.Read(filepath.Join(dir, name), 10); err == nil {
			t.Errorf("Read(%s) = %q, want an error", name, b)
		}
	}
	if _, err := regular.Read(filepath.Join(dir, "file"), 3); err == nil || !strings.Contains(err.Error(), "cannot have more than 3") {
		t.Errorf("Read beyond the limit: %v", err)
	}
}

func TestReadInADirectory(t *testing.T) {
	dir := special(t)
	d, err := regular.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := d.Read("file", 4); err != nil || string(b) != "text" {
		t.Errorf("Read(file) = %q, %v", b, err)
	}
	for name, want := range map[string]string{
		"link": "a symbolic link", "outside": "a symbolic link", "device": "a symbolic link", "loop": "a symbolic link",
		"directory": "a directory", "fifo": "a FIFO", "socket": "a socket", "sparse": "bytes",
	} {
		b, err := d.Read(name, 10)
		if _, ok := errors.AsType[*regular.Error](err); !ok || !strings.Contains(err.Error(), want) || b != nil {
			t.Errorf("Read(%s) = %q, %v, want %s", name, b, err, want)
		}
	}
	if f, err := d.Open("outside"); err == nil {
		_ = f.Close()
		t.Error("Open leads out of the directory")
	}
	if _, err := d.Open("../x"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("Open(../x): %v", err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
