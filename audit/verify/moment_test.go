package verify_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// A log says how long it was at a moment, and its export says the same: an entry is a second after
// the one before it.
func TestSizeAtAMoment(t *testing.T) {
	for _, size := range []int64{0, 1, 256, 700} {
		l := audittest.New(t)
		l.Fill(t, int(size))
		dir := os.DirFS(t.TempDir())
		if size > 0 {
			dir = os.DirFS(l.Export(t))
		}
		for after, want := range map[time.Duration]int64{
			-time.Millisecond: 0, 0: 1, 999 * time.Millisecond: 1, time.Second: 2, 255 * time.Second: 256, 256 * time.Second: 257, 699 * time.Second: 700, time.Hour: 3601,
		} {
			want = min(want, size)
			got, err := auditdb.SizeAt(t.Context(), l.DB, audittest.Start().Add(after))
			if err != nil || got != want {
				t.Errorf("of %d entries %s after the first: the database had %d, %v, want %d", size, after, got, err, want)
			}
			if got, err = verify.SizeAt(dir, size, audittest.Start().Add(after)); err != nil || got != want {
				t.Errorf("of %d entries %s after the first: the export had %d, %v, want %d", size, after, got, err, want)
			}
		}
	}
}

// What cannot be read is an error, and no number.
func TestSizeOfWhatIsNoExport(t *testing.T) {
	if n, err := verify.SizeAt(fstest.MapFS{}, 5, time.Now()); err == nil {
		t.Errorf("an empty directory had %d entries", n)
	}
	l := audittest.New(t)
	l.Fill(t, 5)
	dir := l.Export(t)
	if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(tree.BundlePath(0, 5))), []byte{0, 1}, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := verify.SizeAt(os.DirFS(dir), 5, audittest.Start()); err == nil {
		t.Errorf("a broken bundle had %d entries", n)
	}
}
