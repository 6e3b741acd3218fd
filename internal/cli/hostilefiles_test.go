//go:build unix

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// Whoever can write to the data directory, or hands over a key or a checkpoint, does not
// get audit verify to hang, to read a device, or to call the log sound.
func TestAuditVerifyTakesRegularFilesOnly(t *testing.T) {
	flags := hostileWorld(t)
	if code, _, stderr := call(t, append([]string{"run", "--once"}, flags...)...); code != ExitDone {
		t.Fatalf("run --once ended with %d: %s", code, stderr)
	}
	whole := flags[3]
	fifo := func(path string) error { return syscall.Mkfifo(path, 0o600) }
	device := func(path string) error { return os.Symlink("/dev/zero", path) }
	folder := func(path string) error { return os.Mkdir(path, 0o700) }
	sparse := func(path string) error {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return err
		}
		return os.Truncate(path, 1<<40)
	}
	other := func(path string) error { return os.Symlink(filepath.Join(whole, store.File), path) }
	words := func(path string) error { return os.WriteFile(path, []byte("no key, no checkpoint\n"), 0o600) }
	for _, c := range []struct {
		file, kind string
		make       func(string) error
		flag       string
		code       int
		want       string
	}{
		{store.File, "a FIFO", fifo, "", ExitTampered, "conformd.db is a FIFO"},
		{store.File, "a device", device, "", ExitTampered, "conformd.db is a symbolic link"},
		{store.File, "a directory", folder, "", ExitTampered, "conformd.db is a directory"},
		{store.File, "the database of another", other, "", ExitTampered, "conformd.db is a symbolic link"},
		{store.File + "-wal", "a FIFO", fifo, "", ExitTampered, "conformd.db-wal is a FIFO"},
		{store.File + "-shm", "a device", device, "", ExitTampered, "conformd.db-shm is a symbolic link"},
		{"audit.pub", "a FIFO", fifo, "", ExitTampered, "audit.pub is a FIFO"},
		{"audit.pub", "a device", device, "", ExitTampered, "audit.pub is a device"},
		{"audit.pub", "a directory", folder, "", ExitTampered, "audit.pub is a directory"},
		{"audit.pub", "a sparse terabyte", sparse, "", ExitTampered, "audit.pub has 1099511627776 bytes"},
		{"given", "a FIFO", fifo, "--key", ExitUsage, "given is a FIFO"},
		{"given", "a device", device, "--key", ExitUsage, "given is a device"},
		{"given", "a directory", folder, "--key", ExitUsage, "given is a directory"},
		{"given", "a sparse terabyte", sparse, "--key", ExitUsage, "given has 1099511627776 bytes"},
		{"given", "no key", words, "--key", ExitUsage, "not a public key"},
		{"given", "a FIFO", fifo, "--against", ExitUsage, "given is a FIFO"},
		{"given", "a device", device, "--against", ExitUsage, "given is a device"},
		{"given", "a directory", folder, "--against", ExitUsage, "given is a directory"},
		{"given", "a sparse terabyte", sparse, "--against", ExitUsage, "given has 1099511627776 bytes"},
		{"given", "no checkpoint", words, "--against", ExitUsage, "is no checkpoint"},
	} {
		t.Run(c.file+" is "+c.kind+" "+c.flag, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, c.file)
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if err := c.make(path); err != nil {
				t.Fatal(err)
			}
			args := []string{"audit", "verify", "-c", flags[1], "--data-dir", dir}
			if c.flag != "" {
				args = append(args, c.flag, path)
			}
			began := time.Now()
			code, stdout, stderr := call(t, args...)
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			if code != c.code || !strings.Contains(stderr, c.want) || stdout != "" {
				t.Errorf("code %d, want %d; stdout %q; stderr %q, want %q", code, c.code, stdout, stderr, c.want)
			}
		})
	}
}
