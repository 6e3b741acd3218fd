// Package backup makes a backup of a data directory, checks one, and puts one back.
//
// A backup is a directory: the database in one file, the public key of its audit log,
// the configuration without secrets, and a manifest that says what belongs to it. It
// comes into being under another name and gets its own when all of it is on the disk,
// so that half a backup is never taken for a whole one.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

// Format is the version of the form of a backup.
const Format = 1

// The files of a backup.
const (
	Database = store.File
	Public   = "audit.pub"
	Key      = "audit.key" // only where it was asked for
	Config   = "conformd.yaml"
	manifest = "manifest.json"
)

// A Manifest says what belongs to a backup.
type Manifest struct {
	Format  int       `json:"format"`
	Version string    `json:"version"` // of the conformd that made it
	Created time.Time `json:"created"`
	Schema  int64     `json:"schema"` // of the database
	Files   []File    `json:"files"`
	Log     Head      `json:"log"`
}

// A File is one file of a backup.
type File struct {
	Name   string `json:"name"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// A Head is the end of an audit log.
type Head struct {
	Origin     string `json:"origin"`
	Size       int64  `json:"size"`
	Root       string `json:"root"`
	Checkpoint string `json:"checkpoint"` // signed
}

// Has reports whether a file belongs to the backup.
func (m *Manifest) Has(name string) bool {
	return slices.ContainsFunc(m.Files, func(f File) bool { return f.Name == name })
}

// maxManifest is how long a manifest may be, in bytes. It names four files.
const maxManifest = 1 << 20

// Read returns the manifest of the backup in dir.
func Read(dir string) (*Manifest, error) {
	b, err := regular.Read(filepath.Join(dir, manifest), maxManifest)
	if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("%s: the backup has format %d, and this conformd knows format %d", manifest, m.Format, Format)
	}
	return &m, nil
}

// sum returns what the manifest is to say of a file.
func sum(dir, name string) (File, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{Name: name, SHA256: hex.EncodeToString(h.Sum(nil)), Size: n}, err
}
