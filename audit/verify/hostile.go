package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// Bounds of what is read from an export. It comes from somebody who may want the
// verifier to hang or to run out of memory rather than to tell what is in it.
const (
	maxFiles    = 1 << 20 // files and directories: 134 million entries need as many
	maxPath     = 512     // bytes of a path; an export has none above 64
	maxHead     = 1 << 16 // checkpoint, key.pub
	maxWords    = 1 << 20 // VERIFY.txt
	maxOpenings = 1 << 30 // disclosures.jsonl
	maxOpening  = 1 << 20 // a line of it
	maxTexts    = 1 << 34 // texts.jsonl
	maxText     = 1 << 24 // a line of it: what a tracker takes as a text is far below
	maxRows     = 1 << 34 // register.jsonl
	maxRecord   = 1 << 26 // a line of it
	maxOther    = 1 << 30 // a file that this version does not know
	// maxBundle is the length of the longest bundle that can be.
	maxBundle = tree.TileWidth * (audit.MaxEntry + 2)
	// maxTextCount is how many long texts a log may have, and maxReplayed how many bytes of
	// them a replay reads: entries may name the same long text over and over.
	maxTextCount = 1 << 22
	maxReplayed  = 1 << 32
	// maxBroken is how many broken bundles and bad lines are enough to know.
	maxBroken = 4 * maxFindings
)

// A flaw is a file that cannot be read because of what it is: a finding, and not the
// error of a disk.
type flaw struct{ Finding }

func (f *flaw) Error() string { return f.Text }

func newFlaw(path, format string, args ...any) *flaw {
	return &flaw{Finding{Code: Tampered, Seq: -1, Where: path, Text: path + " " + fmt.Sprintf(format, args...)}}
}

// kind names the type of a file in words.
func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeSymlink != 0:
		return "a symbolic link"
	case m&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// walk notes the regular files that are there. Anything else is a finding and is never
// opened. Directories are read in parts, for one may be endless.
func (d *directory) walk(ctx context.Context) error {
	seen := 0
	dirs := []string{"."}
	for len(dirs) > 0 {
		dir := dirs[len(dirs)-1]
		dirs = dirs[:len(dirs)-1]
		err := d.list(ctx, dir, func(e fs.DirEntry) error {
			if seen++; seen > maxFiles {
				return newFlaw(dir, "and what is beside it are more than %d files: no export has as many", maxFiles)
			}
			name := path.Join(dir, e.Name())
			switch {
			case len(name) > maxPath:
				d.find(newFlaw(name[:maxPath], "… is longer than any name in an export, and is not read").Finding)
			case e.IsDir():
				dirs = append(dirs, name)
			default:
				return d.note(name, e)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// note takes a file in, by its type and length.
func (d *directory) note(name string, e fs.DirEntry) error {
	if !e.Type().IsRegular() {
		d.find(newFlaw(name, "is %s, and an export has regular files only", kind(e.Type())).Finding)
		return nil
	}
	info, err := e.Info()
	if err != nil {
		return err
	}
	d.sizes[name] = info.Size()
	return nil
}

// list calls f with what is in a directory.
func (d *directory) list(ctx context.Context, dir string, f func(fs.DirEntry) error) (err error) {
	file, err := d.fsys.Open(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r, ok := file.(fs.ReadDirFile)
	if !ok {
		return newFlaw(dir, "is no directory")
	}
	for {
		entries, err := r.ReadDir(1024)
		for _, e := range entries {
			if err := f(e); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return ctx.Err()
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// limit is how long a file may be.
func (d *directory) limit(path string) int64 {
	switch path {
	case export.FileCheckpoint, export.FileKey:
		return maxHead
	case export.FileVerify:
		return maxWords
	case export.FileDisclosures:
		return maxOpenings
	case export.FileTexts:
		return maxTexts
	case export.FileRegister:
		return maxRows
	case export.FileManifest:
		return maxHead + maxPath*int64(len(d.sizes))
	case export.FileEntries:
		return d.longestLines()
	}
	switch {
	case strings.HasPrefix(path, "tile/entries/"):
		return maxBundle
	case strings.HasPrefix(path, "tile/"):
		return tree.TileWidth * tlog.HashSize
	}
	return maxOther
}

// longestLines is how long entries.jsonl may be: the entries of all bundles, and what
// each line has beside its entry.
func (d *directory) longestLines() int64 {
	const beside = 128 // number, hash and braces
	var n int64
	for path, size := range d.sizes {
		if strings.HasPrefix(path, "tile/entries/") {
			n += min(size, maxBundle) + tree.TileWidth*beside
		}
	}
	return n
}

// open opens a file that walk has noted, and holds the open file against what was
// noted: between the two somebody may have put another in its place. The file yields
// no more bytes than were noted. The error is a *flaw where the file is at fault.
func (d *directory) open(path string) (io.Reader, fs.File, error) {
	f, err := d.fsys.Open(path)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		err = newFlaw(path, "is %s, and an export has regular files only", kind(info.Mode()))
	case info.Size() != d.sizes[path]:
		err = newFlaw(path, "changed while it was read")
	default:
		return io.LimitReader(f, info.Size()), f, nil
	}
	return nil, nil, errors.Join(err, f.Close())
}

// load returns a file that walk has noted, as long as it was noted and no longer than
// its kind may be.
func (d *directory) load(path string) (_ []byte, err error) {
	size, limit := d.sizes[path], d.limit(path)
	if size > limit {
		return nil, newFlaw(path, "has %d bytes, and cannot have more than %d", size, limit)
	}
	r, f, err := d.open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, newFlaw(path, "changed while it was read")
		}
		return nil, err
	}
	return b, nil
}

// read is load for a file that may be missing; it returns nil then, and when it cannot
// be used, which is a finding.
func (d *directory) read(path string) ([]byte, error) {
	if _, ok := d.sizes[path]; !ok {
		return nil, nil
	}
	b, err := d.load(path)
	if fl, ok := errors.AsType[*flaw](err); ok {
		d.find(fl.Finding)
		return nil, nil
	}
	return b, err
}
