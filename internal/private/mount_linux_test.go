package private

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// The kernel's own list of mounts says which are for reading only; containers get their
// secrets on such ones.
func TestReadOnlyMounts(t *testing.T) {
	f, err := os.Open("/proc/self/mounts")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	want := map[string]bool{} // a later mount covers an earlier one
	for s := bufio.NewScanner(f); s.Scan(); {
		if fields := strings.Fields(s.Text()); len(fields) > 3 {
			want[fields[1]] = slices.Contains(strings.Split(fields[3], ","), "ro")
		}
	}
	tried := 0
	for path, ro := range want {
		var st syscall.Statfs_t
		if syscall.Statfs(path, &st) != nil {
			continue // out of reach for this user
		}
		tried++
		if got := readOnly(path); got != ro {
			t.Errorf("readOnly(%s) = %v, want %v", path, got, ro)
		}
	}
	if tried == 0 {
		t.Error("no mount could be tried")
	}
}
