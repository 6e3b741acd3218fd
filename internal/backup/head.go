package backup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/regular"
)

// HeadFile is the file in the data directory that says how far the audit log is known to
// have come: its latest signed checkpoint, kept outside the database. It tells an older
// copy of the database, or an emptied one, before conformd goes on from there, signs a
// second history and writes old values to the trackers.
const HeadFile = "audit.head"

// headMost is how large a checkpoint with the signatures of witnesses may be, in bytes.
const headMost = 64 << 10

// Remembered returns the checkpoint that a data directory remembers, and its text. The
// error is fs.ErrNotExist in a new directory and in one of an earlier version.
func Remembered(data string) (audit.Checkpoint, []byte, error) {
	b, err := regular.Read(filepath.Join(data, HeadFile), headMost)
	if err != nil {
		return audit.Checkpoint{}, nil, err
	}
	c, err := audit.ReadCheckpoint(b)
	return c, b, err
}

// Forget forgets how far the log had come: a backup is about to take its place, and the
// log will say so.
func Forget(data string) error {
	err := os.Remove(filepath.Join(data, HeadFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
