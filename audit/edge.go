package audit

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// An edge is the right edge of an RFC 6962 tree: the roots of the complete subtrees
// that n leaves fall into, largest first. It is all that appending needs to know.
type edge struct {
	n     int64
	nodes []tlog.Hash
}

// readEdge reads an edge of n leaves from its stored form.
func readEdge(n int64, b []byte) (edge, error) {
	if n < 0 || len(b) != tlog.HashSize*bits.OnesCount64(uint64(n)) {
		return edge{}, fmt.Errorf("edge of %d bytes does not fit %d entries", len(b), n)
	}
	e := edge{n: n}
	for c := range slices.Chunk(b, tlog.HashSize) {
		e.nodes = append(e.nodes, tlog.Hash(c))
	}
	return e, nil
}

// bytes returns the stored form of e.
func (e *edge) bytes() []byte {
	b := make([]byte, 0, tlog.HashSize*len(e.nodes))
	for _, h := range e.nodes {
		b = append(b, h[:]...)
	}
	return b
}

// add appends the root of a complete subtree of 2^level leaves; n must be a multiple of that.
func (e *edge) add(level uint, h tlog.Hash) {
	for k := e.n >> level; k&1 == 1; k >>= 1 {
		h = tlog.NodeHash(e.nodes[len(e.nodes)-1], h)
		e.nodes = e.nodes[:len(e.nodes)-1]
	}
	e.nodes = append(e.nodes, h)
	e.n += 1 << level
}

// root returns the hash of the tree.
func (e *edge) root() tlog.Hash {
	if len(e.nodes) == 0 {
		return tlog.Hash(sha256.Sum256(nil))
	}
	h := e.nodes[len(e.nodes)-1]
	for i := len(e.nodes) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.nodes[i], h)
	}
	return h
}
