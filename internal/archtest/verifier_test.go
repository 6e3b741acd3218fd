package archtest

import (
	"slices"
	"strings"
	"testing"
)

// What an auditor runs can neither append to a log nor open a register: conform-verify links
// no package that does, however far away.
func TestTheVerifierCannotWrite(t *testing.T) {
	imports := map[string][]string{}
	for _, s := range sources(t) {
		imports[s.pkg] = append(imports[s.pkg], s.imports...)
	}
	linked := []string{"cmd/conform-verify"}
	for i := 0; i < len(linked); i++ {
		for _, im := range imports[linked[i]] {
			p, ours := strings.CutPrefix(im, module)
			if within(im, "modernc.org/sqlite") || within(im, "net") || ours && (p == "audit/auditlog" || p == "internal/store") {
				t.Errorf("conform-verify links %s by %s", im, linked[i])
			}
			if ours && !slices.Contains(linked, p) {
				linked = append(linked, p)
			}
		}
	}
	if !slices.Contains(linked, "audit/verify") {
		t.Errorf("conform-verify links %v, and audit/verify is not among them", linked)
	}
}
