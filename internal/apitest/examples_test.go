package apitest

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/lanetest"
	"github.com/conformd/conformd/register"
)

// TestExamples runs the examples of docs/api.md in their order, as one person would, in a folder with the token. Each answer
// is JSON and no problem, and what the examples do is done.
func TestExamples(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		lanetest.LeaveOut(t, "curl", "the examples take curl")
	}
	f := daemon(t, false)
	dir, token := t.TempDir(), f.token("erik", access.ScopeAct)
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var done api.Done
	if status, _ := f.program(token, http.MethodPost, "/records", `{"inputs":{"kind":"nonconformity","title":"Badges are shared"}}`, &done); status != http.StatusOK {
		t.Fatalf("POST /records = %d", status)
	}
	ref := done.Record.Ref
	f.settled(ref, 1)

	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	const end = "=== the end of an answer"
	script, examples := "set -eu\n", []string{}
	for line := range strings.Lines(string(text)) {
		if code, ok := strings.CutPrefix(line, "    "); ok {
			script += code
			if strings.HasPrefix(code, "curl ") {
				script += "echo; echo '" + end + "'\n"
				examples = append(examples, strings.TrimSpace(code))
			}
		}
	}
	if len(examples) < 8 {
		t.Fatalf("docs/api.md has %d examples, want at least 8", len(examples))
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "SERVER="+f.url, "RECORD="+ref)
	out, err := cmd.Output()
	answers := strings.Split(string(out), end)
	if err != nil || len(answers) != len(examples)+1 {
		t.Fatalf("the examples end with %v after %d answers of %d", err, len(answers)-1, len(examples))
	}
	for i, example := range examples {
		var answer map[string]any
		if err := json.Unmarshal([]byte(answers[i]), &answer); err != nil || answer["code"] != nil || len(answer) == 0 {
			t.Errorf("%s\nis answered %.500s, %v", example, answers[i], err)
		}
	}
	row, err := f.app.Store.Record(t.Context(), ref)
	if f := row.Record.Fields; err != nil || f[register.FieldLocation] != "Head office" || f[register.FieldOwner] != "erik" {
		t.Errorf("%s is at %q and owned by %q, %v", ref, f[register.FieldLocation], f[register.FieldOwner], err)
	}
	var found api.Listing
	if f.program(token, http.MethodGet, "/records?q=leaver", "", &found); found.Count != 1 {
		t.Errorf("%d records were filed, want 1", found.Count)
	}
}
