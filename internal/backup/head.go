package backup

import (
	"path/filepath"

	"github.com/conformd/conformd/audit/tree"
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
func Remembered(data string) (tree.Checkpoint, []byte, error) {
	b, err := regular.Read(filepath.Join(data, HeadFile), headMost)
	if err != nil {
		return tree.Checkpoint{}, nil, err
	}
	c, err := tree.ReadCheckpoint(b)
	return c, b, err
}

// Remember writes down how far the log of a data directory has come. Either the old or the
// new file is there, whenever the machine stops.
func Remember(data string, checkpoint []byte) error {
	return regular.Replace(filepath.Join(data, HeadFile), checkpoint)
}
