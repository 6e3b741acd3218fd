package export_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verify"
)

// A strangersDir reads an export with nothing of ours: the paths are those of C2SP
// tlog-tiles, the rest is golang.org/x/mod.
type strangersDir string

func (d strangersDir) Height() int { return 8 }

func (d strangersDir) SaveTiles([]tlog.Tile, [][]byte) {}

func (d strangersDir) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var out [][]byte
	for _, tile := range tiles {
		// x/mod writes tile/8/<L>/<N>; C2SP leaves the height out.
		path, ok := strings.CutPrefix(tile.Path(), "tile/8/")
		if !ok {
			return nil, errors.New("unexpected path " + tile.Path())
		}
		b, err := os.ReadFile(filepath.Join(string(d), "tile", filepath.FromSlash(path)))
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// tree opens the checkpoint with x/mod/sumdb/note and reads its three lines.
func (d strangersDir) tree(t *testing.T, public string) tlog.Tree {
	t.Helper()
	v, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := os.ReadFile(filepath.Join(string(d), "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(msg, note.VerifierList(v))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[0] != audittest.Origin {
		t.Fatalf("checkpoint is %q, want three lines that begin with the origin", n.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		t.Fatal(err)
	}
	return tlog.Tree{N: size, Hash: root}
}

// records reads the entries out of the bundles.
func (d strangersDir) records(t *testing.T, size int64) [][]byte {
	t.Helper()
	var out [][]byte
	for n := int64(0); n*256 < size; n++ {
		path := fmt.Sprintf("tile/entries/%03d", n)
		if left := size - n*256; left < 256 {
			path += fmt.Sprintf(".p/%d", left)
		}
		b, err := os.ReadFile(filepath.Join(string(d), path))
		if err != nil {
			t.Fatal(err)
		}
		for len(b) > 0 {
			n := int(b[0])<<8 | int(b[1])
			out = append(out, b[2:2+n])
			b = b[2+n:]
		}
	}
	return out
}

// A log of ours verifies with someone else's code: every entry is proved to be in
// the tree, every earlier tree to be the beginning of the last one, and the whole
// tree is built anew.
func TestStrangersToolsAcceptTheExport(t *testing.T) {
	for _, size := range []int{1, 2, 255, 256, 257, 700} {
		t.Run(strconv.Itoa(size), func(t *testing.T) {
			l := audittest.New(t)
			l.Fill(t, size)
			dir := strangersDir(l.Export(t))
			tree := dir.tree(t, l.Public)
			if tree.N != int64(size) {
				t.Fatalf("checkpoint is of %d entries, want %d", tree.N, size)
			}
			records := dir.records(t, tree.N)
			reader := tlog.TileHashReader(tree, dir)
			for i, rec := range records {
				proof, err := tlog.ProveRecord(tree.N, int64(i), reader)
				if err != nil {
					t.Fatalf("ProveRecord(%d): %v", i, err)
				}
				if err := tlog.CheckRecord(proof, tree.N, tree.Hash, int64(i), tlog.RecordHash(rec)); err != nil {
					t.Errorf("CheckRecord(%d): %v", i, err)
				}
			}
			for n := int64(1); n <= tree.N; n += 7 {
				then, err := tlog.TreeHash(n, reader)
				if err != nil {
					t.Fatalf("TreeHash(%d): %v", n, err)
				}
				proof, err := tlog.ProveTree(tree.N, n, reader)
				if err != nil {
					t.Fatalf("ProveTree(%d): %v", n, err)
				}
				if err := tlog.CheckTree(proof, tree.N, tree.Hash, n, then); err != nil {
					t.Errorf("CheckTree(%d): %v", n, err)
				}
			}
			if got := rebuilt(t, records); got != tree.Hash {
				t.Errorf("tree built by tlog.StoredHashes has root %v, signed is %v", got, tree.Hash)
			}
		})
	}
}

// rebuilt builds the tree of records by x/mod alone.
func rebuilt(t *testing.T, records [][]byte) tlog.Hash {
	t.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(at []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, i := range at {
			out = append(out, stored[i])
		}
		return out, nil
	})
	for i, rec := range records {
		hs, err := tlog.StoredHashes(int64(i), rec, reader)
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, hs...)
	}
	h, err := tlog.TreeHash(int64(len(records)), reader)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// A stranger's reader refuses what ours refuses.
func TestStrangersToolsRefuseATamperedExport(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 300)
	dir := strangersDir(l.Export(t))
	tree := dir.tree(t, l.Public)
	audittest.Edit(t, string(dir), "tile/0/000", audittest.Flip(5*32))
	if _, err := tlog.ProveRecord(tree.N, 5, tlog.TileHashReader(tree, dir)); err == nil {
		t.Error("ProveRecord() over a tampered tile: no error")
	}
	if r := audittest.VerifyDir(t, string(dir), l.Verifier, verify.Options{}); !audittest.HasCode(r, verify.Tampered) {
		t.Errorf("Dir() finds %v, want %s", audittest.Codes(r), verify.Tampered)
	}
}

func TestExportIsDeterministicAndWhole(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	l.Fill(t, 300)
	a, b := audittest.ReadAll(t, l.Export(t)), audittest.ReadAll(t, l.Export(t))
	if len(a) < 10 {
		t.Errorf("export has %d files, want all of them", len(a))
	}
	for path := range a {
		if !bytes.Equal(a[path], b[path]) {
			t.Errorf("%s differs between two exports of one log", path)
		}
	}
	dir := filepath.Join(t.TempDir(), "there")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := export.Write(t.Context(), l.DB, dir, export.Options{Keys: []string{l.Public}}); !errors.Is(err, os.ErrExist) {
		t.Errorf("Export() onto a directory = %v, want os.ErrExist", err)
	}
	l.Exec(t, "DELETE FROM audit_entry WHERE seq = 200")
	parent := t.TempDir()
	if err := export.Write(t.Context(), l.DB, filepath.Join(parent, "new"), export.Options{Keys: []string{l.Public}}); err == nil {
		t.Error("Export() of a log with a gap: no error")
	}
	left, err := os.ReadDir(parent)
	if err != nil || len(left) != 0 {
		t.Errorf("after a failed export there is %v, %v, want nothing", left, err)
	}
}
