package export_test

import (
	"archive/zip"
	"bytes"
	"io"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/tree"
)

// Every entry of a log of any length has a proof that the library of Go's checksum database
// takes, be it in a full tile, in the last one or beside a border.
func TestProofsOfEveryEntry(t *testing.T) {
	l := audittest.New(t)
	size := 0
	for _, n := range []int{1, 2, 255, 256, 257, 300, 511, 512, 513, 770} {
		l.Fill(t, n-size)
		size = n
		at, err := tree.ReadCheckpoint(l.Checkpoint(t))
		if err != nil || at.Size != int64(n) {
			t.Fatalf("the log has %d entries (%v), want %d", at.Size, err, n)
		}
		var seqs []int64
		for seq := range int64(n) {
			if n < 300 || seq%7 == 0 || seq > 250 && seq < 260 || seq > 505 && seq < 520 || seq >= int64(n)-3 {
				seqs = append(seqs, seq)
			}
		}
		var b bytes.Buffer
		m, err := export.WriteDossier(t.Context(), l.DB, &b, export.Dossier{Record: "NC-1", Seqs: seqs, Page: []byte("page"), Row: []byte("row"), Keys: []string{l.Public}})
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Entries) != len(seqs)-1 || m.Made != int64(n-1) || m.Log.Size != int64(n) {
			t.Errorf("of %d entries the manifest says %+v", n, m.Log)
		}
		files := unzip(t, b.Bytes())
		for _, seq := range seqs {
			at, p, checkpoint, err := export.ParseProof(files[export.ProofPath(seq)])
			if err != nil || at != seq || !bytes.Equal(checkpoint, l.Checkpoint(t)) {
				t.Fatalf("the proof of entry %d of %d reads as one of entry %d, %v", seq, n, at, err)
			}
			c, err := tree.OpenCheckpoint(checkpoint, l.Verifier)
			if err != nil {
				t.Fatal(err)
			}
			var leaf []byte
			if err := l.DB.QueryRowContext(t.Context(), "SELECT leaf FROM audit_entry WHERE seq = $1", seq).Scan(&leaf); err != nil {
				t.Fatal(err)
			}
			if err := tlog.CheckRecord(p, c.Size, tlog.Hash(c.Root), seq, tlog.RecordHash(leaf)); err != nil {
				t.Errorf("the proof of entry %d of %d: %v", seq, n, err)
			}
		}
	}
}

func unzip(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// A dossier has the long texts of its entries, and nothing that opens a commitment.
func TestADossierKeepsPersonalDataCommitted(t *testing.T) {
	l := audittest.New(t)
	long := string(bytes.Repeat([]byte("a long text. "), 400))
	e := audittest.Plain(0)
	e.Changes = []audit.FieldChange{{Field: "problem", After: audit.NewText(long)}, {Field: "reporter", After: audit.Personal("Ada Lovelace")}}
	l.Append(t, e)
	l.Append(t, audittest.Plain(1))
	var b bytes.Buffer
	if _, err := export.WriteDossier(t.Context(), l.DB, &b, export.Dossier{Record: "NC-1", Seqs: []int64{0, 1}, Page: []byte("page"), Row: []byte("row")}); err != nil {
		t.Fatal(err)
	}
	files := unzip(t, b.Bytes())
	if !bytes.Contains(files[export.FileTexts], []byte(long)) || !bytes.Contains(files[export.FileEntries], []byte(`"commitment":"`)) {
		t.Error("the dossier lacks the long text of its entry, or the commitment")
	}
	for name, data := range files {
		if bytes.Contains(data, []byte("Lovelace")) || name == export.FileDisclosures {
			t.Errorf("%s opens a commitment", name)
		}
	}
}

// The roots of tiles that are kept beside the log save work and decide nothing: without one of
// them, and with a wrong one, the proofs are the same.
func TestKeptRootsDecideNothing(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 1300)
	dossier := func() string {
		var b bytes.Buffer
		if _, err := export.WriteDossier(t.Context(), l.DB, &b, export.Dossier{Record: "NC-1", Seqs: []int64{3, 300, 1290, 1299}, Page: []byte("page"), Row: []byte("row")}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	want := dossier()
	for _, change := range []string{"UPDATE audit_tile SET hash = zeroblob(32) WHERE n = 3", "UPDATE audit_tile SET hash = zeroblob(32) WHERE n = 1", "DELETE FROM audit_tile WHERE n = 2", "DELETE FROM audit_tile"} {
		l.Exec(t, change)
		if dossier() != want {
			t.Errorf("after %s the dossier is another", change)
		}
	}
}

// A log that was changed below its checkpoint gives no dossier.
func TestNoDossierOfAChangedLog(t *testing.T) {
	l := audittest.New(t)
	l.Fill(t, 5)
	l.Exec(t, "UPDATE audit_entry SET leaf_hash = zeroblob(32) WHERE seq = 1")
	var b bytes.Buffer
	if _, err := export.WriteDossier(t.Context(), l.DB, &b, export.Dossier{Record: "NC-1", Seqs: []int64{2, 4}}); err == nil {
		t.Error("a log with another hash gives a dossier")
	}
	if _, err := export.WriteDossier(t.Context(), l.DB, &b, export.Dossier{Record: "NC-1"}); err == nil {
		t.Error("a record without entries gives a dossier")
	}
}
