package export_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
)

// The ZIP has the files of the directory, byte for byte, in one folder. An export that stopped is no ZIP.
func TestZIPIsTheDirectory(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	l.Fill(t, 300)
	var b bytes.Buffer
	if err := export.WriteZIP(t.Context(), l.DB, &b, "log", export.Options{Keys: []string{l.Public}}); err != nil {
		t.Fatal(err)
	}
	want := audittest.ReadAll(t, l.Export(t))
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]byte{}
	for _, f := range z.File {
		path, ok := strings.CutPrefix(f.Name, "log/")
		if _, twice := got[path]; twice || !ok {
			t.Errorf("the ZIP has %s twice, or outside its folder", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if got[path], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	if !maps.EqualFunc(got, want, bytes.Equal) {
		t.Errorf("the ZIP has %v, the directory %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)))
	}

	l.Exec(t, "DELETE FROM audit_entry WHERE seq = 200")
	b.Reset()
	if err := export.WriteZIP(t.Context(), l.DB, &b, "log", export.Options{Keys: []string{l.Public}}); err == nil {
		t.Error("the log lacks an entry, and the export gives no error")
	}
	if _, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len())); err == nil {
		t.Error("an export that stopped can be read as a ZIP")
	}
}
