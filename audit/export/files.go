package export

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strconv"
)

// The files of an export beside the tiles.
const (
	FileCheckpoint  = "checkpoint"
	FileEntries     = "entries.jsonl"
	FileDisclosures = "disclosures.jsonl"
	FileTexts       = "texts.jsonl"
	FileRegister    = "register.jsonl"
	FileKey         = "key.pub"
	FileVerify      = "VERIFY.txt"
	FileManifest    = "MANIFEST.json"
)

// AppendLine appends entry seq as a line of entries.jsonl: number, leaf hash, and
// the very bytes of the entry.
func AppendLine(dst []byte, seq int64, hash, leaf []byte) []byte {
	dst = append(dst, `{"seq":`...)
	dst = strconv.AppendInt(dst, seq, 10)
	dst = append(dst, `,"leaf_hash":"`...)
	dst = hex.AppendEncode(dst, hash)
	dst = append(dst, `","entry":`...)
	dst = append(dst, leaf...)
	return append(dst, '}', '\n')
}

// ManifestFormat is the version of the manifest's form.
const ManifestFormat = 1

// A Manifest lists the files of an export, sorted by path. It shows a damaged copy;
// it proves nothing, for it is not signed.
type Manifest struct {
	Format int            `json:"format"`
	Files  []ManifestFile `json:"files"`
}

// A ManifestFile is one file of an export.
type ManifestFile struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// MarshalLine returns v as a line of JSON, with <, > and & as they are.
func MarshalLine(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
