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

const selectHashes = `SELECT seq, leaf_hash FROM audit_entry ORDER BY seq`

// newProver reads the hashes of all entries, and holds them against the checkpoint.
func newProver(ctx context.Context, tx auditdb.Tx, at tree.Checkpoint, seqs []int64) (p *prover, err error) {
	p = &prover{at: at, leaves: map[int64][]tlog.Hash{at.Size / tree.TileWidth: nil}}
	for _, s := range seqs {
		p.leaves[s/tree.TileWidth] = nil
	}
	rows, err := tx.QueryContext(ctx, selectHashes)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var edge tree.Edge
	var seq int64
	var stored sql.RawBytes
	tile := make([]tlog.Hash, 0, tree.TileWidth)
	var full []tlog.Hash
	for rows.Next() {
		if err := rows.Scan(&seq, &stored); err != nil {
			return nil, err
		}
		if seq != edge.N || len(stored) != tlog.HashSize {
			return nil, fmt.Errorf("entry %d is missing: verify the log in the database", edge.N)
		}
		h := tlog.Hash(stored)
		edge.Add(0, h)
		tile = append(tile, h)
		n := seq / tree.TileWidth
		if _, wanted := p.leaves[n]; wanted {
			p.leaves[n] = append(p.leaves[n], h)
		}
		if len(tile) == tree.TileWidth {
			full = append(full, subtree(tile))
			tile = tile[:0]
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	if edge.N != at.Size || edge.Root() != at.Root {
		return nil, fmt.Errorf("the %d entries do not fit the checkpoint of %d: verify the log in the database", edge.N, at.Size)
	}
	for len(full) > 0 {
		p.up = append(p.up, full)
		next := make([]tlog.Hash, len(full)/2)
		for i := range next {
			next[i] = tlog.NodeHash(full[2*i], full[2*i+1])
		}
		full = next
	}
	return p, nil
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
