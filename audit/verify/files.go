package verify

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// Lines are entries.jsonl. A worker compares those of its bundle: where they are
// follows from the lengths of the bundles before.
type lines struct {
	f    fs.File
	r    io.ReaderAt
	next int64 // where the lines of the next bundle begin
}

func (l *lines) close() {
	if l.f != nil {
		_ = l.f.Close() // read only
	}
}

// openLines opens entries.jsonl. That it is not there is a finding.
func (d *directory) openLines() error {
	if _, ok := d.sizes[export.FileEntries]; !ok {
		d.find(Finding{Code: Tampered, Seq: -1, Where: export.FileEntries, Text: export.FileEntries + " is missing"})
		return nil
	}
	_, f, err := d.open(export.FileEntries)
	if err != nil {
		return err
	}
	r, ok := f.(io.ReaderAt)
	if !ok {
		return errors.Join(fmt.Errorf("%s: the file system has no random access", export.FileEntries), f.Close())
	}
	d.lines.f, d.lines.r = f, r
	return nil
}

// take returns where the lines of bundle n begin, -1 when there are none to compare.
func (l *lines) take(n int64, width int, size int64) int64 {
	if l.r == nil {
		return -1
	}
	at := l.next
	l.next += size - int64(2*width)
	base := int64(len(export.AppendLine(nil, 0, make([]byte, tlog.HashSize), nil)) - 1)
	var digits [20]byte
	for i := range width {
		l.next += base + int64(len(strconv.AppendInt(digits[:0], n*tree.TileWidth+int64(i), 10)))
	}
	return at
}

// compareLines holds the lines of a bundle against its entries.
func (d *directory) compareLines(b *bundle, hashes []tlog.Hash) []Finding {
	if b.at < 0 {
		return nil
	}
	var want []byte
	ends := make([]int, len(hashes))
	for i := range hashes {
		want = export.AppendLine(want, b.seq(i), hashes[i][:], b.leaf(i))
		ends[i] = len(want)
	}
	got := make([]byte, len(want))
	n, err := d.lines.r.ReadAt(got, b.at)
	if bytes.Equal(want, got[:n]) {
		return nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		d.fail(err)
		return nil
	}
	i, from := 0, 0
	for i < len(ends)-1 && ends[i] <= n && bytes.Equal(want[from:ends[i]], got[from:ends[i]]) {
		from, i = ends[i], i+1
	}
	seq := b.seq(i)
	return []Finding{{
		Code: Tampered, Seq: seq, Where: export.FileEntries,
		Want: string(bytes.TrimSpace(want[from:ends[i]])), Got: string(bytes.TrimSpace(got[min(from, n):min(ends[i], n)])),
		Text: fmt.Sprintf("line %d of %s does not show entry %d as it is in the tree", seq+1, export.FileEntries, seq),
	}}
}

// linesEnd holds that nothing comes after the last entry.
func (d *directory) linesEnd() {
	if d.lines.r != nil && d.edge.N == d.at.Size && d.lines.next != d.sizes[export.FileEntries] {
		d.find(Finding{
			Code: Tampered, Seq: d.at.Size, Where: export.FileEntries, Want: fmt.Sprint(d.lines.next), Got: fmt.Sprint(d.sizes[export.FileEntries]),
			Text: export.FileEntries + " is not as long as the entries in the tree",
		})
	}
}

// disclosures reads disclosures.jsonl.
func (d *directory) disclosures() (there map[place]auditdb.Disclosure, err error) {
	there = map[place]auditdb.Disclosure{}
	if _, ok := d.sizes[export.FileDisclosures]; !ok {
		d.find(Finding{Code: Tampered, Seq: -1, Where: export.FileDisclosures, Text: export.FileDisclosures + " is missing"})
		return there, nil
	}
	if size, limit := d.sizes[export.FileDisclosures], d.limit(export.FileDisclosures); size > limit {
		return nil, newFlaw(export.FileDisclosures, "has %d bytes, and cannot have more than %d", size, limit)
	}
	r, f, err := d.open(export.FileDisclosures)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxOpening)
	lines.Split(wholeLines)
	bad := 0
	for n := 1; lines.Scan() && bad < maxBroken; n++ {
		dis, jerr := parseDisclosure(lines.Bytes())
		_, twice := there[place{dis.Seq, dis.Field}]
		if jerr != nil || twice {
			bad++
			d.find(Finding{Code: DisclosureMismatch, Seq: -1, Where: export.FileDisclosures, Text: fmt.Sprintf("line %d of %s cannot be read, or is there twice", n, export.FileDisclosures)})
			continue
		}
		there[place{dis.Seq, dis.Field}] = dis
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, newFlaw(export.FileDisclosures, "has a line of more than %d bytes", maxOpening)
	}
	return there, lines.Err()
}

