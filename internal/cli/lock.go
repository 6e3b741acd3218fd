package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/conformd/conformd/internal/private"
)

// lockFile shows that a daemon works in a data directory. The operating system
// frees the lock with the process, however it ends, so that none is ever stale.
const lockFile = "conformd.lock"

// codeLocked is the code of the error that another daemon works there.
const codeLocked = "CLI-011"

// lock takes the data directory for one daemon and returns what gives it back.
func (s *session) lock(dir string) (func(), error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Before anything is put there: others may have been faster.
	tightened, err := private.Dir(dir)
	if err != nil {
		return nil, err
	}
	for _, path := range tightened {
		s.say("%s others could read %s; now conformd alone can", s.style.yellow("!"), path)
	}
	path := filepath.Join(dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		held, _ := os.ReadFile(path) // only to name the holder
		_ = f.Close()
		return nil, &fault{
			Code: codeLocked, Exit: ExitFailed, Err: err,
			What:   "another conformd works in " + dir,
			Why:    fmt.Sprintf("a daemon is running there, process %s", strings.TrimSpace(string(held))),
			Remedy: "stop it first, or give this one a data_dir of its own; reading commands work beside it",
		}
	}
	if err := f.Truncate(0); err != nil {
		_ = f.Close()
		return nil, err
	}
	if _, err := fmt.Fprintf(f, "%d\n", os.Getpid()); err != nil {
		_ = f.Close()
		return nil, err
	}
	return func() { _ = f.Close() }, nil
}
