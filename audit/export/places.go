package export

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	archived "path" // the names of a ZIP have slashes on every system
	"path/filepath"
)

// A directory is not there until everything is in it.
type directory struct{ dir, tmp string }

// newDirectory starts the new directory dir, beside which it works. Directories get the mode
// 0700 and files 0600: an export holds personal data, and whoever makes it decides who
// else sees it.
func newDirectory(dir string) (*directory, error) {
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
	return &directory{dir, tmp}, nil
}

func (d *directory) create(path string) (io.WriteCloser, error) {
	full := filepath.Join(d.tmp, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return durable{f}, nil
}

// commit gives the directory its name.
func (d *directory) commit() error {
	if err := os.Rename(d.tmp, d.dir); err != nil {
		return err
	}
	return syncDir(filepath.Dir(filepath.Clean(d.dir)))
}

func (d *directory) abort() error { return os.RemoveAll(d.tmp) }

// durable is a file that is on the disk when it is closed.
type durable struct{ *os.File }

func (f durable) Close() error { return errors.Join(f.Sync(), f.File.Close()) }

// syncDir makes the names in dir durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// An archive is a ZIP, with everything in one folder if that has a name. It cannot be read before it is whole: the list of
// its files comes last.
type archive struct {
	zip    *zip.Writer
	folder string
}

func (a *archive) create(path string) (io.WriteCloser, error) {
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: archived.Join(a.folder, path), Method: zip.Deflate})
	return sent{w}, err
}

func (a *archive) commit() error { return a.zip.Close() }

// abort has nothing to take away: what was sent is no ZIP.
func (a *archive) abort() error { return nil }

// sent is a file of an archive, which ends where the next one begins.
type sent struct{ io.Writer }

func (sent) Close() error { return nil }
