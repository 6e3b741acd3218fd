package verify

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// Bounds of what is read from a dossier.
const (
	// MaxDossier is how many bytes a dossier may have, as a ZIP and unpacked.
	MaxDossier = 1 << 28
	// maxProofs is how many files a dossier may have.
	maxProofs = 1 << 16
)

// Dossier checks a dossier, the bytes of a ZIP: every file against the manifest, the entries
// against the signed checkpoint by their proofs, the record against what the entries tell, and
// its page against the entry that notes the dossier. A ZIP with the receipt of an audit day is
// checked alike. What is wrong is in the report.
func Dossier(data []byte, v tree.Verifier, o Options) *Report {
	d := &dossier{verification: newVerification(v, o)}
	d.run(data)
	switch {
	case d.rep.Sound && d.rep.Receipt:
		d.sayReceipt()
	case d.rep.Sound:
		d.sayDossier()
	default:
		d.rep.NotChecked = append(d.rep.NotChecked, "the rest of the dossier: what is there cannot be read as one, or is not what was signed")
	}
	return d.finish()
}

// DossierKey returns key.pub of a dossier, nil if it has none that can be read.
func DossierKey(data []byte) []byte {
	files, _ := unpack(data)
	return files[export.FileKey]
}

// A dossier is a verification of a dossier.
type dossier struct {
	*verification
	files    map[string][]byte
	manifest export.DossierManifest
	entries  []audit.Stored
	requests int  // in the receipt of an audit day
	sampled  bool // it has a sample
	drawn    bool // which was drawn again
}

func (d *dossier) run(data []byte) {
	files, flaws := unpack(data)
	d.files = files
	d.find(flaws...)
	if len(flaws) > 0 || !d.listed() || !d.checkpoint(files[export.FileCheckpoint], export.FileCheckpoint) {
		return
	}
	d.outside()
	if got := (export.DossierLog{Origin: d.at.Origin, Size: d.at.Size, Root: d.at.RootText()}); got != d.manifest.Log {
		d.wrong(export.FileManifest, -1, fmt.Sprint(got), fmt.Sprint(d.manifest.Log), "%s says another log than the checkpoint", export.FileManifest)
	}
	d.read()
	if _, there := files[export.FileReceipt]; there {
		d.receipt()
	} else {
		d.record()
		d.made()
	}
	d.rep.Dossier = d.manifest.Record
	d.rep.Sound = len(d.own.list) == 0
}

// wrong adds a finding about a file.
func (d *dossier) wrong(where string, seq int64, want, got, format string, args ...any) {
	d.find(Finding{Code: Tampered, Seq: seq, Where: where, Want: want, Got: got, Text: fmt.Sprintf(format, args...)})
}

// unpack returns the files of a dossier, and what is wrong with the ZIP.
func unpack(data []byte) (map[string][]byte, []Finding) {
	flaw := func(format string, args ...any) []Finding {
		return []Finding{newFlaw("the dossier", format, args...).Finding}
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, flaw("is no ZIP that can be read: %v", err)
	}
	if len(z.File) > maxProofs {
		return nil, flaw("has %d files, and cannot have more than %d", len(z.File), maxProofs)
	}
	files := map[string][]byte{}
	var flaws []Finding
	left := int64(MaxDossier)
	for _, f := range z.File {
		if _, twice := files[f.Name]; twice || !f.Mode().IsRegular() || !ofDossier(f.Name) {
			flaws = append(flaws, newFlaw(f.Name, "is no file that a dossier has, or is there twice").Finding)
			continue
		}
		b, err := unpacked(f, left)
		if err != nil {
			flaws = append(flaws, newFlaw(f.Name, "cannot be read: %v", err).Finding)
			continue
		}
		left -= int64(len(b))
		files[f.Name] = b
	}
	return files, flaws
}

// unpacked returns the bytes of a file of a ZIP, at most limit.
func unpacked(f *zip.File, limit int64) (b []byte, err error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if b, err = io.ReadAll(io.LimitReader(r, limit+1)); err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("the dossier has more than %d bytes when unpacked", MaxDossier)
	}
	return b, err
}

func ofDossier(name string) bool {
	switch name {
	case export.FilePage, export.FileRecord, export.FileReceipt, export.FileSince, export.FileEntries, export.FileTexts, export.FileCheckpoint, export.FileKey, export.FileVerify, export.FileManifest:
		return true
	}
	return strings.HasPrefix(name, export.ProofPrefix) && strings.HasSuffix(name, export.ProofSuffix)
}

