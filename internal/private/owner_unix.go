//go:build unix

package private

import (
	"io/fs"
	"os"
	"syscall"
)

// Umask makes every file and folder that the process makes from now on its own: no
// command of conformd writes anything that is meant for other users.
func Umask() { syscall.Umask(0o077) }

// owned reports whether a file belongs to the user that conformd runs as, and whether
// that can be known here.
func owned(info fs.FileInfo) (mine, known bool) {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid(), ok
}
