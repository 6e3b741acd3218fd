package export

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// A sink is a directory that is not there until everything is in it.
type sink struct {
	dir, tmp string
	files    []ManifestFile
}

// newSink starts the new directory dir, beside which it works. Directories get the mode
// 0700 and files 0600: an export holds personal data, and whoever makes it decides who
// else sees it.
func newSink(dir string) (*sink, error) {
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		if err == nil {
			err = os.ErrExist
		}
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	parent, name := filepath.Split(filepath.Clean(dir))
	tmp, err := os.MkdirTemp(cmp.Or(parent, "."), "."+name+".partial-*")
	if err != nil {
		return nil, err
	}
	return &sink{dir: dir, tmp: tmp}, nil
}

// put writes a whole file.
func (s *sink) put(path string, data []byte) error {
	f, err := s.create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// create starts a file.
func (s *sink) create(path string) (*sinkFile, error) {
	full := filepath.Join(s.tmp, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	return &sinkFile{s: s, path: path, f: f, h: h, w: bufio.NewWriterSize(io.MultiWriter(f, h), 1<<16)}, nil
}

// commit writes the manifest and gives the directory its name.
func (s *sink) commit() error {
	slices.SortFunc(s.files, func(a, b ManifestFile) int { return cmp.Compare(a.Path, b.Path) })
	b, err := MarshalLine(Manifest{ManifestFormat, s.files}, "  ")
	if err != nil {
		return err
	}
	if err := s.put(FileManifest, b); err != nil {
		return err
	}
	if err := os.Rename(s.tmp, s.dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(filepath.Clean(s.dir)))
}

// abort removes what was written.
func (s *sink) abort() error { return os.RemoveAll(s.tmp) }

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// A sinkFile is a file being written, with its digest.
type sinkFile struct {
	s    *sink
	path string
	f    *os.File
	h    hash.Hash
	w    *bufio.Writer
	n    int64
}

// Write appends to the file.
func (f *sinkFile) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.n += int64(n)
	return n, err
}

// Close makes the file durable and notes it for the manifest.
func (f *sinkFile) Close() error {
	if err := errors.Join(f.w.Flush(), f.f.Sync(), f.f.Close()); err != nil {
		return err
	}
	f.s.files = append(f.s.files, ManifestFile{f.path, f.n, hex.EncodeToString(f.h.Sum(nil))})
	return nil
}
