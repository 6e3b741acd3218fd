package private

import "syscall"

// readOnly reports whether a file lies on a mount for reading only (statfs(2),
// ST_RDONLY; the flag is that of the mount, so it holds for bind mounts as well).
func readOnly(path string) bool {
	const stReadOnly = 1
	var st syscall.Statfs_t
	return syscall.Statfs(path, &st) == nil && int64(st.Flags)&stReadOnly != 0
}
