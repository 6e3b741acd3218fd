package tree

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// The size of a tile.
const (
	TileHeight = 8               // levels of the tree in a tile, C2SP tlog-tiles
	TileWidth  = 1 << TileHeight // hashes in a full tile, entries in a full bundle
)

// TilePath returns the path of a tile of hashes: level, number, and width, which is
// less than TileWidth for the last of a level alone.
func TilePath(level int, n int64, width int) string {
	return fmt.Sprintf("tile/%d/%s", level, indexPath(n, width))
}

// BundlePath returns the path of a bundle of entries.
func BundlePath(n int64, width int) string { return "tile/entries/" + indexPath(n, width) }

// indexPath writes a number in groups of three digits: 1234067 is x001/x234/067.
func indexPath(n int64, width int) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	if width < TileWidth {
		s += fmt.Sprintf(".p/%d", width)
	}
	return s
}

// A Tiler cuts a tree into tiles as its hashes come in. It calls Put for every tile
// at the moment it is complete, or in Finish.
type Tiler struct {
	Put    func(level int, n int64, hashes []tlog.Hash) error
	levels [][]tlog.Hash
	done   []int64 // full tiles of each level
}

// Add appends a hash to the tiles of level, which are those of 2^(8*level) leaves.
func (t *Tiler) Add(level int, h tlog.Hash) error {
	for len(t.levels) <= level {
		t.levels, t.done = append(t.levels, nil), append(t.done, 0)
	}
	t.levels[level] = append(t.levels[level], h)
	if len(t.levels[level]) < TileWidth {
		return nil
	}
	full := t.levels[level]
	if err := t.Put(level, t.done[level], full); err != nil {
		return err
	}
	up := treeHash(full)
	t.levels[level] = full[:0]
	t.done[level]++
	return t.Add(level+1, up)
}

// Finish puts the partial tiles.
func (t *Tiler) Finish() error {
	for level, hashes := range t.levels {
		if len(hashes) > 0 {
			if err := t.Put(level, t.done[level], hashes); err != nil {
				return err
			}
		}
	}
	return nil
}

// treeHash returns the root over a full tile. It leaves hashes as they are.
func treeHash(hashes []tlog.Hash) tlog.Hash {
	var buf [TileWidth / 2]tlog.Hash
	level := hashes
	for len(level) > 1 {
		for i := 0; i < len(level); i += 2 {
			buf[i/2] = tlog.NodeHash(level[i], level[i+1])
		}
		level = buf[:len(level)/2]
	}
	return level[0]
}

// Joined returns hashes as the bytes of a tile.
func Joined(hashes []tlog.Hash) []byte {
	b := make([]byte, 0, len(hashes)*tlog.HashSize)
	for i := range hashes {
		b = append(b, hashes[i][:]...)
	}
	return b
}

// AppendBundle appends an entry to a bundle as it is written.
func AppendBundle(dst, leaf []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(leaf)))
	return append(dst, leaf...)
}
