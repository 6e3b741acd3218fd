package backup

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

// syncAll brings files of a directory and the directory itself to the disk.
func syncAll(dir string, names ...string) error {
	for _, name := range names {
		if err := syncOne(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return syncOne(dir)
}

func syncOne(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// copyFile copies a file to a new one that its owner alone may read.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}
