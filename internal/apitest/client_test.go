package apitest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/register"
)

// TestGeneratedClient: a client that ogen generates from the served document compiles, and takes a record from its filing to
// its closing. What the client was told is what the register and its log have.
func TestGeneratedClient(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("building the generator takes a minute")
	}
	f := daemon(t, false)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "client"))); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "openapi.yaml"), f.served().text, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(env []string, name string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), append(env, "GOWORK=off")...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, last(out, 3000))
		}
		return string(out)
	}
	run(nil, "go", "tool", "ogen", "--target", "conformd", "--package", "conformd", "--clean", "--config", "ogen.yml", "openapi.yaml")
	run(nil, "go", "build", "-trimpath", "-o", "walk", ".")
	ref := strings.TrimSpace(run([]string{
		"SERVER=" + f.url + api.Prefix, "READER=" + f.token("erik"), "ERIK=" + f.token("erik", access.ScopeAct),
		"IRENE=" + f.token("irene", access.ScopeAct, access.ScopeApprove), "RITA=" + f.token("rita", access.ScopeAct, access.ScopeApprove),
	}, filepath.Join(dir, "walk")))

	row, err := f.app.Store.Record(t.Context(), ref)
	if err != nil {
		t.Fatalf("the client closed %q: %v", ref, err)
	}
	if row.Record.State != register.Closed || len(row.Record.Approvals) != 3 {
		t.Errorf("%s is %s with %d decisions, want it closed with three", ref, row.Record.State, len(row.Record.Approvals))
	}
	for _, a := range row.Record.Approvals {
		if a.How != register.ByAPI || !strings.HasPrefix(a.Account, "token:") {
			t.Errorf("the decision %s was given by %s with %s", a.Subject, a.How, a.Account)
		}
	}
	if n := f.entries(audit.SessionRefused); n != 1 {
		t.Errorf("the log has %d refused tokens, want 1", n)
	}
	f.verified()
}

// last returns the end of an output.
func last(out []byte, most int) []byte { return out[max(0, len(out)-most):] }