// listed holds the files against the manifest.
func (d *dossier) listed() bool {
	if err := json.Unmarshal(d.files[export.FileManifest], &d.manifest); err != nil || d.manifest.Format != export.ManifestFormat {
		d.wrong(export.FileManifest, -1, "", "", "%s is missing, or none of format %d", export.FileManifest, export.ManifestFormat)
		return false
	}
	listed := map[string]bool{export.FileManifest: true}
	for _, f := range d.manifest.Files {
		listed[f.Path] = true
		b, there := d.files[f.Path]
		if !there {
			d.wrong(f.Path, -1, f.SHA256, "", "%s is missing", f.Path)
		} else if got := sumOf(b); got != f.SHA256 || int64(len(b)) != f.Bytes {
			d.wrong(f.Path, -1, f.SHA256, got, "%s is not the file that the manifest lists", f.Path)
		}
	}
	for _, path := range slices.Sorted(maps.Keys(d.files)) {
		if !listed[path] {
			d.wrong(path, -1, "", "", "%s is not in the manifest", path)
		}
	}
	return true
}

// outside holds the checkpoint against that of the reader. Of one of another size nothing can be
// said here: a proof that one continues the other takes the whole log.
func (d *dossier) outside() {
	if d.o.Against == nil {
		return
	}
	n, err := tree.OpenNote(d.o.Against, d.keys)
	var c tree.Checkpoint
	if err == nil {
		c, err = tree.ParseCheckpoint(n.Text)
	}
	if err != nil {
		d.find(Finding{Code: BadSignature, Seq: -1, Where: heldCheckpoint, Text: fmt.Sprintf("the checkpoint to hold the log against cannot be used: %v", err)})
		return
	}
	d.rep.HeldSize, d.given = c.Size, &c
	switch {
	case c.Origin != d.at.Origin || c.Size != d.at.Size:
	case c.Root != d.at.Root:
		d.find(Finding{
			Code: Forked, Seq: -1, Where: heldCheckpoint, Want: c.RootText(), Got: d.at.RootText(),
			Text: "the log of the dossier and that of the held checkpoint have the same length and other entries",
		})
	default:
		d.held = &c
	}
}

// read reads the entries, each with its proof.
func (d *dossier) read() {
	var want []int64
	want = append(append(want, d.manifest.Entries...), d.manifest.Made)
	at := int64(-1)
	for line := range bytes.Lines(d.files[export.FileEntries]) {
		s, err := entryOf(line)
		if err != nil {
			d.wrong(export.FileEntries, -1, "", "", "%s: the line after entry %d is none: %v", export.FileEntries, at, err)
			return
		}
		if s.Seq <= at {
			d.wrong(export.FileEntries, s.Seq, "", "", "%s: entry %d comes after entry %d", export.FileEntries, s.Seq, at)
		}
		at = s.Seq
		d.proven(s)
		if s.Entry, err = audit.ParseEntry(s.Leaf); err != nil {
			d.find(Finding{Code: Malformed, Seq: s.Seq, Where: export.FileEntries, Text: err.Error()})
		}
		d.entries = append(d.entries, s)
	}
	got := make([]int64, len(d.entries))
	for i, s := range d.entries {
		got[i] = s.Seq
	}
	if !slices.Equal(got, want) {
		d.wrong(export.FileEntries, -1, fmt.Sprint(want), fmt.Sprint(got), "%s has other entries than the manifest says", export.FileEntries)
	}
	for path := range d.files {
		if strings.HasPrefix(path, export.ProofPrefix) && !slices.ContainsFunc(got, func(n int64) bool { return export.ProofPath(n) == path }) {
			d.wrong(path, -1, "", "", "%s is a proof of no entry", path)
		}
	}
}

// entryOf reads a line of entries.jsonl, which must be as it was written.
func entryOf(line []byte) (s audit.Stored, err error) {
	var l struct {
		Seq   int64           `json:"seq"`
		Hash  string          `json:"leaf_hash"`
		Entry json.RawMessage `json:"entry"`
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return s, err
	}
	s = audit.Stored{Seq: l.Seq, Leaf: l.Entry, Hash: tlog.RecordHash(l.Entry)}
	if again := export.AppendLine(nil, s.Seq, s.Hash[:], s.Leaf); !bytes.Equal(again, line) {
		return s, fmt.Errorf("entry %d is written otherwise, or its leaf hash is another: %s", s.Seq, l.Hash)
	}
	return s, nil
}

