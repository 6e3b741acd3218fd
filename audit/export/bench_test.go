package export_test

import (
	"io"
	"testing"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
)

// BenchmarkDossier makes the dossier of a record with 40 entries, far from each other in a log of
// 100,000.
func BenchmarkDossier(b *testing.B) {
	const size, about = 100_000, 40
	l := audittest.New(b)
	l.Fill(b, size)
	seqs := make([]int64, about)
	for i := range seqs {
		seqs[i] = int64(i) * size / about
	}
	for b.Loop() {
		if _, err := export.WriteDossier(b.Context(), l.DB, io.Discard, export.Dossier{Record: "NC-1", Seqs: seqs, Page: []byte("page"), Row: []byte("row")}); err != nil {
			b.Fatal(err)
		}
	}
}
