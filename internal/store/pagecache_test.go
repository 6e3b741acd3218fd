package store_test

import (
	"encoding/binary"
	"os"
	"os/exec"
	"testing"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// The pages of a store are in the memory that is set aside for them, each of them fits there, and none was put elsewhere. SQLite
// takes the memory before the first connection of a process, so the test has a process of its own.
func TestPagesHaveTheirPlace(t *testing.T) {
	const alone = "CONFORMD_TEST_ALONE"
	if os.Getenv(alone) == "" {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v") //nolint:gosec // this test
		c.Env = append(os.Environ(), alone+"=1")
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	newBench(t).record()
	if n := status(t, sqlite3.SQLITE_STATUS_PAGECACHE_USED); n == 0 {
		t.Error("no page is there")
	}
	if n := status(t, sqlite3.SQLITE_STATUS_PAGECACHE_OVERFLOW); n != 0 {
		t.Errorf("%d bytes of pages are elsewhere", n)
	}
}

// status returns a counter of SQLite (https://sqlite.org/c3ref/c_status_malloc_count.html).
func status(t *testing.T, op int32) uint32 {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	now, most := libc.Xcalloc(tls, 1, 8), libc.Xcalloc(tls, 1, 8)
	defer libc.Xfree(tls, now)
	defer libc.Xfree(tls, most)
	if rc := sqlite3.Xsqlite3_status(tls, op, now, most, 0); rc != sqlite3.SQLITE_OK {
		t.Fatal(rc)
	}
	return binary.NativeEndian.Uint32(libc.GoBytes(now, 4))
}
