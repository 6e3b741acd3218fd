package tree

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// An Edge is the right edge of an RFC 6962 tree: the roots of the complete subtrees
// that n leaves fall into, largest first. It is all that appending needs to know.
type Edge struct {
	N     int64
	Nodes []tlog.Hash
}

// ReadEdge reads an edge of n leaves from its stored form.
func ReadEdge(n int64, b []byte) (Edge, error) {
	if n < 0 || len(b) != tlog.HashSize*bits.OnesCount64(uint64(n)) {
		return Edge{}, fmt.Errorf("edge of %d bytes does not fit %d entries", len(b), n)
	}
	e := Edge{N: n}
	for c := range slices.Chunk(b, tlog.HashSize) {
		e.Nodes = append(e.Nodes, tlog.Hash(c))
	}
	return e, nil
}

// Bytes returns the stored form of e.
func (e *Edge) Bytes() []byte {
	b := make([]byte, 0, tlog.HashSize*len(e.Nodes))
	for _, h := range e.Nodes {
		b = append(b, h[:]...)
	}
	return b
}

// Add appends the root of a complete subtree of 2^level leaves; n must be a multiple of that.
func (e *Edge) Add(level uint, h tlog.Hash) {
	for k := e.N >> level; k&1 == 1; k >>= 1 {
		h = tlog.NodeHash(e.Nodes[len(e.Nodes)-1], h)
		e.Nodes = e.Nodes[:len(e.Nodes)-1]
	}
	e.Nodes = append(e.Nodes, h)
	e.N += 1 << level
}

// Tile returns the root of the full tile that the next leaf h would end, false if it ends none.
func (e *Edge) Tile(h tlog.Hash) (tlog.Hash, bool) {
	if (e.N+1)%TileWidth != 0 {
		return tlog.Hash{}, false
	}
	for _, left := range slices.Backward(e.Nodes[len(e.Nodes)-TileHeight:]) {
		h = tlog.NodeHash(left, h)
	}
	return h, true
}

// Root returns the hash of the tree.
func (e *Edge) Root() tlog.Hash {
	if len(e.Nodes) == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	h := e.Nodes[len(e.Nodes)-1]
	for i := len(e.Nodes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.Nodes[i], h)
	}
	return h
}
