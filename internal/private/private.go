// Package private keeps the files of conformd from other users of the machine: the
// register holds personal data, the signing key vouches for the log, and a token acts in
// the name of the organisation. It checks permissions before a file is used. On systems
// without such permissions (Windows) it finds nothing.
package private

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Bits of a file's mode.
const (
	groupWrite = 0o020
	groupAny   = 0o070
	otherWrite = 0o002
	otherEnter = 0o001
	otherAny   = 0o007
	anyOther   = groupAny | otherAny // all but those of the owner
)

// An Error is a file or folder that others can reach.
type Error struct {
	Path   string
	What   string // "can be written by every user of this machine (mode 0777)"
	Remedy string
}

// Error names the file and says who can reach it.
func (e *Error) Error() string { return e.Path + " " + e.What }

// Dir checks that a data directory, and the files in it that names lists, belong to conformd
// alone. If others can only read a directory or file that conformd owns, Dir sets its mode to
// 0700 or 0600 and returns its path. If others can write to it, the error is an *Error, because
// they may already have changed it. A missing file is no error.
//
// A directory of another owner may be open to its group, as a Kubernetes volume with an
// fsGroup is: conformd cannot change its mode.
func Dir(dir string, names ...string) (tightened []string, err error) {
	info, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if info, err = os.Stat(dir); err != nil {
			return nil, err
		}
	}
	const cure = "chmod 700 %s, or let data_dir name a folder of its own in it, which conformd makes"
	if err := tighten(dir, info, 0o700, fmt.Sprintf(cure, dir), &tightened); err != nil {
		return nil, err
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() {
			return nil, &Error{path, "is not a regular file", "find out who put it there, and restore a backup"}
		}
		if err := tighten(path, info, 0o600, "find out whether it was changed, then chmod 600 "+path, &tightened); err != nil {
			return nil, err
		}
	}
	return tightened, nil
}

// tighten removes all permissions on a path except those of the owner.
func tighten(path string, info fs.FileInfo, to fs.FileMode, remedy string, done *[]string) error {
	mode := info.Mode().Perm()
	mine, known := owned(info)
	switch {
	case !known || mode&anyOther == 0:
		return nil
	case mode&otherWrite != 0:
		return &Error{path, fmt.Sprintf("can be written by every user of this machine (mode %04o)", mode), remedy}
	case mine && mode&groupWrite != 0 && !info.IsDir():
		return &Error{path, fmt.Sprintf("can be written by its group (mode %04o)", mode), remedy}
	case mine:
		if err := os.Chmod(path, to); err != nil {
			return err
		}
		*done = append(*done, path)
		return nil
	case mode&otherAny != 0:
		return &Error{path, fmt.Sprintf("can be read by every user of this machine (mode %04o), and belongs to another user", mode), remedy}
	}
	return nil
}

// Secret holds that a file with a token or password is not open to others. The group may
// read it. Every user may read it only where no other user gets to it: below a folder
// that others cannot enter, or on a mount for reading only, as Docker and Kubernetes hand
// out secrets (0444 on a tmpfs of the container). The error is an *Error.
func Secret(path string) error {
	return judge(path, otherAny, sheltered)
}

// Key is [Secret] for the key that signs the log: its group may not read it either, and a
// closed folder does not make a readable key safe, because the folder may have been open
// before.
func Key(path string) error {
	return judge(path, anyOther, readOnly)
}

// judge refuses a file that others can write to, and a file with a bit of denied in its mode
// unless its place is safe.
func judge(path string, denied fs.FileMode, safe func(path string) bool) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if _, known := owned(info); !known {
		return nil
	}
	mode := info.Mode().Perm()
	if mode&(otherWrite|groupWrite) == 0 && (mode&denied == 0 || safe(path)) {
		return nil
	}
	verb := "read"
	if mode&(otherWrite|groupWrite) != 0 {
		verb = "written"
	}
	whom := "its group"
	if mode&otherAny != 0 {
		whom = "every user of this machine"
	}
	return &Error{
		path, fmt.Sprintf("can be %s by %s (mode %04o)", verb, whom, mode),
		"replace what is in it if others use this machine, then chmod 600 " + path,
	}
}

// sheltered reports whether no other user gets to a file, whatever its mode: it lies on
// a mount for reading only, or below a folder that others cannot enter.
func sheltered(path string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	if real, err = filepath.Abs(real); err != nil {
		return false
	}
	if readOnly(real) {
		return true
	}
	for dir := filepath.Dir(real); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err == nil && info.Mode().Perm()&otherEnter == 0 {
			return true
		}
		if dir == filepath.Dir(dir) {
			return false
		}
	}
}
