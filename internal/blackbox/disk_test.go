//go:build unix

package blackbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
)

// diskSize holds the database of a world, its log and a copy of neither.
const diskSize = "24m"

// A disk is the file system of the data directory: small, and of its own, so that it
// can be full without harm to the machine.
type disk struct {
	*lane
	full atomic.Bool
}

// newDisk mounts the disk. Where that is not allowed the world goes on without a full
// disk, and TestBlackBox says so.
func newDisk(l *lane) *disk {
	l.Helper()
	d := &disk{lane: l}
	if err := os.Mkdir(l.data, 0o700); err != nil {
		l.Fatal(err)
	}
	if !l.options.DiskFull {
		return d
	}
	out, err := exec.CommandContext(l.ctx, "mount", "-t", "tmpfs", "-o", "mode=700,size="+diskSize, "tmpfs", l.data).CombinedOutput() //nolint:gosec // a folder made here
	if err != nil {
		l.options.DiskFull = false
		why := fmt.Sprintf("mount: %v: %s", err, strings.TrimSpace(string(out)))
		l.Log("the full disk is left out: " + why)
		l.sum.leaveOut(why)
		return d
	}
	l.Cleanup(func() {
		if l.Failed() { // what was on it goes with it
			if err := os.CopyFS(filepath.Join(l.dir, "data-kept"), os.DirFS(l.data)); err != nil {
				l.Log(err)
			}
		}
		if err := syscall.Unmount(l.data, 0); err != nil {
			l.Errorf("umount %s: %v", l.data, err)
		}
	})
	return d
}

func (d *disk) isFull() bool { return d.full.Load() }

func (d *disk) ballast() string { return filepath.Join(d.data, "ballast") }

// fill takes all the space there is.
func (d *disk) fill() {
	d.Helper()
	d.full.Store(true)
	d.daemon.outOfSpace()
	f, err := os.Create(d.ballast())
	if err == nil {
		defer func() { _ = f.Close() }()
	}
	for chunk := make([]byte, 4096); err == nil; {
		_, err = f.Write(chunk)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.Fatal(err)
	}
}

// free gives the space back. Whoever ran without it may still end because of that.
func (d *disk) free() {
	d.Helper()
	if err := os.Remove(d.ballast()); err != nil && !errors.Is(err, os.ErrNotExist) {
		d.Fatal(err)
	}
	d.full.Store(false)
}
