package verify

import (
	"fmt"
	"io/fs"
	"sort"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
)

// SizeAt returns how many entries an exported log of a size had at a moment: the number of the
// first one that was recorded later. It reads a few files, is for an export that was verified, and
// takes it that the clock of the log never went back.
func SizeAt(fsys fs.FS, size int64, at time.Time) (int64, error) {
	var failed error
	later := func(seq int64) bool {
		n := seq / tree.TileWidth
		path := tree.BundlePath(n, int(min(size-n*tree.TileWidth, tree.TileWidth)))
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			failed = err
			return true
		}
		b, err := readBundle(n, data)
		if i := int(seq % tree.TileWidth); err == nil && i < len(b.spans) {
			return audit.StampTime(audit.StampOf(b.leaf(i))).After(at)
		}
		failed = fmt.Errorf("%s has no entry %d", path, seq)
		return true
	}
	found := sort.Search(int(size), func(i int) bool { return later(int64(i)) })
	return int64(found), failed
}
