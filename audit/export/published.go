package export

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// ErrNotPublished is the error of a path that the log has no file for, or not yet.
var ErrNotPublished = errors.New("audit: the log has no such tile")

// A Published is a file of the log as C2SP tlog-tiles has it, made from the database.
type Published struct {
	Data []byte
	// Final is true for hashes that never change again: a full tile.
	Final bool
}

// Publish makes the tile or bundle of entries at path, such as "tile/0/x001/067" or
// "tile/entries/003.p/12". It reads what lies in the database and checks nothing: whoever reads the
// file does. The error is [ErrNotPublished] for a path that is none, or that is beyond the log.
func Publish(ctx context.Context, tx auditdb.Tx, path string) (Published, error) {
	level, n, width, ok := parseTile(path)
	if !ok {
		return Published{}, ErrNotPublished
	}
	if level == entriesLevel {
		data, err := bundle(ctx, tx, n, width)
		return Published{Data: data}, err
	}
	from := n * tree.TileWidth
	hashes, err := levelHashes(ctx, tx, level, from, from+int64(width))
	if err == nil && len(hashes) < width {
		err = ErrNotPublished
	}
	if err != nil {
		return Published{}, err
	}
	return Published{tree.Joined(hashes), width == tree.TileWidth}, nil
}

const (
	// entriesLevel stands for a bundle of entries in the place of the level of a tile.
	entriesLevel = -1
	// mostLevels bounds the levels of tiles: those of 2^40 entries.
	mostLevels = 5
	// mostTiles bounds the numbers of tiles.
	mostTiles = 1 << 32
)

// parseTile reads the path of a tile or a bundle in its one spelling.
func parseTile(path string) (level int, n int64, width int, ok bool) {
	rest, found := strings.CutPrefix(path, "tile/")
	of, index, cut := strings.Cut(rest, "/")
	if !found || !cut {
		return 0, 0, 0, false
	}
	level = entriesLevel
	if of != "entries" {
		var err error
		if level, err = strconv.Atoi(of); err != nil || level < 0 || level >= mostLevels {
			return 0, 0, 0, false
		}
	}
	index, partial, isPartial := strings.Cut(index, ".p/")
	width = tree.TileWidth
	if isPartial {
		var err error
		if width, err = strconv.Atoi(partial); err != nil || width < 1 || width >= tree.TileWidth {
			return 0, 0, 0, false
		}
	}
	for digits := range strings.SplitSeq(index, "/") {
		v, err := strconv.ParseUint(strings.TrimPrefix(digits, "x"), 10, 16)
		if n = n*1000 + int64(v); err != nil || n >= mostTiles {
			return 0, 0, 0, false
		}
	}
	spelling := tree.BundlePath(n, width)
	if level != entriesLevel {
		spelling = tree.TilePath(level, n, width)
	}
	return level, n, width, spelling == path
}

const selectBundle = `SELECT seq, leaf FROM audit_entry WHERE seq >= $1 AND seq < $2 ORDER BY seq`

// bundle returns entries as they lie in the database.
func bundle(ctx context.Context, tx auditdb.Tx, n int64, width int) (out []byte, err error) {
	from := n * tree.TileWidth
	rows, err := tx.QueryContext(ctx, selectBundle, from, from+int64(width))
	if err != nil {
		return nil, fmt.Errorf("audit: read entries: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	next := from
	var seq int64
	var leaf sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&seq, &leaf); err != nil {
			return nil, fmt.Errorf("audit: read entries: %w", err)
		}
		if seq != next {
			return nil, ErrNotPublished
		}
		next++
		out = tree.AppendBundle(out, leaf)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: read entries: %w", err)
	}
	if next < from+int64(width) {
		return nil, ErrNotPublished
	}
	return out, nil
}

// levelHashes returns hashes of a level of tiles, as far as the log has them: of entries, of full
// tiles of entries, and above those of what lies below.
func levelHashes(ctx context.Context, tx auditdb.Tx, level int, from, to int64) ([]tlog.Hash, error) {
	switch level {
	case 0:
		return hashes(ctx, tx, selectHashes, from, from, to)
	case 1:
		kept, err := hashes(ctx, tx, selectRoots, from, from, to)
		if err != nil || int64(len(kept)) == to-from {
			return kept, err
		}
		// The roots that are kept save work and are not always there.
	}
	var out []tlog.Hash
	for ; from < to; from++ {
		below, err := levelHashes(ctx, tx, level-1, from*tree.TileWidth, (from+1)*tree.TileWidth)
		if err != nil || len(below) < tree.TileWidth {
			return out, err
		}
		out = append(out, subtree(below))
	}
	return out, nil
}

const selectRoots = `SELECT n, hash FROM audit_tile WHERE n >= $1 AND n < $2 ORDER BY n`
