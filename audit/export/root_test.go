package export_test

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// The root at each earlier length is the one that the checkpoint of that length had, also beside the
// border of a tile and with a wrong root kept beside the log.
func TestRootAtAnEarlierLength(t *testing.T) {
	l := audittest.New(t)
	empty, err := export.RootAt(t.Context(), l.DB, 0)
	if none, _ := tlog.TreeHash(0, nil); err != nil || empty != none {
		t.Errorf("the empty log has the root %v, %v", empty, err)
	}
	roots := map[int64]string{}
	for _, n := range []int{1, 2, 253, 1, 1, 1, 250, 3, 2, 300} {
		l.Fill(t, n)
		at, err := tree.ReadCheckpoint(l.Checkpoint(t))
		if err != nil {
			t.Fatal(err)
		}
		roots[at.Size] = at.RootText()
	}
	if len(roots) != 10 || roots[256] == "" || roots[257] == "" || roots[512] == "" {
		t.Fatalf("the lengths are %v", roots)
	}
	for _, change := range []string{"", "UPDATE audit_tile SET hash = zeroblob(32) WHERE n = 1", "DELETE FROM audit_tile"} {
		if change != "" {
			l.Exec(t, change)
		}
		for size, want := range roots {
			got, err := export.RootAt(t.Context(), l.DB, size)
			if err != nil || got.String() != want {
				t.Errorf("after %q the root at %d is %v (%v), want %s", change, size, got, err, want)
			}
		}
	}
	if _, err := export.RootAt(t.Context(), l.DB, 5000); err == nil {
		t.Error("a log has a root at a length that it does not have")
	}
	l.Exec(t, "UPDATE audit_entry SET leaf_hash = zeroblob(32) WHERE seq = 1")
	if _, err := export.RootAt(t.Context(), l.DB, 2); err == nil {
		t.Error("a log with another hash has a root")
	}
}
