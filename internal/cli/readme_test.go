package cli_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestReadme runs the commands of README.md, in their order, as one person would:
// the simulators and the daemon in terminals of their own, every other command in
// between. Free ports are added to the simulators; a command without -c gets the
// rehearsal's configuration from the environment. Targets of make must exist.
func TestReadme(t *testing.T) {
	lines := readmeCommands(t)
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	daemons := 0
	for _, line := range lines {
		// The year of a register number is that of the day.
		line = strings.ReplaceAll(line, "NC-2026-0001", fmt.Sprintf("NC-%d-0001", year()))
		switch f := strings.Fields(line); {
		case f[0] == "make":
			if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(f[1]) + `:`).Match(makefile) {
				t.Errorf("README.md says %q, and the Makefile has no such target", line)
			}
		case strings.HasPrefix(line, "conformd sim "):
			fmt.Fprintf(&script, "exec %s --jira-addr 127.0.0.1:0 --github-addr 127.0.0.1:0 &sim&\n", line)
			script.WriteString("grab GITHUB 'kind: github\\n    url: (http://\\S+)' rehearsal.yaml\n")
		case strings.HasPrefix(line, "conformd run"):
			if daemons++; daemons > 1 {
				continue // it runs already, and one is enough
			}
			fmt.Fprintf(&script, "exec %s &run&\neventually 'NC-\\d+-0005' conformd register list -c rehearsal.yaml\n", line)
		case strings.HasPrefix(line, "conform-verify --page"):
			fmt.Fprintf(&script, "exec %s\nexists %s\n", line, f[len(f)-1])
		case strings.HasPrefix(line, "conformd audit verify"), f[0] == "conform-verify":
			fmt.Fprintf(&script, "code 7 %s\n", line) // in part: nothing from outside to hold it against
		case line == "conformd rules prove":
			fmt.Fprintf(&script, "code 3 %s\nstdout 'waiting time'\n", line) // a rehearsal has no waiting time, and stories about it slip
		default:
			fmt.Fprintf(&script, "exec %s\n", line)
		}
	}
	script.WriteString("kill -INT run\nwait run\nkill -INT sim\nwait sim\n")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "readme.txtar"), []byte(script.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := params()
	p.Dir = dir
	setup := p.Setup
	p.Setup = func(e *testscript.Env) error {
		e.Setenv("CONFORMD_CONFIG", "rehearsal.yaml")
		return setup(e)
	}
	testscript.Run(t, p)
}

// readmeCommands returns the lines of the README's code blocks, without comments.
func readmeCommands(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		code, ok := strings.CutPrefix(line, "    ")
		if !ok {
			continue
		}
		code, _, _ = strings.Cut(code, "  #")
		out = append(out, strings.TrimSpace(code))
	}
	if len(out) < 12 {
		t.Fatalf("README.md has %d commands, want at least 12", len(out))
	}
	return out
}

// TestReadmeShowsTheComment holds the comment in README.md against the one that a
// scenario shows.
func TestReadmeShowsTheComment(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	var quoted []string
	for line := range strings.Lines(string(readme)) {
		if after, ok := strings.CutPrefix(line, ">"); ok {
			quoted = append(quoted, strings.TrimPrefix(after, " "))
		}
	}
	scenario, err := os.ReadFile("../../sync/reconcile/testdata/close_without_root_cause_in_github.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if comment := strings.Join(quoted, ""); comment == "" || !strings.Contains(string(scenario), comment) {
		t.Errorf("README.md shows a comment that conformd does not write:\n%s", comment)
	}
}
