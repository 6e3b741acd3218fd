//go:build unix

package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/conformd/conformd/internal/backup"
)

// A backup comes back from wherever it was kept: what is no regular file in it, or has
// another length, is damage, and nothing of it is read.
func TestAHostileBackupIsDamageAndHoldsNothingUp(t *testing.T) {
	h := newHome(t)
	h.records(3)
	fifo := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	device := func(path string) error { return os.Symlink("/dev/zero", path) }
	sparse := func(path string) error {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return err
		}
		return os.Truncate(path, 1<<40)
	}
	for _, c := range []struct {
		file string
		make func(string) error
		want string
	}{
		{backup.Database, fifo, "conformd.db is a FIFO"},
		{backup.Database, device, "conformd.db is a symbolic link"},
		{backup.Database, sparse, "it has 1099511627776 bytes"},
		{backup.Public, fifo, "audit.pub is a FIFO"},
		{backup.Config, device, "conformd.yaml is a symbolic link"},
		{backup.Config, sparse, "it has 1099511627776 bytes"},
	} {
		dir, _ := h.backup()
		path := filepath.Join(dir, c.file)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := c.make(path); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(h.verify(dir).Damage, "; "); !strings.Contains(got, c.want) {
			t.Errorf("%s: damage %q, want %q", c.file, got, c.want)
		}
	}
	for _, build := range []func(string) error{fifo, device, sparse} {
		dir, _ := h.backup()
		path := filepath.Join(dir, "manifest.json")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if err := build(path); err != nil {
			t.Fatal(err)
		}
		if m, err := backup.Read(dir); err == nil {
			t.Errorf("Read() = %+v of a manifest that is none", m)
		}
	}
}
