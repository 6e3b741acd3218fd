package audittest

import (
	"crypto/sha256"
	"os"
	"slices"
	"testing"

	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
)

// VerifyDB verifies the log in its database.
func VerifyDB(t testing.TB, l *Log, o verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.DB(t.Context(), l.DB, l.Verifier, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// VerifyDir verifies an export.
func VerifyDir(t testing.TB, dir string, v tree.Verifier, o verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.Dir(t.Context(), os.DirFS(dir), v, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// VerifyClean holds that the log is sound in the database and exported.
func VerifyClean(t testing.TB, l *Log, held []byte) {
	t.Helper()
	o := verify.Options{Against: held}
	for name, r := range map[string]*verify.Report{
		"VerifyDB": VerifyDB(t, l, o), "VerifyDir": VerifyDir(t, l.Export(t), l.Verifier, o),
	} {
		if r.Result != verify.Verified {
			t.Errorf("%s() = %s, want %s; findings: %+v", name, r.Result, verify.Verified, r.Findings)
		}
	}
}

// Codes returns the codes of the findings, each once, sorted.
func Codes(r *verify.Report) []verify.Code {
	var out []verify.Code
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HasCode reports whether a report has a finding with the code.
func HasCode(r *verify.Report, c verify.Code) bool { return slices.Contains(Codes(r), c) }

// LeafHash is RFC 6962's, written down here a second time.
func LeafHash(leaf []byte) []byte {
	h := sha256.Sum256(append([]byte{0}, leaf...))
	return h[:]
}
