package export

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// The files of a receipt beside those that it has in common with a dossier.
const (
	FileReceipt = "receipt.json"
	// FileSince is the proof that the log at the closing continues the log at the opening.
	FileSince = "since-opening.txt"
)

// The fields of the entries that open and close an audit day, with what the day holds as JSON.
const (
	DayOpening = "opening"      // Opening
	DayReceipt = "receipt.json" // Receipt
)

// An Opening is what is fixed when an audit day is opened.
type Opening struct {
	Audit  string `json:"audit"` // number of the record of the audit
	AsOf   string `json:"as_of"`
	Period string `json:"period"`
	From   string `json:"from"`
	To     string `json:"to"`
	// Population are the numbers of the records that were open in the period.
	Population []string `json:"population"`
	Digest     string   `json:"population_sha256"`
	// Seed and Size say which sample was drawn; there is none without a seed.
	Seed   string    `json:"seed,omitempty"`
	Size   int       `json:"size,omitempty"`
	Sample []Sampled `json:"sample"`
}

// A Sampled is a record of a sample as it was when an audit day was opened.
type Sampled struct {
	Stood
	Why    string   `json:"why"`
	Also   []string `json:"also"`
	Digest string   `json:"digest"` // that the draw goes by
}

// A Stood is a record at a moment. SHA256 is that of record.json of a dossier made then.
type Stood struct {
	Record  string `json:"record"`
	Version int64  `json:"version"`
	SHA256  string `json:"record.json.sha256"`
}

// A Receipt says what an audit day was about and what was asked on it.
type Receipt struct {
	Format    int    `json:"format"`
	Audit     string `json:"audit"`
	Reference string `json:"reference"` // by which findings name the audit
	// Auditors are those that the record of the audit names.
	Auditors []string `json:"auditors"`
	// Opened is the number of the entry that opened the day, and Opening what that entry holds.
	Opened  int64           `json:"opened_entry"`
	Opening json.RawMessage `json:"opening"`
	// Closed is when the day was closed, and Sample the sample as it stood then.
	Closed string  `json:"closed"`
	Sample []Stood `json:"sample_at_closing"`
	// Label and Bindings say where requests were looked for, and Read when.
	Label    string    `json:"label"`
	Bindings []string  `json:"bindings"`
	Read     string    `json:"read"`
	Requests []Request `json:"requests"`
}

// A Request is an issue by which the auditor asked for something, as its tracker shows it. Moments
// are those of the tracker's clock, "" for what did not happen. People are ids of the register, or
// stand for an account of nobody whom the register knows.
type Request struct {
	Binding    string `json:"binding"`
	Issue      string `json:"issue"`
	Title      string `json:"title"`
	URL        string `json:"url,omitempty"`
	Record     string `json:"record,omitempty"` // that the issue is bound to, though it is a request
	Asked      string `json:"asked"`
	AskedBy    string `json:"asked_by"`
	Answered   string `json:"answered,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"`
	Done       bool   `json:"done"`
	Closed     string `json:"closed,omitempty"` // "" of a request that is done where the tracker does not tell when
}

// WriteReceipt writes the receipt of an audit day as a ZIP in the form of a dossier. Data is the receipt.
// d.Seqs are the entries that it rests on; the last of them closes the day and holds the receipt.
func WriteReceipt(ctx context.Context, tx auditdb.Tx, w io.Writer, d Dossier, data []byte, opened int64) (DossierManifest, error) {
	x := &dossier{Dossier: d, tx: tx, sink: sink{place: &archive{zip: zip.NewWriter(w)}}, m: DossierManifest{Format: ManifestFormat, Record: d.Record, Tool: d.Tool}, receipt: data, opened: opened}
	if err := x.run(ctx); err != nil {
		return x.m, fmt.Errorf("audit: receipt of %s: %w", d.Record, err)
	}
	return x.m, nil
}

// since proves that the log under the checkpoint continues the one of the first n entries.
func (p *prover) since(n int64) ([]byte, error) {
	root, err := tlog.TreeHash(n, p)
	if err != nil {
		return nil, err
	}
	hashes, err := tlog.ProveTree(p.at.Size, n, p)
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%d\n%s\n", n, root)
	for _, h := range hashes {
		b.WriteString(h.String() + "\n")
	}
	return []byte(b.String()), nil
}

// ParseSince reads a FileSince: the size and the root of the earlier tree, and the proof.
func ParseSince(data []byte) (n int64, root tlog.Hash, p tlog.TreeProof, err error) {
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if _, err := fmt.Sscanf(lines[0], "%d", &n); err != nil || len(lines) < 2 || lines[0] != fmt.Sprint(n) || n < 1 || !bytes.HasSuffix(data, []byte("\n")) {
		return 0, root, nil, fmt.Errorf("has %q in the place of a size", lines[0])
	}
	for i, l := range lines[1:] {
		h, err := parseHash(l)
		if err != nil {
			return 0, root, nil, err
		}
		if i == 0 {
			root = h
		} else {
			p = append(p, h)
		}
	}
	return n, root, p, nil
}

// Holds reports whether the text of an entry is value, itself or by its digest.
func Holds(t *audit.Text, value string) bool {
	return t != nil && t.Commitment == "" && (t.SHA256 == "" && t.Value == value || t.SHA256 != "" && t.SHA256 == audit.Digested(value).SHA256)
}
