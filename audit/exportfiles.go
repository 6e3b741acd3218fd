package audit

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// The files of an export beside the tiles.
const (
	fileCheckpoint  = "checkpoint"
	fileEntries     = "entries.jsonl"
	fileDisclosures = "disclosures.jsonl"
	fileTexts       = "texts.jsonl"
	fileRegister    = "register.jsonl"
	fileKey         = "key.pub"
	fileVerify      = "VERIFY.txt"
	fileManifest    = "MANIFEST.json"
)

// appendLine appends entry seq as a line of entries.jsonl: number, leaf hash, and
// the very bytes of the entry.
func appendLine(dst []byte, seq int64, hash, leaf []byte) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendInt(dst, seq, 10)
	dst = append(dst, `,"leaf_hash":"`...)
	dst = hex.AppendEncode(dst, hash)
	dst = append(dst, `","entry":`...)
	dst = append(dst, leaf...)
	return append(dst, '}', '\n')
}

// A disclosure is a line of disclosures.jsonl: what opens a commitment of entry Seq.
type disclosure struct {
	Seq   int64  `json:"seq"`
	Field string `json:"field"` // and which value, "owner/after"
	Salt  string `json:"salt"`  // hex
	Value string `json:"value"`
}

// commitment returns what d opens, "" when its salt is not hex.
func (d disclosure) commitment() string {
	salt, err := hex.DecodeString(d.Salt)
	if err != nil {
		return ""
	}
	return commit(salt, d.Value)
}

const selectAllDisclosures = `SELECT seq, field, salt, value FROM audit_disclosure ORDER BY seq, field`

// disclosures calls f with everything that opens a commitment, in order.
func disclosures(ctx context.Context, tx Tx, f func(disclosure) error) (err error) {
	rows, err := tx.QueryContext(ctx, selectAllDisclosures)
	if err != nil {
		return fmt.Errorf("audit: read disclosures: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var d disclosure
		var salt []byte
		if err := rows.Scan(&d.Seq, &d.Field, &salt, &d.Value); err != nil {
			return fmt.Errorf("audit: read disclosures: %w", err)
		}
		d.Salt = hex.EncodeToString(salt)
		if err := f(d); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("audit: read disclosures: %w", err)
	}
	return nil
}

// manifestFormat is the version of the manifest's form.
const manifestFormat = 1

// A manifest lists the files of an export, sorted by path. It shows a damaged copy;
// it proves nothing, for it is not signed.
type manifest struct {
	Format int            `json:"format"`
	Files  []manifestFile `json:"files"`
}

type manifestFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// marshalLine returns v as a line of JSON, with <, > and & as they are.
func marshalLine(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
