package disktest

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"sync/atomic"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/driver"
	"github.com/ncruces/go-sqlite3/ext/fts5"
	"github.com/ncruces/go-sqlite3/vfs"
)

// mounts numbers the names under which SQLite knows the disks.
var mounts atomic.Int64

// Open opens a database on the disk, on one connection, with settings as a DSN has
// them. The disk stays known to SQLite until Unmount.
func (d *Disk) Open(path, settings string) (*sql.DB, error) {
	d.mu.Lock()
	if d.mount == "" {
		d.mount = fmt.Sprintf("disktest%d", mounts.Add(1))
		vfs.Register(d.mount, mounted{d})
	}
	// Without shared memory only a connection that has the file for itself can keep a
	// write-ahead log, so that must be said first.
	dsn := "file:" + path + "?vfs=" + d.mount + "&_pragma=locking_mode(exclusive)&" + settings
	d.mu.Unlock()
	db, err := driver.Open(dsn, fts5.Register) // the store searches texts
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	db.SetMaxIdleConns(1)
	return db, nil
}

// Unmount has SQLite forget the disk, when nothing is open on it any more.
func (d *Disk) Unmount() {
	d.mu.Lock()
	defer d.mu.Unlock()
	vfs.Unregister(d.mount)
	d.mount = ""
}

// Refused reports whether err says that the disk is full or that it failed.
func Refused(err error) bool {
	return errors.Is(err, sqlite3.FULL) || errors.Is(err, sqlite3.IOERR) || errors.Is(err, sqlite3.READONLY) ||
		errors.Is(err, sqlite3.BUSY) || errors.Is(err, sqlite3.LOCKED)
}

// mounted is a disk as SQLite sees it.
type mounted struct{ d *Disk }

func (m mounted) Open(name string, flags vfs.OpenFlag) (vfs.File, vfs.OpenFlag, error) {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.dead {
		return nil, flags, sqlite3.IOERR
	}
	if name == "" { // a file for temporary use, which nobody finds again
		return &file{d: d, f: &inode{}}, flags, nil
	}
	f := d.files[name]
	if f == nil {
		if flags&vfs.OPEN_CREATE == 0 {
			return nil, flags, sqlite3.CANTOPEN
		}
		if err := d.step(); err != nil {
			return nil, flags, err
		}
		f = &inode{}
		d.files[name] = f
	}
	return &file{d: d, f: f, name: name}, flags, nil
}

// Delete deletes a file. Before its folder is synced a power cut may bring it back.
func (m mounted) Delete(name string, sync bool) error {
	d := m.d
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.step(); err != nil {
		return err
	}
	if d.files[name] == nil {
		return sqlite3.IOERR_DELETE_NOENT
	}
	delete(d.files, name)
	if sync {
		delete(d.names, name)
	}
	return nil
}

func (m mounted) Access(name string, _ vfs.AccessFlag) (bool, error) {
	m.d.mu.Lock()
	defer m.d.mu.Unlock()
	return m.d.files[name] != nil, nil
}

func (m mounted) FullPathname(name string) (string, error) { return name, nil }

// A file is an open file. One process has the disk for itself, so locks are granted.
type file struct {
	d    *Disk
	f    *inode
	name string
	lock vfs.LockLevel
}

func (f *file) Close() error { return nil }

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if f.d.dead {
		return 0, sqlite3.IOERR_READ
	}
	n := 0
	if off < int64(len(f.f.data)) {
		n = copy(p, f.f.data[off:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) WriteAt(p []byte, off int64) (int, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.step(); err != nil {
		return 0, err
	}
	more := off + int64(len(p)) - int64(len(f.f.data))
	if f.d.quota > 0 && more > 0 && f.d.used()+more > f.d.quota {
		return 0, sqlite3.FULL
	}
	f.f.write(p, off)
	return len(p), nil
}

func (f *file) Truncate(size int64) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.step(); err != nil {
		return err
	}
	f.f.truncate(size)
	return nil
}

// Sync makes the file durable. The first sync of a new file syncs its folder too, as
// SQLite does it on Unix: with its own name all names before are durable, also that
// of a file that was deleted is gone for good.
func (f *file) Sync(vfs.SyncFlag) error {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	if err := f.d.step(); err != nil {
		return err
	}
	if f.d.unsyncable > 0 {
		f.d.unsyncable--
		f.f.forget(f.d.rng)
		return sqlite3.IOERR_FSYNC
	}
	f.f.sync()
	if f.d.files[f.name] == f.f && f.d.names[f.name] != f.f {
		f.d.names = maps.Clone(f.d.files)
	}
	return nil
}

func (f *file) Size() (int64, error) {
	f.d.mu.Lock()
	defer f.d.mu.Unlock()
	return int64(len(f.f.data)), nil
}

func (f *file) Lock(l vfs.LockLevel) error       { f.lock = l; return nil }
func (f *file) Unlock(l vfs.LockLevel) error     { f.lock = l; return nil }
func (f *file) CheckReservedLock() (bool, error) { return f.lock >= vfs.LOCK_RESERVED, nil }
func (f *file) SectorSize() int                  { return sector }

// DeviceCharacteristics promises what SQLite takes for granted of every disk: a write
// leaves the bytes beside it alone.
func (f *file) DeviceCharacteristics() vfs.DeviceCharacteristic {
	return vfs.IOCAP_POWERSAFE_OVERWRITE
}