// proven holds an entry against the checkpoint by its proof.
func (d *dossier) proven(s audit.Stored) {
	path := export.ProofPath(s.Seq)
	seq, p, checkpoint, err := export.ParseProof(d.files[path])
	switch {
	case err != nil:
		d.wrong(path, s.Seq, "", "", "%s %v", path, err)
	case seq != s.Seq || !bytes.Equal(checkpoint, d.files[export.FileCheckpoint]):
		d.wrong(path, s.Seq, "", "", "%s is a proof of another entry, or under another checkpoint", path)
	case s.Seq >= d.at.Size:
		d.wrong(export.FileEntries, s.Seq, "", "", "entry %d is not among the %d of the checkpoint", s.Seq, d.at.Size)
	default:
		if err := tlog.CheckRecord(p, d.at.Size, tlog.Hash(d.at.Root), s.Seq, tlog.Hash(s.Hash)); err != nil {
			d.wrong(export.FileEntries, s.Seq, "", "", "entry %d is not in the tree that was signed, or %s is not its proof", s.Seq, path)
		}
	}
}

// record replays the entries about the record, and compares.
func (d *dossier) record() {
	var row struct {
		Record struct {
			ID  string `json:"id"`
			Ref string `json:"ref"`
		} `json:"record"`
	}
	if err := json.Unmarshal(d.files[export.FileRecord], &row); err != nil || row.Record.Ref != d.manifest.Record {
		d.wrong(export.FileRecord, -1, d.manifest.Record, row.Record.Ref, "%s is not the record %s", export.FileRecord, d.manifest.Record)
		return
	}
	texts := d.texts()
	if d.o.Register == nil {
		return
	}
	value := func(_ string, t *audit.Text) (string, bool) {
		if t.SHA256 == "" {
			return t.Value, t.Commitment == ""
		}
		s, ok := texts[t.SHA256]
		return s, ok
	}
	for i := range d.entries {
		e := &d.entries[i].Entry
		if e.Subject.ID != row.Record.ID {
			continue
		}
		told, err := d.o.Register.Read(e, value)
		if err != nil {
			d.find(Finding{Code: Malformed, Seq: d.entries[i].Seq, Where: export.FileEntries, Text: err.Error()})
			return
		}
		if told != nil {
			d.o.Register.Apply(d.entries[i].Seq, told)
		}
	}
	c, err := d.o.Register.Compare(only(bytes.TrimSuffix(d.files[export.FileRecord], []byte("\n"))), export.FileRecord)
	if err != nil {
		d.wrong(export.FileRecord, -1, "", "", "%v", err)
		return
	}
	d.find(c.Findings...)
	d.rep.Compared, d.rep.Records, d.rep.Unknown, d.rep.Waiting = true, c.Records, c.Unknown, c.Waiting
}

func only(row []byte) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) { yield(row, nil) }
}

// texts returns the long texts by their digests.
func (d *dossier) texts() map[string]string {
	out := map[string]string{}
	for line := range bytes.Lines(d.files[export.FileTexts]) {
		var k auditdb.KeptText
		if json.Unmarshal(line, &k) != nil || !k.Sound() {
			d.wrong(export.FileTexts, -1, "", "", "%s has a text that is not the one which its digest names", export.FileTexts)
			continue
		}
		out[k.SHA256] = k.Value
	}
	return out
}

// made holds record and page against the signed entry that notes the dossier.
func (d *dossier) made() {
	i := slices.IndexFunc(d.entries, func(s audit.Stored) bool { return s.Seq == d.manifest.Made })
	if i < 0 || d.entries[i].Entry.Verb != audit.ExportMade {
		d.wrong(export.FileEntries, d.manifest.Made, "", "", "entry %d does not note a dossier", d.manifest.Made)
		return
	}
	said := map[string]string{}
	for _, c := range d.entries[i].Entry.Changes {
		if c.After != nil {
			said[c.Field] = c.After.Value
		}
	}
	for _, x := range []struct{ field, path, got string }{
		{export.MadePage, export.FilePage, sumOf(d.files[export.FilePage])}, {export.MadeRow, export.FileRecord, sumOf(d.files[export.FileRecord])}, {export.MadeRecord, export.FileManifest, d.manifest.Record},
	} {
		if said[x.field] != x.got {
			d.wrong(x.path, d.manifest.Made, said[x.field], x.got, "%s is not what entry %d of the log says that it was", x.path, d.manifest.Made)
		}
	}
}
