package audit

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8               // levels of the tree in a tile, C2SP tlog-tiles
	tileWidth  = 1 << tileHeight // hashes in a full tile, entries in a full bundle
)

// tilePath returns the path of a tile of hashes: level, number, and width, which is
// less than tileWidth for the last of a level alone.
func tilePath(level int, n int64, width int) string {
	return fmt.Sprintf("tile/%d/%s", level, indexPath(n, width))
}

// bundlePath returns the path of a bundle of entries.
func bundlePath(n int64, width int) string { return "tile/entries/" + indexPath(n, width) }

// indexPath writes a number in groups of three digits: 1234067 is x001/x234/067.
func indexPath(n int64, width int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width < tileWidth {
		s += fmt.Sprintf(".p/%d", width)
	}
	return s
}

// A tiler cuts a tree into tiles as its hashes come in. It calls put for every tile
// at the moment it is complete, or in finish.
type tiler struct {
	put    func(level int, n int64, hashes []tlog.Hash) error
	levels [][]tlog.Hash
	done   []int64 // full tiles of each level
}

// add appends a hash to the tiles of level, which are those of 2^(8*level) leaves.
func (t *tiler) add(level int, h tlog.Hash) error {
	for len(t.levels) <= level {
		t.levels, t.done = append(t.levels, nil), append(t.done, 0)
	}
	t.levels[level] = append(t.levels[level], h)
	if len(t.levels[level]) < tileWidth {
		return nil
	}
	full := t.levels[level]
	if err := t.put(level, t.done[level], full); err != nil {
		return err
	}
	up := treeHash(full)
	t.levels[level] = full[:0]
	t.done[level]++
	return t.add(level+1, up)
}

// finish puts the partial tiles.
func (t *tiler) finish() error {
	for level, hashes := range t.levels {
		if len(hashes) > 0 {
			if err := t.put(level, t.done[level], hashes); err != nil {
				return err
			}
		}
	}
	return nil
}

// treeHash returns the root over a full tile. It leaves hashes as they are.
func treeHash(hashes []tlog.Hash) tlog.Hash {
	var buf [tileWidth / 2]tlog.Hash
	level := hashes
	for len(level) > 1 {
		for i := 0; i < len(level); i += 2 {
			buf[i/2] = tlog.NodeHash(level[i], level[i+1])
		}
		level = buf[:len(level)/2]
	}
	return level[0]
}

// joined returns hashes as the bytes of a tile.
func joined(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}
