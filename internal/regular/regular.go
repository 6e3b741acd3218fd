// Package regular reads files that another person may have put there. A file name may lead to
// a device that never ends, to a FIFO that waits for a writer, out of the directory through a
// symbolic link, or to a sparse file of a terabyte. The package reads regular files only,
// which it checks on the open file, and never more than a given number of bytes. It writes files
// whole or not at all.
package regular

import (
	"fmt"
	"io"
	"io/fs"
	"os"
)

// An Error is a file that cannot be used because of what it is, not because of the
// disk: a wrong type, or a length beyond the limit.
type Error struct {
	Path string
	What string // "is a FIFO, and must be a regular file"
}

// Error names the file and says what is wrong with it.
func (e *Error) Error() string { return e.Path + " " + e.What }

// Read returns the file at path, of at most limit bytes. It follows a symbolic link, because
// the person who names the link means its target. It returns an *Error for a file that is not
// regular or is longer, and never waits for a FIFO.
func Read(path string, limit int64) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	return read(f, path, limit)
}

// read returns what an open file holds.
func read(f fs.File, path string, limit int64) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if what := Kind(info.Mode()); what != "" {
		return nil, &Error{path, "is " + what + ", and must be a regular file"}
	}
	if info.Size() > limit {
		return nil, &Error{path, fmt.Sprintf("has %d bytes, and cannot have more than %d", info.Size(), limit)}
	}
	// Read one byte more, to refuse a file that grew meanwhile.
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, &Error{path, fmt.Sprintf("grew beyond %d bytes while it was read", limit)}
	}
	return b, nil
}

// Kind names the type of a file in words, "" for a regular file.
func Kind(m fs.FileMode) string {
	switch {
	case m.IsRegular():
		return ""
	case m.IsDir():
		return "a directory"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}
