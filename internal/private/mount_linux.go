package private

import "syscall"

// readOnly reports whether a file lies on a read-only mount (statfs(2), ST_RDONLY; the flag
// belongs to the mount, so this includes bind mounts).
func readOnly(path string) bool {
	const stReadOnly = 1
	var st syscall.Statfs_t
	return syscall.Statfs(path, &st) == nil && int64(st.Flags)&stReadOnly != 0
}
