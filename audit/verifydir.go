package audit

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"golang.org/x/mod/sumdb/tlog"
)

// maxBundle is the length of the longest bundle that can be.
const maxBundle = tileWidth * (MaxEntry + 2)

// VerifyDir checks an exported log: every entry against the tiles of hashes, the
// tiles against the signed checkpoint and the one of the reader, the readable files
// against the entries, and what the entries say.
//
// What is wrong with the log is in the report. An error means that it could not be read.
func VerifyDir(ctx context.Context, fsys fs.FS, v Verifier, o Options) (*Report, error) {
	ver := &directory{verification: newVerification(v, o), fsys: fsys, sizes: map[string]int64{}}
	if err := ver.run(ctx); err != nil {
		return nil, fmt.Errorf("audit: verify: %w", err)
	}
	ver.say("every tile of hashes, each line of entries.jsonl, and all files against MANIFEST.json")
	return ver.finish(), nil
}

// A directory is a verification of an export.
type directory struct {
	*verification
	fsys  fs.FS
	sizes map[string]int64 // of every file, by path
	lines lines

	mu  sync.Mutex
	err error // the first of those that workers came upon
}

// fail notes that something could not be read.
func (d *directory) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.err = cmp.Or(d.err, err)
}

func (d *directory) run(ctx context.Context) error {
	if err := d.walk(ctx); err != nil {
		return err
	}
	msg, err := d.read(fileCheckpoint, 1<<20)
	if err != nil {
		return err
	}
	if msg == nil {
		d.find(Finding{Code: BadSignature, Seq: -1, Where: fileCheckpoint, Text: "there is no checkpoint: without it the entries are unsigned"})
		return nil
	}
	if !d.checkpoint(msg, fileCheckpoint) {
		return d.manifest(ctx)
	}
	d.against()
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
		if err := d.texts(); err != nil {
			return err
		}
	}
	return d.manifest(ctx)
}

// walk notes the files that are there.
func (d *directory) walk(ctx context.Context) error {
	return fs.WalkDir(d.fsys, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		d.sizes[path] = info.Size()
		return ctx.Err()
	})
}

// read returns a file, nil when it is not there or longer than limit; the latter is a finding.
func (d *directory) read(path string, limit int64) ([]byte, error) {
	size, ok := d.sizes[path]
	if !ok {
		return nil, nil
	}
	if size > limit {
		d.find(Finding{Code: Tampered, Seq: -1, Where: path, Text: fmt.Sprintf("%s has %d bytes, and cannot have more than %d", path, size, limit)})
		return nil, nil
	}
	return fs.ReadFile(d.fsys, path)
}

// tree reads the bundles, and holds the tiles and the lines against them.
func (d *directory) tree(ctx context.Context) (sound bool, err error) {
	if err := d.openLines(); err != nil {
		return false, err
	}
	defer d.lines.close()
	d.tiles.put = func(level int, n int64, hashes []tlog.Hash) error {
		if level > 0 { // the workers have done level 0
			d.facts.findings = append(d.facts.findings, d.compareTile(level, n, hashes)...)
		}
		return nil
	}
	if err := d.bundles(ctx, d.eachBundle, d.compareBundle); err != nil {
		return false, err
	}
	_ = d.tiles.finish() // put has no error
	if d.err != nil {
		return false, d.err
	}
	sound = d.roots("tile/entries")
	d.linesEnd()
	return sound, nil
}

// eachBundle yields the bundles that the checkpoint speaks of, up to one that is not there.
func (d *directory) eachBundle(yield func(loader, error) bool) {
	for n := int64(0); n*tileWidth < d.at.Size; n++ {
		width := int(min(d.at.Size-n*tileWidth, tileWidth))
		path := bundlePath(n, width)
		size, ok := d.sizes[path]
		if !ok || size > maxBundle {
			d.missing(n, path)
			return
		}
		at := d.lines.take(n, width, size)
		if !yield(func() *bundle { return d.load(n, width, path, at) }, nil) {
			return
		}
	}
}

// load reads bundle n. What is wrong with it is in it.
func (d *directory) load(n int64, width int, path string, at int64) *bundle {
	data, err := fs.ReadFile(d.fsys, path)
	if err != nil {
		d.fail(err)
		return &bundle{n: n}
	}
	b, err := readBundle(n, data)
	if err == nil && len(b.spans) != width {
		err = fmt.Errorf("has %d entries, and should have %d", len(b.spans), width)
	}
	if err != nil {
		b = &bundle{n: n, at: -1}
		b.findings = append(b.findings, Finding{Code: Tampered, Seq: n * tileWidth, Where: path, Text: fmt.Sprintf("%s %v", path, err)})
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
	path := tilePath(level, n, len(hashes))
	first := (n * tileWidth) << (level * tileHeight) // entry under the first hash
	if d.sizes[path] != int64(len(hashes)*tlog.HashSize) {
		return []Finding{{Code: Tampered, Seq: first, Where: path, Text: path + " is missing, or not as long as it has to be"}}
	}
	got, err := fs.ReadFile(d.fsys, path)
	if err == nil && len(got) != len(hashes)*tlog.HashSize {
		err = fmt.Errorf("%s changed while it was read", path)
	}
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
		from := first + int64(i)<<(level*tileHeight)
		seq := from
		text := fmt.Sprintf("entry %d and its hash in %s do not fit each other", from, path)
		if level > 0 {
			seq = -1
			text = fmt.Sprintf("entries %d to %d and their hash in %s do not fit each other", from, from+int64(1)<<(level*tileHeight)-1, path)
		}
		out = append(out, Finding{Code: Tampered, Seq: seq, Where: path, Want: hexOf(there), Got: hexOf(h[:]), Text: text})
	}
	return out
}

// missing tells of a bundle that is not there: of the end of the log, or of its middle.
func (d *directory) missing(n int64, path string) {
	f := Finding{
		Code: Truncated, Seq: n * tileWidth, Where: path, Want: fmt.Sprint(d.at.Size), Got: fmt.Sprint(n * tileWidth),
		Text: fmt.Sprintf("the signed checkpoint is of %d entries, and those from %d on are not here", d.at.Size, n*tileWidth),
	}
	if d.bundleAfter(n) {
		f.Code, f.Text = Tampered, fmt.Sprintf("the entries from %d on are not here, and there are later ones", n*tileWidth)
	}
	d.find(f)
}

// bundleAfter says whether a bundle after number n is in the directory.
func (d *directory) bundleAfter(n int64) bool {
	for path := range d.sizes {
		rest, ok := strings.CutPrefix(path, "tile/entries/")
		if !ok {
			continue
		}
		rest, _, _ = strings.Cut(rest, ".p/")
		number := strings.NewReplacer("x", "", "/", "").Replace(rest)
		var i int64
		if _, err := fmt.Sscanf(number, "%d", &i); err == nil && i > n {
			return true
		}
	}
	return false
}
