package export

import (
	"archive/zip"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// Write writes the log as the new directory dir, which somebody without this
// program can read and verify:
//
//	checkpoint, tile/…   C2SP tlog-tiles
//	entries.jsonl        the entries, one a line
//	disclosures.jsonl    personal data that is not erased, with its salts
//	texts.jsonl          the long texts that entries name by their digests, if any
//	register.jsonl       the rows of the register that the log tells of, if they are given
//	key.pub              the public keys given here, one a line, under each name of the log
//	VERIFY.txt           how to check it, in plain words
//	MANIFEST.json        the files with their SHA-256
//
// The directory appears whole or not at all, and the same log gives the same bytes.
// A log that does not fit its checkpoint is not exported. Everything is read
// through tx, which must show one state of the database throughout.
func Write(ctx context.Context, tx auditdb.Tx, dir string, o Options) error {
	d, err := newDirectory(dir)
	if err != nil {
		return fmt.Errorf("audit: export: %w", err)
	}
	return write(ctx, tx, d, o)
}

// WriteZIP writes the same files as a ZIP, in a folder of that name. What was written when it gives an
// error is no ZIP.
func WriteZIP(ctx context.Context, tx auditdb.Tx, w io.Writer, folder string, o Options) error {
	return write(ctx, tx, &archive{zip.NewWriter(w), folder}, o)
}

func write(ctx context.Context, tx auditdb.Tx, p place, o Options) error {
	x := &exporter{sink: sink{place: p}, tx: tx, o: o}
	if err := x.run(ctx); err != nil {
		return fmt.Errorf("audit: export: %w", errors.Join(err, p.abort()))
	}
	return nil
}

// Options say what goes with the log.
type Options struct {
	Keys []string // public keys of the log, under any of its names
	// Register yields the rows of the register, each a line of JSON with its end, in an order
	// that does not change; see verify.Options. Nil leaves them out.
	Register func(ctx context.Context, tx auditdb.Tx) iter.Seq2[[]byte, error]
}

type exporter struct {
	sink
	tx auditdb.Tx
	o  Options

	at          tree.Checkpoint
	edge        tree.Edge
	tiles       tree.Tiler
	bundle      []byte
	first, last string // least and greatest stamp
	personal    int64
	records     int64
	restores    []audit.Restore
}

func (x *exporter) run(ctx context.Context) error {
	msg, err := auditdb.CurrentCheckpoint(ctx, x.tx)
	if errors.Is(err, sql.ErrNoRows) {
		return errors.New("the log is empty")
	}
	if err != nil {
		return err
	}
	if x.at, err = tree.ReadCheckpoint(msg); err != nil {
		return err
	}
	x.tiles.Put = func(level int, n int64, hashes []tlog.Hash) error {
		return x.put(tree.TilePath(level, n, len(hashes)), tree.Joined(hashes))
	}
	if err := x.entries(ctx); err != nil {
		return err
	}
	if root := x.edge.Root(); x.edge.N != x.at.Size || root != x.at.Root {
		return fmt.Errorf("the %d entries do not fit the checkpoint of %d: verify the log in the database", x.edge.N, x.at.Size)
	}
	if err := x.tiles.Finish(); err != nil {
		return err
	}
	if err := x.lines(ctx); err != nil {
		return err
	}
	if err := x.disclosures(ctx); err != nil {
		return err
	}
	if err := x.texts(ctx); err != nil {
		return err
	}
	if err := x.register(ctx); err != nil {
		return err
	}
	if err := x.put(FileKey, []byte(strings.Join(tree.KeysOf(x.at.Origin, x.o.Keys), "\n")+"\n")); err != nil {
		return err
	}
	if err := x.put(FileVerify, []byte(x.instructions())); err != nil {
		return err
	}
	if err := x.put(FileCheckpoint, msg); err != nil {
		return err
	}
	return x.finish()
}

// entries writes the bundles and the tiles of hashes that are full.
func (x *exporter) entries(ctx context.Context) error {
	err := eachEntry(ctx, x.tx, func(seq int64, leaf []byte) error {
		if seq != x.edge.N {
			return fmt.Errorf("entry %d is missing: verify the log in the database", x.edge.N)
		}
		return x.entry(seq, tlog.RecordHash(leaf), leaf)
	})
	if rest := int(x.edge.N % tree.TileWidth); err == nil && rest > 0 {
		err = x.put(tree.BundlePath(x.edge.N/tree.TileWidth, rest), x.bundle)
	}
	return err
}

// lines writes the entries as lines of text. They are read again, because a place takes one file at a time.
func (x *exporter) lines(ctx context.Context) error {
	f, err := x.create(FileEntries)
	if err != nil {
		return err
	}
	var line []byte
	err = eachEntry(ctx, x.tx, func(seq int64, leaf []byte) error {
		h := tlog.RecordHash(leaf)
		line = AppendLine(line[:0], seq, h[:], leaf)
		_, err := f.Write(line)
		return err
	})
	return errors.Join(err, f.Close())
}

const selectEntries = `SELECT seq, leaf FROM audit_entry ORDER BY seq`

// eachEntry gives all entries in their order. The bytes are for the call alone.
func eachEntry(ctx context.Context, tx auditdb.Tx, give func(seq int64, leaf []byte) error) (err error) {
	rows, err := tx.QueryContext(ctx, selectEntries)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var seq int64
	var leaf sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&seq, &leaf); err != nil {
			return err
		}
		if err := give(seq, leaf); err != nil {
			return err
		}
	}
	return rows.Err()
}

