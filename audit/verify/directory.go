package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// Dir checks an exported log: every entry against the tiles of hashes, the
// tiles against the signed checkpoint and the one of the reader, the readable files
// against the entries, and what the entries say.
//
// What is wrong with the log is in the report, and so is a file that is not regular or
// longer than it can be: fsys may come from somebody who wants the check to hang. An
// error means that the log could not be read. Where fsys is a directory of the disk its
// Open must not wait for a FIFO, nor lead out of the directory.
func Dir(ctx context.Context, fsys fs.FS, v tree.Verifier, o Options) (*Report, error) {
	ver := &directory{verification: newVerification(v, o), fsys: fsys, sizes: map[string]int64{}}
	err := ver.run(ctx)
	if fl, ok := errors.AsType[*flaw](err); ok {
		ver.find(fl.Finding)
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	ver.find(ver.flaws...)
	ver.say("every tile of hashes, each line of entries.jsonl, the long texts beside them, and all files against MANIFEST.json")
	return ver.finish(), nil
}

// A directory is a verification of an export.
type directory struct {
	*verification
	fsys  fs.FS
	sizes map[string]int64 // of every file, by path
	lines lines
	kept  keptTexts

	whole  bool         // all bundles that the checkpoint speaks of were read
	broken atomic.Int64 // bundles that are none

	mu    sync.Mutex
	err   error     // the first of those that workers came upon
	flaws []Finding // likewise
}

// fail notes that something could not be read. The fault of a file is a finding.
func (d *directory) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if fl, ok := errors.AsType[*flaw](err); ok {
		d.broken.Add(1)
		if len(d.flaws) < maxKept {
			d.flaws = append(d.flaws, fl.Finding)
		}
		return
	}
	d.err = cmp.Or(d.err, err)
}

func (d *directory) run(ctx context.Context) error {
	if err := d.walk(ctx); err != nil {
		return err
	}
	msg, err := d.read(export.FileCheckpoint)
	if err != nil {
		return err
	}
	if msg == nil {
		d.find(Finding{Code: BadSignature, Seq: -1, Where: export.FileCheckpoint, Text: "there is no checkpoint: without it the entries are unsigned"})
		return nil
	}
	if !d.checkpoint(msg, export.FileCheckpoint) {
		return d.manifest(ctx)
	}
	d.against()
	defer d.kept.close()
	if err := d.texts(); err != nil {
		fl, ok := errors.AsType[*flaw](err)
		if !ok {
			return err
		}
		d.find(fl.Finding) // the entries can be checked without them
	}
	sound, err := d.tree(ctx)
	if err != nil {
		return err
	}
	if sound {
		there, err := d.disclosures()
		if err != nil {
			return err
		}
		d.meaning(there)
		if err := d.register(); err != nil {
			return err
		}
	}
	return d.manifest(ctx)
}

// tree reads the bundles, and holds the tiles and the lines against them.
func (d *directory) tree(ctx context.Context) (sound bool, err error) {
	if err := d.openLines(); err != nil {
		return false, err
	}
	defer d.lines.close()
	d.tiles.Put = func(level int, n int64, hashes []tlog.Hash) error {
		if level > 0 { // the workers have done level 0
			d.facts.findings.add(d.compareTile(level, n, hashes)...)
		}
		return nil
	}
	if err := d.bundles(ctx, d.eachBundle, d.compareBundle); err != nil {
		return false, err
	}
	_ = d.tiles.Finish() // put has no error
	if d.err != nil {
		return false, d.err
	}
	d.whole = d.edge.N == d.at.Size
	sound = d.roots("tile/entries")
	d.linesEnd()
	return sound, nil
}

// eachBundle yields the bundles that the checkpoint speaks of, up to one that is not
// there or to so many broken ones that the rest has nothing to add.
func (d *directory) eachBundle(yield func(loader, error) bool) {
	for n := int64(0); n*tree.TileWidth < d.at.Size && d.broken.Load() < maxBroken; n++ {
		width := int(min(d.at.Size-n*tree.TileWidth, tree.TileWidth))
		path := tree.BundlePath(n, width)
		size, ok := d.sizes[path]
		if !ok {
			d.missing(n, path)
			return
		}
		if size > maxBundle {
			d.find(newFlaw(path, "has %d bytes, and cannot have more than %d", size, maxBundle).Finding)
			return
		}
		at := d.lines.take(n, width, size)
		if !yield(func() *bundle { return d.bundle(n, width, path, at) }, nil) {
			return
		}
	}
}

