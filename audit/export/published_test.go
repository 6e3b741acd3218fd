package export_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
)

// What is published from the database is, file by file, what an export has.
func TestPublishedIsTheExport(t *testing.T) {
	l := audittest.New(t)
	size := 0
	for _, n := range []int{1, 255, 256, 257, 700} {
		l.Fill(t, n-size)
		size = n
		dir := l.Export(t)
		files := 0
		for path, want := range audittest.ReadAll(t, dir) {
			if !strings.HasPrefix(path, "tile/") {
				continue
			}
			files++
			got, err := export.Publish(t.Context(), l.DB, path)
			if err != nil || !bytes.Equal(got.Data, want) {
				t.Errorf("of %d entries, %s has %d bytes, want %d: %v", n, path, len(got.Data), len(want), err)
			}
			if full := !strings.Contains(path, ".p/") && !strings.Contains(path, "entries"); got.Final != full {
				t.Errorf("of %d entries, %s is final: %t", n, path, got.Final)
			}
		}
		if files < 2 {
			t.Errorf("an export of %d entries has %d tiles", n, files)
		}
	}
	// A tile that has grown since a checkpoint is still served as the checkpoint has it.
	full, err := os.ReadFile(filepath.Join(l.Export(t), "tile", "0", "001"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := export.Publish(t.Context(), l.DB, "tile/0/001.p/7"); err != nil || !bytes.Equal(got.Data, full[:7*32]) || got.Final {
		t.Errorf("the first 7 hashes of a full tile: %d bytes, %v", len(got.Data), err)
	}
}

// The roots that are kept save work: without them the tiles are the same.
func TestPublishedWithoutKeptRoots(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 700)
	want, err := export.Publish(t.Context(), l.DB, "tile/1/000.p/2")
	if err != nil {
		t.Fatal(err)
	}
	l.Exec(t, "DELETE FROM audit_tile")
	got, err := export.Publish(t.Context(), l.DB, "tile/1/000.p/2")
	if err != nil || !bytes.Equal(got.Data, want.Data) {
		t.Errorf("without the kept roots %x, want %x: %v", got.Data, want.Data, err)
	}
}

// A path is a tile in one spelling alone, and nothing beyond the log is published.
func TestNotPublished(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 300)
	for _, path := range []string{
		"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/0", "tile/0/0000", "tile/0/002", "tile/0/001", "tile/0/001.p/45", "tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/044",
		"tile/00/000", "tile/-1/000", "tile/9/000", "tile/2/000.p/1", "tile/1/000", "tile/1/000.p/2", "tile/entries/001", "tile/entries/001.p/45", "tile/entries/x000/001.p/44",
		"tile/entries/-01", "tile/0/x999/x999/x999/x999/999", "tile/0/../000", "checkpoint", "tile/8/0/000",
	} {
		if got, err := export.Publish(t.Context(), l.DB, path); !errors.Is(err, export.ErrNotPublished) {
			t.Errorf("%q is published with %d bytes, %v", path, len(got.Data), err)
		}
	}
	l.Exec(t, "DELETE FROM audit_entry WHERE seq = 270")
	for _, path := range []string{"tile/entries/001.p/44", "tile/0/001.p/44"} {
		if _, err := export.Publish(t.Context(), l.DB, path); !errors.Is(err, export.ErrNotPublished) {
			t.Errorf("%s is published around a missing entry: %v", path, err)
		}
	}
}
