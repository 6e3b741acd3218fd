package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// A prover has the hashes of a tree from which the proofs of some entries are made: those of all
// full tiles, and those of the leaves beside the entries.
type prover struct {
	at     tree.Checkpoint
	leaves map[int64][]tlog.Hash // of the tiles that the entries are in, and of the last one
	// up are the hashes of the levels from that of the full tiles on.
	up [][]tlog.Hash
}

const (
	selectTiles  = `SELECT n, hash FROM audit_tile WHERE n < $1 ORDER BY n`
	selectHashes = `SELECT seq, leaf_hash FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq`
)

// newProver reads the roots of the full tiles and the hashes beside the entries, and holds them
// against the checkpoint. Where the roots that are kept do not fit, it reads all hashes instead:
// what is kept beside the log proves nothing.
func newProver(ctx context.Context, tx auditdb.Tx, at tree.Checkpoint, seqs []int64) (*prover, error) {
	p := &prover{at: at, leaves: map[int64][]tlog.Hash{at.Size / tree.TileWidth: nil}}
	for _, s := range seqs {
		p.leaves[s/tree.TileWidth] = nil
	}
	roots, err := hashes(ctx, tx, selectTiles, 0, at.Size/tree.TileWidth)
	if err != nil {
		return nil, err
	}
	for n := range p.leaves {
		from := n * tree.TileWidth
		if p.leaves[n], err = hashes(ctx, tx, selectHashes, from, from, min(from+tree.TileWidth, at.Size)); err != nil {
			return nil, err
		}
	}
	if int64(len(roots)) != at.Size/tree.TileWidth || !p.fits(roots) {
		all, err := hashes(ctx, tx, selectHashes, 0, 0, at.Size)
		if err != nil {
			return nil, err
		}
		roots = roots[:0]
		for n := range len(all) / tree.TileWidth {
			roots = append(roots, subtree(all[n*tree.TileWidth:(n+1)*tree.TileWidth]))
		}
		if int64(len(all)) != at.Size || !p.fits(roots) {
			return nil, fmt.Errorf("the %d entries do not fit the checkpoint of %d: verify the log in the database", len(all), at.Size)
		}
	}
	for len(roots) > 0 {
		p.up = append(p.up, roots)
		next := make([]tlog.Hash, len(roots)/2)
		for i := range next {
			next[i] = tlog.NodeHash(roots[2*i], roots[2*i+1])
		}
		roots = next
	}
	return p, nil
}

// fits reports whether the roots of the full tiles and the leaves that were read make the tree of
// the checkpoint.
func (p *prover) fits(roots []tlog.Hash) bool {
	var edge tree.Edge
	for n, root := range roots {
		if leaves, read := p.leaves[int64(n)]; read && (len(leaves) != tree.TileWidth || subtree(leaves) != root) {
			return false
		}
		edge.Add(tree.TileHeight, root)
	}
	for _, h := range p.leaves[p.at.Size/tree.TileWidth] {
		edge.Add(0, h)
	}
	return edge.N == p.at.Size && edge.Root() == p.at.Root
}

// hashes reads hashes by number from the first on, as far as none is missing.
func hashes(ctx context.Context, tx auditdb.Tx, query string, first int64, args ...any) (out []tlog.Hash, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var n int64
	var stored sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&n, &stored); err != nil {
			return nil, err
		}
		if n != first+int64(len(out)) || len(stored) != tlog.HashSize {
			break
		}
		out = append(out, tlog.Hash(stored))
	}
	return out, rows.Err()
}

// subtree is the root of the complete tree over some hashes, whose number is a power of two.
func subtree(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(subtree(hashes[:half]), subtree(hashes[half:]))
}

// ReadHashes returns hashes of the tree, as [tlog.HashReader] has it.
func (p *prover) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, n := tlog.SplitStoredHashIndex(index)
		if level >= tree.TileHeight {
			out[i] = p.up[level-tree.TileHeight][n]
			continue
		}
		from := n << level
		leaves := p.leaves[from/tree.TileWidth]
		at := from % tree.TileWidth
		if at+1<<level > int64(len(leaves)) {
			return nil, fmt.Errorf("the hash %d of level %d was not read", n, level)
		}
		out[i] = subtree(leaves[at : at+1<<level])
	}
	return out, nil
}

// proof returns the proof that an entry is in the tree of the checkpoint msg.
func (p *prover) proof(seq int64, msg []byte) ([]byte, error) {
	hashes, err := tlog.ProveRecord(p.at.Size, seq, p)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%sindex %d\n", proofHead, seq)
	for _, h := range hashes {
		b.WriteString(h.String() + "\n")
	}
	return []byte(b.String() + "\n" + string(msg)), nil
}
