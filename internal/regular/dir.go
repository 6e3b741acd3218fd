package regular

import (
	"io/fs"
	"os"
	"path/filepath"
)

// A Dir is a directory as a file system. No name leads out of it (os.Root). Open never waits
// for a FIFO. Open also opens files that are not regular; [Dir.Read] refuses them.
type Dir struct{ root *os.Root }

// OpenDir opens a directory. The caller closes it.
func OpenDir(path string) (*Dir, error) {
	r, err := os.OpenRoot(path)
	if err != nil {
		return nil, err
	}
	return &Dir{r}, nil
}

// Close closes the directory.
func (d *Dir) Close() error { return d.root.Close() }

// Open opens a file for reading; name has slashes, as fs.FS has it.
func (d *Dir) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	f, err := d.root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Read returns a file of the directory, of at most limit bytes. It returns an *Error
// for one that is not regular or is longer; a symbolic link is not followed.
func (d *Dir) Read(name string, limit int64) ([]byte, error) {
	info, err := d.root.Lstat(filepath.FromSlash(name))
	if err != nil {
		return nil, err
	}
	if what := Kind(info.Mode()); what != "" {
		return nil, &Error{name, "is " + what + ", and must be a regular file"}
	}
	f, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return read(f, name, limit)
}
