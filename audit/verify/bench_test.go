package verify_test

import (
	"crypto/sha256"
	"os"
	"testing"
	"time"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
)

// BenchmarkVerify verifies 100,000 entries in the database and exported, and reports
// the time as a multiple of one plain SHA-256 over the same entries on one core.
func BenchmarkVerify(b *testing.B) {
	const n = 100_000
	l := audittest.New(b)
	if _, err := l.DB.ExecContext(b.Context(), "PRAGMA synchronous = OFF"); err != nil {
		b.Fatal(err)
	}
	l.Fill(b, n)
	dir := l.Export(b)
	lines, err := os.ReadFile(dir + "/entries.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	for name, check := range map[string]func() (*verify.Report, error){
		"database": func() (*verify.Report, error) { return verify.DB(b.Context(), l.DB, l.Verifier, verify.Options{}) },
		"directory": func() (*verify.Report, error) {
			return verify.Dir(b.Context(), os.DirFS(dir), l.Verifier, verify.Options{})
		},
	} {
		b.Run(name, func(b *testing.B) {
			var plain, took time.Duration
			for b.Loop() {
				start := time.Now()
				sha256.Sum256(lines)
				plain += time.Since(start)
				start = time.Now()
				r, err := check()
				took += time.Since(start)
				if err != nil || r.Result != verify.VerifiedInPart || r.Size != n {
					b.Fatalf("%+v, %v", r, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/took.Seconds(), "entries/s")
			b.ReportMetric(float64(took)/float64(plain), "times-sha256")
		})
	}
}