// entry adds one entry to the tree and to its bundle.
func (x *exporter) entry(seq int64, h tlog.Hash, leaf []byte) error {
	at := audit.StampOf(leaf)
	x.last = max(x.last, at)
	if seq == 0 || at < x.first {
		x.first = at
	}
	// An entry that cannot be read is exported like any other; the check finds it.
	if r, ok, err := audit.RestoreIn(seq, leaf); err == nil && ok && r.Origin != "" {
		x.restores = append(x.restores, r)
	}
	x.edge.Add(0, h)
	if err := x.tiles.Add(0, h); err != nil {
		return err
	}
	x.bundle = tree.AppendBundle(x.bundle, leaf)
	if (seq+1)%tree.TileWidth != 0 {
		return nil
	}
	err := x.put(tree.BundlePath(seq/tree.TileWidth, tree.TileWidth), x.bundle)
	x.bundle = x.bundle[:0]
	return err
}

func (x *exporter) disclosures(ctx context.Context) error {
	f, err := x.create(FileDisclosures)
	if err != nil {
		return err
	}
	err = auditdb.Disclosures(ctx, x.tx, func(d auditdb.Disclosure) error {
		x.personal++
		line, err := MarshalLine(d, "")
		if err != nil {
			return err
		}
		_, err = f.Write(line)
		return err
	})
	return errors.Join(err, f.Close())
}

// texts writes the long texts, if there are any.
func (x *exporter) texts(ctx context.Context) (err error) {
	var f *sinkFile
	err = auditdb.Texts(ctx, x.tx, func(k auditdb.KeptText) error {
		if f == nil {
			var err error
			if f, err = x.create(FileTexts); err != nil {
				return err
			}
		}
		line, err := MarshalLine(k, "")
		if err != nil {
			return err
		}
		_, err = f.Write(line)
		return err
	})
	if f != nil {
		err = errors.Join(err, f.Close())
	}
	return err
}

// register writes the rows of the register.
func (x *exporter) register(ctx context.Context) error {
	if x.o.Register == nil {
		return nil
	}
	f, err := x.create(FileRegister)
	if err != nil {
		return err
	}
	for line, rerr := range x.o.Register(ctx, x.tx) {
		if err = rerr; err == nil {
			x.records++
			_, err = f.Write(line)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, f.Close())
}