// bundle reads bundle n. What is wrong with it is in it.
func (d *directory) bundle(n int64, width int, path string, at int64) *bundle {
	data, err := d.load(path)
	if err != nil {
		d.fail(err)
		return &bundle{n: n}
	}
	b, err := readBundle(n, data)
	if err == nil && len(b.spans) != width {
		err = fmt.Errorf("has %d entries, and should have %d", len(b.spans), width)
	}
	if err != nil {
		d.broken.Add(1)
		b = &bundle{n: n, at: -1}
		b.findings = append(b.findings, Finding{Code: Tampered, Seq: n * tree.TileWidth, Where: path, Text: fmt.Sprintf("%s %v", path, err)})
		return b
	}
	b.at = at
	return b
}

// compareBundle holds the tile of hashes and the lines against the entries of a bundle.
func (d *directory) compareBundle(b *bundle, hashes []tlog.Hash) []Finding {
	if len(hashes) == 0 {
		return nil
	}
	return append(d.compareTile(0, b.n, hashes), d.compareLines(b, hashes)...)
}

// compareTile holds a tile against the hashes that belong in it.
func (d *directory) compareTile(level int, n int64, hashes []tlog.Hash) []Finding {
	path := tree.TilePath(level, n, len(hashes))
	first := (n * tree.TileWidth) << (level * tree.TileHeight) // entry under the first hash
	if d.sizes[path] != int64(len(hashes)*tlog.HashSize) {
		return []Finding{{Code: Tampered, Seq: first, Where: path, Text: path + " is missing, or not as long as it has to be"}}
	}
	got, err := d.load(path)
	if err != nil {
		d.fail(err)
		return nil
	}
	var out []Finding
	for i, h := range hashes {
		there := got[i*tlog.HashSize:][:tlog.HashSize]
		if string(there) == string(h[:]) {
			continue
		}
		from := first + int64(i)<<(level*tree.TileHeight)
		seq := from
		text := fmt.Sprintf("entry %d and its hash in %s do not fit each other", from, path)
		if level > 0 {
			seq = -1
			text = fmt.Sprintf("entries %d to %d and their hash in %s do not fit each other", from, from+int64(1)<<(level*tree.TileHeight)-1, path)
		}
		out = append(out, Finding{Code: Tampered, Seq: seq, Where: path, Want: hexOf(there), Got: hexOf(h[:]), Text: text})
	}
	return out
}

// missing tells of a bundle that is not there: of the end of the log, or of its middle.
func (d *directory) missing(n int64, path string) {
	f := Finding{
		Code: Truncated, Seq: n * tree.TileWidth, Where: path, Want: fmt.Sprint(d.at.Size), Got: fmt.Sprint(n * tree.TileWidth),
		Text: fmt.Sprintf("the signed checkpoint is of %d entries, and those from %d on are not here", d.at.Size, n*tree.TileWidth),
	}
	if d.bundleAfter(n) {
		f.Code, f.Text = Tampered, fmt.Sprintf("the entries from %d on are not here, and there are later ones", n*tree.TileWidth)
	}
	d.find(f)
}

// belongs reports whether a file below tile/ is one that the log has. Tiles of hashes are
// small, and are not asked for their numbers.
func (d *directory) belongs(path string) bool {
	if !strings.HasPrefix(path, "tile/entries/") {
		return true
	}
	n, ok := bundleNumber(path)
	return ok && n*tree.TileWidth < d.at.Size && path == tree.BundlePath(n, int(min(d.at.Size-n*tree.TileWidth, tree.TileWidth)))
}

// bundleNumber returns the number of a bundle by its path.
func bundleNumber(path string) (n int64, ok bool) {
	rest, ok := strings.CutPrefix(path, "tile/entries/")
	if !ok {
		return 0, false
	}
	rest, _, _ = strings.Cut(rest, ".p/")
	n, err := strconv.ParseInt(strings.NewReplacer("x", "", "/", "").Replace(rest), 10, 48)
	return n, err == nil && n >= 0
}

// bundleAfter says whether a bundle after number n is in the directory.
func (d *directory) bundleAfter(n int64) bool {
	for path := range d.sizes {
		if i, ok := bundleNumber(path); ok && i > n {
			return true
		}
	}
	return false
}
