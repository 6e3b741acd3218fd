package audit_test

import (
	"crypto/sha256"
	"os"
	"slices"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/audittest"
)

func verifyDB(t testing.TB, l *audittest.Log, o audit.Options) *audit.Report {
	t.Helper()
	r, err := audit.VerifyDB(t.Context(), l.DB, l.Verifier, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func verifyDir(t testing.TB, dir string, v audit.Verifier, o audit.Options) *audit.Report {
	t.Helper()
	r, err := audit.VerifyDir(t.Context(), os.DirFS(dir), v, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verifyClean holds that the log is sound in the database and exported.
func verifyClean(t testing.TB, l *audittest.Log, held []byte) {
	t.Helper()
	o := audit.Options{Against: held}
	for name, r := range map[string]*audit.Report{
		"VerifyDB": verifyDB(t, l, o), "VerifyDir": verifyDir(t, l.Export(t), l.Verifier, o),
	} {
		if r.Result != audit.Verified {
			t.Errorf("%s() = %s, want %s; findings: %+v", name, r.Result, audit.Verified, r.Findings)
		}
	}
}

func codes(r *audit.Report) []audit.Code {
	var out []audit.Code
	for _, f := range r.Findings {
		out = append(out, f.Code)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func hasCode(r *audit.Report, c audit.Code) bool { return slices.Contains(codes(r), c) }

// leafHash is RFC 6962's, written down here a second time.
func leafHash(leaf []byte) []byte {
	h := sha256.Sum256(append([]byte{0}, leaf...))
	return h[:]
}
