// Package disktest is a disk in memory for SQLite that fails on command: it loses
// power, is full, cannot sync, or flips a bit. It knows which writes were synced,
// and a power cut keeps, loses or tears each of the others by itself.
//
// What it is harder than: a real disk writes whole pages in some order; this one
// decides for each sector of each write. What it is not: it does not lie about a
// sync, and never damages what lies beside a write, which is what SQLite assumes of
// every disk (its "powersafe overwrite").
//
// The database on it has one connection, because the disk has no shared memory.
package disktest

import (
	"maps"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/ncruces/go-sqlite3"
)

// A Disk holds files. It may be used by several goroutines.
type Disk struct {
	mu    sync.Mutex
	files map[string]*inode // as a process sees them
	names map[string]*inode // as they would be found after a power cut
	ops   int
	cut   int // the operation at which the machine stops, 0 for none
	dead  bool
	quota int64
	// unsyncable is how many syncs are still to fail, and lose what was not synced.
	unsyncable int
	rng        *rand.Rand
	mount      string // the name under which SQLite knows the disk
}

// New returns an empty disk.
func New() *Disk {
	return &Disk{files: map[string]*inode{}, names: map[string]*inode{}}
}

// StopAt stops the machine at its n-th operation from now: that one and all after it
// fail and change nothing. An operation is what changes the disk or waits for it: a
// write, a sync, a truncation, a deletion, or the making of a file.
func (d *Disk) StopAt(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = d.ops + n
}

// Stop stops the machine now.
func (d *Disk) Stop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
}

// Stopped reports whether the machine has stopped.
func (d *Disk) Stopped() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead
}

// Ops counts the operations so far.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Limit lets the files hold no more than n bytes together; 0 is no limit.
func (d *Disk) Limit(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.quota = n
}

// Used returns how many bytes the files hold.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used()
}

func (d *Disk) used() (n int64) {
	for _, f := range d.files {
		n += int64(len(f.data))
	}
	return n
}

// FailSyncs makes the next n syncs fail, in the way of Linux: what was to be synced
// is forgotten to be unwritten. Some of it has reached the disk, some never will,
// and the file still shows all of it.
func (d *Disk) FailSyncs(n int, rng *rand.Rand) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.unsyncable, d.rng = n, rng
}

// Kill returns the disk as the next process sees it after the end of this one:
// everything written is there, and what was not synced still is not.
func (d *Disk) Kill() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
	return d.copied()
}

// Copy returns a disk of its own with the same files.
func (d *Disk) Copy() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.copied()
}

func (d *Disk) copied() *Disk {
	next := New()
	next.quota = d.quota
	made := map[*inode]*inode{}
	for _, from := range []map[string]*inode{d.files, d.names} {
		for _, f := range from {
			if made[f] == nil {
				made[f] = f.copied()
			}
		}
	}
	for name, f := range d.files {
		next.files[name] = made[f]
	}
	for name, f := range d.names {
		next.names[name] = made[f]
	}
	return next
}

// PowerCut returns the disk as the next boot finds it: what was synced is there, and
// of the rest each sector of each write is kept, lost or torn as rng has it. A file
// that was made or deleted and not synced is there or not.
func (d *Disk) PowerCut(rng *rand.Rand) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.dead = true
	next := New()
	next.quota = d.quota
	all := maps.Clone(d.names)
	maps.Copy(all, d.files)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f := d.names[name]
		if now := d.files[name]; now != f && rng.IntN(2) == 0 {
			f = now
		}
		if f == nil {
			continue
		}
		img := f.after(rng)
		g := &inode{data: img, durable: slices.Clone(img)}
		next.files[name], next.names[name] = g, g
	}
	return next
}

// Size returns the size of a file, 0 if there is none.
func (d *Disk) Size(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if f := d.files[name]; f != nil {
		return len(f.data)
	}
	return 0
}

// FlipBit changes one bit of a file, as a disk that ages does.
func (d *Disk) FlipBit(name string, bit int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f := d.files[name]
	f.data[bit/8] ^= 1 << (bit % 8)
	if bit/8 < len(f.durable) {
		f.durable[bit/8] ^= 1 << (bit % 8)
	}
}

// step is one operation.
func (d *Disk) step() error {
	d.ops++
	if d.cut > 0 && d.ops >= d.cut {
		d.dead = true
	}
	if d.dead {
		return sqlite3.IOERR
	}
	return nil
}
