package verify

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/tree"
)

// A bundle is up to TileWidth entries that follow each other. Each lies in buf after
// a byte of its own, so that it is hashed where it is.
type bundle struct {
	n     int64 // number of the bundle: its first entry is n*TileWidth
	buf   []byte
	spans []span
	// seqs and stored are the numbers and the hashes that a database has beside the
	// entries; nil when they come from a file.
	seqs   []int64
	stored [][]byte
	// texts are the long texts of a database that a replay of the entries needs, by digest.
	texts map[string]string
	// at is where its lines are in entries.jsonl; -1 when that is not compared.
	at int64
	// findings are what is wrong with how it was written.
	findings []Finding
}

// seq returns the number of entry i of the bundle.
func (b *bundle) seq(i int) int64 {
	if b.seqs != nil {
		return b.seqs[i]
	}
	return b.n*tree.TileWidth + int64(i)
}

type span struct{ from, to int }

// add appends an entry.
func (b *bundle) add(leaf []byte) {
	b.buf = append(b.buf, 0)
	b.spans = append(b.spans, span{len(b.buf), len(b.buf) + len(leaf)})
	b.buf = append(b.buf, leaf...)
}

// leaf returns entry i of the bundle.
func (b *bundle) leaf(i int) []byte { return b.buf[b.spans[i].from:b.spans[i].to] }

// hash returns the leaf hash of entry i: SHA-256 of a zero byte and the entry.
func (b *bundle) hash(i int) tlog.Hash {
	s := b.spans[i]
	b.buf[s.from-1] = 0
	return sha256.Sum256(b.buf[s.from-1 : s.to])
}

// readBundle reads a bundle of C2SP tlog-tiles: each entry after its length in two
// bytes, the higher first. It takes data over.
func readBundle(n int64, data []byte) (*bundle, error) {
	b := &bundle{n: n, buf: data, spans: make([]span, 0, tree.TileWidth)}
	for at := 0; at < len(data); {
		if len(data)-at < 2 {
			return nil, fmt.Errorf("ends inside the length of entry %d", len(b.spans))
		}
		from := at + 2
		to := from + int(binary.BigEndian.Uint16(data[at:]))
		if to > len(data) {
			return nil, fmt.Errorf("entry %d ends %d bytes after the file", len(b.spans), to-len(data))
		}
		if len(b.spans) == tree.TileWidth {
			return nil, fmt.Errorf("more than %d entries", tree.TileWidth)
		}
		b.spans = append(b.spans, span{from, to})
		at = to
	}
	return b, nil
}
