package auditbench

import (
	"os"
	"syscall"
)

// datasync makes what was written to f durable, as SQLite does.
func datasync(f *os.File) error {
	return os.NewSyscallError("fdatasync", syscall.Fdatasync(int(f.Fd())))
}
