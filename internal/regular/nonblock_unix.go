//go:build unix

package regular

import "syscall"

// nonblock makes opening a FIFO return at once, whether or not it has a writer (POSIX
// open, O_NONBLOCK). It means nothing to a regular file.
const nonblock = syscall.O_NONBLOCK