// wholeLines splits into lines with their ends: a line in the one spelling has one.
func wholeLines(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// parseDisclosure reads a line, in the one spelling that Export gives it.
func parseDisclosure(line []byte) (auditdb.Disclosure, error) {
	var dis auditdb.Disclosure
	if err := json.Unmarshal(line, &dis); err != nil {
		return dis, err
	}
	again, err := export.MarshalLine(dis, "")
	if err == nil && !bytes.Equal(again, line) {
		err = audit.ErrNotCanonical
	}
	return dis, err
}

// manifest compares the files with MANIFEST.json.
func (d *directory) manifest(ctx context.Context) error {
	b, err := d.read(export.FileManifest)
	if err != nil {
		return err
	}
	var m export.Manifest
	bad := b == nil || json.Unmarshal(b, &m) != nil
	if !bad {
		again, err := export.MarshalLine(m, "  ")
		bad = err != nil || !bytes.Equal(again, b)
	}
	if bad {
		d.find(Finding{Code: Tampered, Seq: -1, Where: export.FileManifest, Text: export.FileManifest + " is missing or cannot be read"})
		return nil
	}
	listed := map[string]bool{}
	listed[export.FileManifest] = true
	for _, f := range m.Files {
		listed[f.Path] = true
	}
	for path := range d.sizes {
		if !listed[path] {
			d.rep.Extra = append(d.rep.Extra, path)
		}
	}
	slices.Sort(d.rep.Extra)
	if n := len(d.rep.Extra); n > maxExtra {
		d.rep.Extra, d.rep.ExtraOmitted = slices.Clone(d.rep.Extra[:maxExtra]), int64(n-maxExtra)
	}
	d.find(d.hashFiles(ctx, m.Files)...)
	return cmp.Or(d.err, ctx.Err())
}

// maxExtra is how many files that are no part of the export a report names.
const maxExtra = 100

// hashFiles compares the digests of files, in parallel.
func (d *directory) hashFiles(ctx context.Context, files []export.ManifestFile) []Finding {
	found := make([]*Finding, len(files))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range d.o.Workers {
		workers.Go(func() {
			for i := int(next.Add(1) - 1); i < len(files) && ctx.Err() == nil; i = int(next.Add(1) - 1) {
				found[i] = d.hashFile(files[i])
			}
		})
	}
	workers.Wait()
	var out []Finding
	for _, f := range found {
		if f != nil {
			out = append(out, *f)
		}
	}
	return out
}

func (d *directory) hashFile(m export.ManifestFile) *Finding {
	size, ok := d.sizes[m.Path]
	if !ok {
		return &Finding{Code: Tampered, Seq: -1, Where: m.Path, Want: m.SHA256, Text: m.Path + " is in the manifest and not here"}
	}
	tile := strings.HasPrefix(m.Path, "tile/")
	if (tile || m.Path == export.FileEntries) && !d.whole {
		return nil // found to be wrong already, and perhaps without end
	}
	other := &Finding{Code: Tampered, Seq: -1, Where: m.Path, Want: m.SHA256, Text: m.Path + " is not the file that was exported"}
	if tile && !d.belongs(m.Path) {
		other.Text = m.Path + " is in the manifest and no part of the log"
		return other
	}
	if size != m.Bytes || size > d.limit(m.Path) {
		other.Want, other.Got = fmt.Sprintf("%d bytes", m.Bytes), fmt.Sprintf("%d bytes", size)
		return other
	}
	got, err := d.digest(m.Path)
	if err != nil {
		d.fail(err)
		return nil
	}
	if got != m.SHA256 {
		other.Got = got
		return other
	}
	return nil
}

// digest returns the SHA-256 of a file.
func (d *directory) digest(path string) (_ string, err error) {
	r, f, err := d.open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	_, err = io.Copy(h, r)
	return hexOf(h.Sum(nil)), err
}
