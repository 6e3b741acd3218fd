package export

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"slices"
)

// A place is where an export is written. One file is written at a time.
type place interface {
	// create starts a file; closing it keeps it.
	create(path string) (io.WriteCloser, error)
	// commit makes the export whole.
	commit() error
	// abort takes away what was written, as far as it is not sent.
	abort() error
}

// A sink notes for the manifest what is written to a place.
type sink struct {
	place
	files []ManifestFile
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
	f, err := s.place.create(path)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	return &sinkFile{s: s, path: path, f: f, h: h, w: bufio.NewWriterSize(io.MultiWriter(f, h), 1<<16)}, nil
}

// finish writes the manifest and makes the export whole.
func (s *sink) finish() error {
	slices.SortStableFunc(s.files, func(a, b ManifestFile) int { return cmp.Compare(a.Path, b.Path) })
	b, err := MarshalLine(Manifest{ManifestFormat, s.files}, "  ")
	if err != nil {
		return err
	}
	if err := s.put(FileManifest, b); err != nil {
		return err
	}
	return s.commit()
}

// A sinkFile is a file being written, with its digest.
type sinkFile struct {
	s    *sink
	path string
	f    io.WriteCloser
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

// Close keeps the file and notes it for the manifest.
func (f *sinkFile) Close() error {
	if err := errors.Join(f.w.Flush(), f.f.Close()); err != nil {
		return err
	}
	f.s.files = append(f.s.files, ManifestFile{f.path, f.n, hex.EncodeToString(f.h.Sum(nil))})
	return nil
}
