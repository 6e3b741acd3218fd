package export

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// The files of a dossier beside those that it has in common with an export.
const (
	FilePage   = "record.html" // the record as an auditor reads it
	FileRecord = "record.json" // the same as a line of register.jsonl
	// ProofPrefix and ProofSuffix stand around the number of the entry that a proof is of.
	ProofPrefix = "proof/"
	ProofSuffix = ".tlog-proof"
)

// A Dossier is one record with the entries of the log about it.
type Dossier struct {
	Record string  // its number
	Tool   string  // version of the program
	Seqs   []int64 // entries about the record, and last the one that notes the dossier
	Page   []byte  // record.html
	Row    []byte  // record.json
	Keys   []string
}

// A DossierManifest says what a dossier holds. It is not signed: the entry Made, which is in the
// dossier and in the signed tree, has the digests of the record.
type DossierManifest struct {
	Format  int            `json:"format"`
	Record  string         `json:"record"`
	AsOf    string         `json:"as_of"` // when the last entry of the log was written
	Tool    string         `json:"tool"`
	Log     DossierLog     `json:"log"`
	Entries []int64        `json:"entries"` // about the record
	Made    int64          `json:"made"`    // entry that notes the dossier
	Files   []ManifestFile `json:"files"`
}

// A DossierLog is the log under the checkpoint of a dossier.
type DossierLog struct {
	Origin string `json:"origin"`
	Size   int64  `json:"entries"`
	Root   string `json:"root"` // base64
}

// WriteDossier writes a dossier as a ZIP: the record, its entries, a proof in the form of C2SP
// tlog-proof that each is in the signed tree, and how to check it. Personal data stays as the
// entries have it, a commitment. Everything of the log is read through tx, which must show one
// state of the database. A log that does not fit its checkpoint gives an error.
func WriteDossier(ctx context.Context, tx auditdb.Tx, w io.Writer, d Dossier) (DossierManifest, error) {
	x := &dossier{Dossier: d, tx: tx, sink: sink{place: &archive{zip: zip.NewWriter(w)}}, m: DossierManifest{Format: ManifestFormat, Record: d.Record, Tool: d.Tool}}
	if err := x.run(ctx); err != nil {
		return x.m, fmt.Errorf("audit: dossier of %s: %w", d.Record, err)
	}
	return x.m, nil
}

type dossier struct {
	Dossier
	tx auditdb.Tx
	sink
	m DossierManifest
	// receipt is that of an audit day, nil for a dossier, and opened the entry that opened the day.
	receipt []byte
	opened  int64
}

func (x *dossier) run(ctx context.Context) error {
	if len(x.Seqs) == 0 {
		return errors.New("no entry of the log is about it")
	}
	msg, err := auditdb.CurrentCheckpoint(ctx, x.tx)
	if err != nil {
		return err
	}
	at, err := tree.ReadCheckpoint(msg)
	if err != nil {
		return err
	}
	last, err := auditdb.Get(ctx, x.tx, at.Size-1)
	if err != nil {
		return err
	}
	slices.Sort(x.Seqs)
	end := len(x.Seqs) - 1
	x.m.Entries, x.m.Made = x.Seqs[:end], x.Seqs[end]
	x.m.AsOf, x.m.Log = audit.StampOf(last.Leaf), DossierLog{at.Origin, at.Size, at.RootText()}
	entries, err := auditdb.Entries(ctx, x.tx, x.Seqs...)
	if err != nil {
		return err
	}
	p, err := newProver(ctx, x.tx, at, x.Seqs)
	if err != nil {
		return err
	}
	texts, err := x.texts(ctx, entries)
	if err != nil {
		return err
	}
	var since []byte
	instructions := x.instructions
	if x.receipt != nil {
		instructions = x.receiptInstructions
		if since, err = p.since(x.opened + 1); err != nil {
			return err
		}
	}
	var lines []byte
	for _, e := range entries {
		lines = AppendLine(lines, e.Seq, e.Hash[:], e.Leaf)
	}
	for _, f := range []struct {
		path string
		data []byte
	}{
		{FilePage, x.Page},
		{FileRecord, x.Row},
		{FileReceipt, x.receipt},
		{FileSince, since},
		{FileEntries, lines},
		{FileTexts, texts},
		{FileCheckpoint, msg},
		{FileKey, []byte(strings.Join(tree.KeysOf(at.Origin, x.Keys), "\n") + "\n")},
		{FileVerify, []byte(instructions())},
	} {
		if err := x.put(f.path, f.data); err != nil {
			return err
		}
	}
	for _, e := range entries {
		proof, err := p.proof(e.Seq, msg)
		if err != nil {
			return err
		}
		if err := x.put(ProofPath(e.Seq), proof); err != nil {
			return err
		}
	}
	x.m.Files = x.files
	manifest, err := MarshalLine(x.m, "  ")
	if err != nil {
		return err
	}
	return errors.Join(x.put(FileManifest, manifest), x.commit())
}

