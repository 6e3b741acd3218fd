package verify

import (
	"fmt"
	"io/fs"
	"sort"
	"time"

	"golang.org/x/mod/sumdb/tlog"

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

// RootAt returns the root of the tree over the first entries of an exported log, whose size and root were
// verified: a checkpoint of that length has it. It reads a few tiles.
func RootAt(fsys fs.FS, size int64, root string, first int64) (string, error) {
	head, err := tlog.ParseHash(root)
	if err != nil {
		return "", err
	}
	h, err := tlog.TreeHash(first, tlog.TileHashReader(tlog.Tree{N: size, Hash: head}, exportedTiles{fsys}))
	return h.String(), err
}

// exportedTiles reads the tiles of hashes of an export.
type exportedTiles struct{ fs.FS }

// Height is that of C2SP tlog-tiles.
func (exportedTiles) Height() int { return tree.TileHeight }

// ReadTiles reads tiles as [tlog.TileReader] has it.
func (x exportedTiles) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	for i, t := range tiles {
		var err error
		if out[i], err = fs.ReadFile(x.FS, tree.TilePath(t.L, t.N, t.W)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// SaveTiles does nothing: an export is only read.
func (exportedTiles) SaveTiles([]tlog.Tile, [][]byte) {}
