package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/regular"
	"github.com/conformd/conformd/internal/store"
)

// sides are what the names of a database's side files end in. A stale one would be
// replayed onto another database.
func sides() []string { return []string{"-wal", "-shm"} }

// stage is where a backup becomes a register before it takes its place. It is inside
// the data directory, since only a rename within one file system happens at once.
const stage = ".restoring"

// Stage copies the database of the backup in dir into the data directory, beside the
// register, and returns where. What an interrupted restore left there is dropped.
func Stage(data, dir string, m *Manifest) (string, error) {
	at := filepath.Join(data, stage)
	if err := errors.Join(os.RemoveAll(at), os.Mkdir(at, 0o700)); err != nil {
		return "", err
	}
	if err := copyFile(filepath.Join(dir, Database), filepath.Join(at, Database)); err != nil {
		return "", err
	}
	got, err := sum(at, Database)
	if err != nil {
		return "", err
	}
	for _, f := range m.Files {
		if f.Name == Database && f != got {
			return "", fmt.Errorf("%s changed while it was copied", Database)
		}
	}
	return at, nil
}

// Unstage drops what Stage has made.
func Unstage(data string) error { return os.RemoveAll(filepath.Join(data, stage)) }

// Swap puts the staged database in the place of the register and returns where the
// one that was there is kept, "" if there was none. At every moment there is a whole
// register under its name.
func Swap(ctx context.Context, data string, now time.Time) (kept string, err error) {
	fresh := filepath.Join(data, stage)
	for _, side := range sides() {
		if _, err := os.Stat(filepath.Join(fresh, Database+side)); err == nil {
			return "", fmt.Errorf("the restored database was not closed in good order: %s is still there", Database+side)
		}
	}
	if err := syncAll(fresh, Database); err != nil {
		return "", err
	}
	if kept, err = keep(ctx, data, now); err != nil {
		return "", err
	}
	for _, side := range sides() {
		if err := os.Remove(filepath.Join(data, Database+side)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return kept, err
		}
	}
	if err := os.Rename(filepath.Join(fresh, Database), filepath.Join(data, Database)); err != nil {
		return kept, err
	}
	return kept, errors.Join(syncAll(data), Unstage(data))
}

// keep gives the present database a second name in a directory of its own, with its
// side files. Where the database can be read they are folded into it first, so that
// removing them takes nothing from it.
func keep(ctx context.Context, data string, now time.Time) (string, error) {
	path := filepath.Join(data, Database)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if st, err := store.OpenReader(ctx, data); err == nil {
		err = st.CheckpointWAL(ctx)
		if err := errors.Join(err, st.Close()); errors.Is(err, store.ErrInUse) {
			return "", err
		}
	}
	kept := filepath.Join(data, "replaced-"+now.UTC().Format("20060102T150405.000Z"))
	if err := os.Mkdir(kept, 0o700); err != nil {
		return "", err
	}
	for _, side := range append([]string{""}, sides()...) {
		from, to := path+side, filepath.Join(kept, Database+side)
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if os.Link(from, to) == nil {
			continue
		}
		if err := copyFile(from, to); err != nil { // a file system without second names
			return "", err
		}
	}
	return kept, syncAll(kept)
}

// PutKeys puts the public key, and the signing key if the backup has it, where the
// data directory has none, and adds the public key under the name that the log origin has
// since the restore.
func PutKeys(data, dir string, m *Manifest, origin string) error {
	for _, name := range []string{Public, Key} {
		if _, err := os.Stat(filepath.Join(data, name)); err == nil || !m.Has(name) {
			continue
		}
		if err := copyFile(filepath.Join(dir, name), filepath.Join(data, name)); err != nil {
			return err
		}
	}
	b, err := regular.Read(filepath.Join(data, Public), maxPublic)
	if err != nil {
		return err
	}
	keys := strings.Fields(string(b))
	if now := tree.KeysOf(origin, keys); len(now) > len(keys) {
		if err := regular.Replace(filepath.Join(data, Public), []byte(strings.Join(now, "\n")+"\n")); err != nil {
			return err
		}
	}
	return syncAll(data)
}

// maxPublic is how large the file of public keys may be, in bytes.
const maxPublic = 64 << 10