// ProofPath is the path of the proof of an entry.
func ProofPath(seq int64) string { return fmt.Sprintf("%s%d%s", ProofPrefix, seq, ProofSuffix) }

// put adds a file. Nothing is added for a text that is not there.
func (x *dossier) put(path string, data []byte) error {
	if data == nil {
		return nil
	}
	return x.sink.put(path, data)
}

// texts returns the long texts that entries name, nil if they name none that is still there.
func (x *dossier) texts(ctx context.Context, entries []audit.Stored) ([]byte, error) {
	var out []byte
	seen := map[string]bool{}
	var add func(*audit.Entry) error
	add = func(e *audit.Entry) error {
		for _, t := range named(e) {
			if seen[t.SHA256] {
				continue
			}
			seen[t.SHA256] = true
			value, err := auditdb.TextOf(ctx, x.tx, t.SHA256)
			if errors.Is(err, sql.ErrNoRows) {
				continue // erased, or of an earlier version
			}
			if err != nil {
				return err
			}
			line, err := MarshalLine(auditdb.KeptText{SHA256: t.SHA256, Value: value}, "")
			if err != nil {
				return err
			}
			out = append(out, line...)
			if t != e.Full {
				continue
			}
			full, err := audit.ParseFull(value)
			if err != nil {
				return err
			}
			if err := add(&full); err != nil {
				return err
			}
		}
		return nil
	}
	for i := range entries {
		if err := add(&entries[i].Entry); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// named returns the texts of an entry that lie beside the log.
func named(e *audit.Entry) (out []*audit.Text) {
	all := []*audit.Text{e.Facts, e.Full}
	for _, c := range e.Changes {
		all = append(all, c.Before, c.After)
	}
	for _, t := range all {
		if t != nil && t.SHA256 != "" {
			out = append(out, t)
		}
	}
	return out
}

// The fields of the entry that notes a dossier, with the digests of its files.
const (
	MadeRecord = "record"
	MadePage   = "record.html.sha256"
	MadeRow    = "record.json.sha256"
)

// Made returns what the entry that notes a dossier says of it.
func Made(record string, page, row []byte) []audit.FieldChange {
	digest := func(b []byte) *audit.Text {
		sum := sha256.Sum256(b)
		return audit.NewText(hex.EncodeToString(sum[:]))
	}
	return []audit.FieldChange{{Field: MadeRecord, After: audit.NewText(record)}, {Field: MadePage, After: digest(page)}, {Field: MadeRow, After: digest(row)}}
}

// proofHead begins a proof, C2SP tlog-proof.
const proofHead = "c2sp.org/tlog-proof@v1\n"

// ParseProof reads a proof: the number of the entry, the hashes, and the checkpoint, byte for
// byte as it was signed.
func ParseProof(data []byte) (seq int64, p tlog.RecordProof, checkpoint []byte, err error) {
	head, checkpoint, ok := bytes.Cut(data, []byte("\n\n"))
	rest, found := strings.CutPrefix(string(head)+"\n", proofHead)
	if !ok || !found {
		return 0, nil, nil, errors.New("is no proof in the form of C2SP tlog-proof")
	}
	for i, l := range strings.Split(strings.TrimSuffix(rest, "\n"), "\n") {
		if i == 0 {
			if _, err := fmt.Sscanf(l, "index %d", &seq); err != nil || l != fmt.Sprintf("index %d", seq) || seq < 0 {
				return 0, nil, nil, fmt.Errorf("has %q in the place of the number of its entry", l)
			}
			continue
		}
		h, err := parseHash(l)
		if err != nil {
			return 0, nil, nil, err
		}
		p = append(p, h)
	}
	return seq, p, checkpoint, nil
}

// parseHash reads a hash in its one spelling: Base64 has spare bits at its end, which
// tlog.ParseHash does not look at.
func parseHash(line string) (tlog.Hash, error) {
	h, err := tlog.ParseHash(line)
	if err != nil || h.String() != line {
		return h, fmt.Errorf("has %q in the place of a hash", line)
	}
	return h, nil
}
