package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/rehearsal"
)

// wild is what a terminal acts upon or does not show: it clears the screen, colours, turns
// the text around, hides a tag, ends a line.
const wild = "\x1b[2J\x1b[1;1H\u009b32m\u202eV\u2066\U000e0041\u2028\x7f\x07"

// acted reports whether a terminal acts upon something in s, or does not show it.
func acted(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && r != '\t' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}

// hostileWorld returns the path of a configuration, and the flags that lead to its
// register. Titles, texts, labels, names of people, of files and of folders are hostile.
func hostileWorld(t *testing.T) []string {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	text, err := w.Config(rehearsal.Settings{DataDir: "unused", JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	// YAML has the escapes of Go.
	named := strings.Replace(text, "name: Rita Review", "name: "+strconv.QuoteToASCII("Rita"+wild), 1)
	if named == text {
		t.Fatal("the configuration has no Rita")
	}
	dir := filepath.Join(t.TempDir(), "conf"+wild)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "conformd"+wild+"\xff.yaml")
	if err := os.WriteFile(path, []byte(named), 0o600); err != nil {
		t.Fatal(err)
	}
	gh := w.GitHub.As("erik")
	body := "### What is wrong\n\n" + wild + "\n\n### Root cause\n\n" + wild + "\n\n### Effectiveness reviewer\n\n@rita\n\n### Corrective action plan\n\n- [ ] Do " + wild + " @olga\n"
	for n := range 3 {
		number, err := gh.Open(fmt.Sprintf("%s number %d", wild, n), body, "capa", "label"+wild)
		if err == nil && n == 0 {
			err = gh.Close(number, "completed")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := gh.Open(wild+" without its label", body); err != nil {
		t.Fatal(err)
	}
	return []string{"-c", path, "--data-dir", filepath.Join(dir, "data")}
}

// leaves returns the commands that do something, by their path: "register show".
func leaves(c *cobra.Command) []string {
	var out []string
	for _, sub := range c.Commands() {
		out = append(out, leaves(sub)...)
	}
	if len(out) == 0 {
		out = append(out, name(c))
	}
	return out
}

// Whatever strangers wrote into titles, names and texts, and whatever files are called,
// no command sends the terminal anything that it acts upon.
func TestNoCommandSendsATerminalWhatItActsUpon(t *testing.T) {
	flags := hostileWorld(t)
	dir := filepath.Dir(flags[1])
	at := func(name string) string { return filepath.Join(dir, name) }
	backup, export := at("backup"+wild), at("export"+wild)
	list, bad := at("list"+wild+".csv"), at("bad"+wild+".csv")
	for path, rows := range map[string]string{
		list: "Number,Grade,Finding,Location\nF-1,minor,\"<script>alert(1)</script> =cmd|'/C calc'!A0\",=1+1\n",
		bad:  "Number,Grade,Finding\nF-1,minor," + wild + "\n" + wild + "," + wild + ",x\n",
	} {
		if err := os.WriteFile(path, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	calls := []struct {
		command string
		args    []string
		shows   bool // a title, a name or a path with the hostile text
		code    int
	}{
		{"run", []string{"--once", "-v"}, false, ExitDone},
		{"run", []string{"--once", "--log-format", "console", "-v"}, false, ExitDone},
		{"plan", nil, false, ExitDone},
		{"register list", nil, true, ExitDone},
		{"register list", []string{"--json"}, true, ExitDone},
		{"register list", []string{"--format", "csv"}, true, ExitDone},
		{"register list", []string{"--format", "xlsx", "-o", at("list" + wild + ".xlsx")}, true, ExitDone},
		{"register list", []string{"--format", wild}, true, ExitUsage},
		{"register list", []string{"--sort", wild}, true, ExitUsage},
		{"register list", []string{"--state", wild}, true, ExitUsage},
		{"register list", []string{"--owner", wild}, true, ExitUsage},
		{"register list", []string{"--grade", "\"" + strings.ReplaceAll(wild, "\n", "") + "\""}, true, ExitUsage},
		{"register show", []string{"acme/isms#1"}, true, ExitDone},
		{"register show", []string{"--json", "acme/isms#1"}, true, ExitDone},
		{"register show", []string{wild}, true, ExitFailed},
		{"register history", []string{"acme/isms#1"}, true, ExitDone},
		{"register history", []string{"--json", "acme/isms#1"}, false, ExitDone},
		{"register new", []string{"--as", wild, "--title", wild}, true, ExitFailed},
		{"register set", []string{"acme/isms#1", "title", wild, "--as", wild}, true, ExitFailed},
		{"register set", []string{"acme/isms#1", wild, wild, "--as", "erik"}, true, ExitUsage},
		{"register move", []string{"acme/isms#1", wild, "--as", wild}, true, ExitUsage},
		{"register triage", []string{"acme/isms#1", "--as", wild}, true, ExitFailed},
		{"register approve", []string{"acme/isms#1", "--as", wild}, true, ExitFailed},
		{"register review", []string{"acme/isms#1", "effective", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register reject", []string{"acme/isms#1", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register reopen", []string{"acme/isms#1", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register amend", []string{"acme/isms#1", "title", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register keep", []string{"acme/isms#1", "title", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register extend", []string{"acme/isms#1", "--milestone", "implementation", "--to", "2099-12-31", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"measure run", nil, false, ExitDone},
		{"mcp", []string{"--as", wild}, true, ExitFailed},
		{"measure put", []string{"MEA-2026-0001", wild, "--as", "irene"}, false, ExitFailed},
		{"measure put", []string{wild, wild, "--server", "https://" + wild}, false, ExitUsage},
		{"measure put", []string{wild, wild, "--server", "http://127.0.0.1:1", "--token-file", at("token" + wild)}, true, ExitUsage},
		{"register accept", []string{"acme/isms#1", "--until", "2099-12-31", "--measures", wild, "--risk-ref", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"user setup", nil, false, ExitFailed},
		{"user setup", []string{wild}, false, ExitFailed},
		{"user setup", []string{wild, wild}, false, ExitUsage},
		{"user token new", []string{"--as", wild, "--name", wild, "--until", wild, "--scope", wild}, false, ExitFailed},
		{"user token list", nil, false, ExitDone},
		{"user token list", []string{"--person", wild}, true, ExitUsage},
		{"user token revoke", []string{wild}, false, ExitFailed},
		{"notices list", nil, false, ExitDone},
		{"notices list", []string{"--json"}, false, ExitDone},
		{"notices list", []string{"--person", wild}, true, ExitUsage},
		{"notices preview", nil, false, ExitDone},
		{"notices preview", []string{"--json"}, false, ExitDone},
		{"notices preview", []string{"--at", wild}, true, ExitUsage},
		{"notices test", []string{"--person", wild}, true, ExitUsage},
		{"notices test", []string{"--person", "erik"}, false, ExitUsage},
		{"notices remind", []string{wild}, true, ExitFailed},
		{"notices remind", []string{"acme/isms#1", "--as", wild}, true, ExitFailed},
		{"findings import", []string{list, "--audit", wild, "--dry-run"}, true, ExitDone},
		{"findings import", []string{list, "--audit", wild, "--dry-run", "--json"}, true, ExitDone},
		{"findings import", []string{list, "--audit", "SA", "--as", wild}, true, ExitFailed},
		{"findings import", []string{bad, "--audit", "SA", "--dry-run"}, true, ExitUsage},
		{"findings import", []string{at("none" + wild), "--audit", "SA", "--dry-run"}, true, ExitUsage},
		{"findings import", []string{list, "--audit", "SA", "--column", wild, "--dry-run"}, true, ExitUsage},
		{"register response", []string{"acme/isms#1"}, false, ExitDone},
		{"register response", []string{"acme/isms#1", "--json"}, false, ExitDone},
		{"register response", []string{"acme/isms#1", "-o", at("response" + wild)}, true, ExitDone},
		{"register response", []string{"acme/isms#1", "-o", at("none" + wild + "/response.html")}, true, ExitFailed},
		{"register sent", []string{"acme/isms#1", "--to", wild, "--file", list, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register sent", []string{"acme/isms#1", "--to", "x", "--file", at("none" + wild), "--as", wild}, true, ExitUsage},
		{"register recurrence list", nil, false, ExitDone},
		{"register recurrence list", []string{wild}, true, ExitFailed},
		{"register recurrence confirm", []string{"acme/isms#1", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register recurrence refuse", []string{"acme/isms#1", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register adopt", []string{"acme/isms#1", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register decline", []string{"acme/isms#1", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register defer", []string{"acme/isms#1", "--until", "2027-03-01", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register defer", []string{"acme/isms#1", "--until", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register promote", []string{"acme/isms#1", "improvement", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register promote", []string{"acme/isms#1", wild, "--as", wild, "--reason", wild}, true, ExitUsage},
		{"due list", nil, true, ExitDone},
		{"due list", []string{"--json"}, true, ExitDone},
		{"due list", []string{"--owner", wild}, true, ExitUsage},
		{"report kpi", nil, false, ExitDone},
		{"report kpi", []string{"--scope", wild}, true, ExitDone},
		{"report kpi", []string{"--scope", wild, "--trend", "--json"}, true, ExitDone},
		{"report kpi", []string{"--scope", wild, "--trend", "--format", "html"}, false, ExitDone},
		{"report kpi", []string{"--scope", wild, "--format", "markdown"}, false, ExitDone},
		{"report kpi", []string{"--format", wild}, true, ExitUsage},
		{"report kpi", []string{"--at", wild}, true, ExitUsage},
		{"report kpi", []string{"--period", wild}, true, ExitUsage},
		{"report kpi", []string{"--owner", wild}, true, ExitUsage},
		{"report ageing", nil, true, ExitDone},
		{"report ageing", []string{"--json"}, true, ExitDone},
		{"report ageing", []string{"--format", "csv"}, false, ExitDone},
		{"report ageing", []string{"--format", "html"}, false, ExitDone},
		{"report ageing", []string{"--format", "markdown"}, false, ExitDone},
		{"report ageing", []string{"--format", "xlsx", "-o", at("ageing" + wild + ".xlsx")}, false, ExitDone},
		{"report ageing", []string{"--at", wild}, true, ExitUsage},
		{"report exceptions", []string{"--scope", wild}, true, ExitDone},
		{"report exceptions", []string{"--format", wild}, true, ExitUsage},
		{"report effectiveness", []string{"--period", wild}, true, ExitUsage},
		{"report effectiveness", []string{"--scope", wild, "--json"}, true, ExitDone},
		{"report repeat-causes", []string{"--owner", wild}, true, ExitUsage},
		{"report repeat-causes", []string{"--scope", wild, "--format", "markdown"}, false, ExitDone},
		{"report management-review", []string{"acme/isms#1"}, false, ExitUsage},
		{"report management-review", []string{wild}, true, ExitFailed},
		{"report management-review", []string{"acme/isms#1", "--format", wild}, true, ExitUsage},
		{"measure put", []string{"acme/isms#1", wild, "--period", wild, "--as", wild}, true, ExitFailed},
		{"review open", []string{"--period", wild, "--as", wild}, true, ExitFailed},
		{"review open", []string{"--as", wild}, false, ExitUsage},
		{"review input", []string{"acme/isms#1", "a", wild, "--as", wild}, true, ExitFailed},
		{"review input", []string{"acme/isms#1", wild, wild, "--as", wild}, true, ExitUsage},
		{"review judge", []string{"acme/isms#1", wild, wild, "--as", wild}, true, ExitUsage},
		{"review judge", []string{"acme/isms#1", "adequacy", wild, "--as", wild}, true, ExitFailed},
		{"review decide", []string{"acme/isms#1", wild, "--type", wild, "--as", wild}, false, ExitUsage},
		{"review decide", []string{"acme/isms#1", wild, "--type", "resource", "--who", wild, "--due", wild, "--as", wild}, true, ExitFailed},
		{"review hold", []string{"acme/isms#1", "--on", wild, "--attendee", wild, "--as", wild}, true, ExitFailed},
		{"review freeze", []string{"acme/isms#1", "--as", wild}, true, ExitFailed},
		{"review sign", []string{"acme/isms#1", "--as", wild, "--reason", wild}, true, ExitFailed},
		{"due calendar", []string{"--owner", "erik"}, false, ExitDone},
		{"due calendar", []string{"--owner", wild}, true, ExitUsage},
		{"due calendar", []string{"--owner", "erik", "-o", at("none" + wild + "/erik.ics")}, true, ExitFailed},
		{"register link", []string{"acme/isms#1", "--split-from", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"register unlink", []string{"acme/isms#1", "--split-from", wild, "--as", wild, "--reason", wild}, true, ExitFailed},
		{"conflicts resolve", []string{"acme/isms#1", wild, "--as", wild, "--reason", wild}, true, ExitUsage},
		{"conflicts list", []string{"--all"}, false, ExitDone},
		{"brake list", nil, false, ExitDone},
		{"brake release", []string{wild, "--reason", wild}, true, ExitFailed},
		{"queue list", nil, false, ExitDone},
		{"queue retry", []string{wild}, true, ExitFailed},
		{"queue drop", []string{wild, "--reason", wild}, true, ExitFailed},
		{"rules list", nil, false, ExitDone},
		{"rules explain", []string{wild}, true, ExitFailed},
		{"rules prove", nil, false, ExitFindings}, // without a waiting time some slip
		{"rules standards", nil, false, ExitDone},
		{"policy show", nil, false, ExitDone},
		{"policy diff", []string{wild}, true, ExitUsage},
		{"policy impact", nil, false, ExitDone},
		{"policy adopt", []string{"--as", wild, "--reason", wild}, true, ExitFailed},
		{"backup create", []string{"-o", backup}, true, ExitDone},
		{"backup verify", []string{backup}, false, ExitDone},
		{"backup restore", []string{at("none" + wild), "--reason", wild}, true, ExitFailed},
		{"audit verify", nil, false, ExitPartly},
		{"audit verify", []string{"--against", at("none" + wild)}, true, ExitFailed},
		{"audit verify", []string{"--key", at("none" + wild)}, true, ExitFailed},
		{"audit export", []string{"-o", export}, true, ExitDone},
		{"audit export", []string{"-o", export}, true, ExitFailed},
		{"audit checkpoint", nil, false, ExitDone},
		{"register export", []string{"--format", "oscal-poam"}, false, ExitDone},
		{"register export", []string{"--format", "oscal-poam", "-o", at("poam" + wild)}, true, ExitDone},
		{"register export", []string{"--format", wild}, true, ExitUsage},
		{"register export", []string{"--format", "oscal-poam", "--oscal-version", wild}, true, ExitUsage},
		{"register export", []string{"--format", "oscal-poam", "--include", wild}, true, ExitUsage},
		{"audit dossier", []string{"acme/isms#1", "--out", at("dossier" + wild + ".zip")}, true, ExitDone},
		{"audit dossier", []string{"acme/isms#1", "--out", at("dossier.zip"), "--json"}, false, ExitDone},
		{"audit dossier", []string{wild, "--out", at("dossier.zip")}, true, ExitFailed},
		{"audit dossier", []string{"acme/isms#1", "--out", at("none" + wild + "/dossier.zip")}, true, ExitFailed},
		{"audit dossier", []string{"acme/isms#1", "--out", at("dossier.zip"), "--as", wild}, true, ExitFailed},
		{"audit dossier", []string{wild, "--out", wild}, true, ExitUsage},
		{"audit population", nil, true, ExitDone},
		{"audit population", []string{"--all", "--json"}, true, ExitDone},
		{"audit population", []string{"--binding", wild}, true, ExitUsage},
		{"audit sample", []string{"--n", "2", "--seed", "word"}, true, ExitDone},
		{"audit sample", []string{"--n", "2", "--seed", "word", "--json"}, true, ExitDone},
		{"audit sample", []string{"--n", "2", "--seed", wild}, true, ExitUsage},
		{"audit sample", []string{"--n", "2", "--seed", "word", "--from", wild}, true, ExitUsage},
		{"audit sample", []string{"--n", "2", "--seed", "word", "--as", wild}, true, ExitFailed},
		{"audit day open", []string{"--audit", "acme/isms#1", "--period", "2026", "--as", wild}, true, ExitFailed},
		{"audit day open", []string{"--audit", wild, "--period", wild, "--as", "irene"}, true, ExitUsage},
		{"audit day status", []string{"--audit", "acme/isms#1"}, false, ExitFailed},
		{"audit day status", []string{"--audit", wild}, true, ExitFailed},
		{"audit day close", []string{"--audit", wild, "-o", at("receipt" + wild + ".zip"), "--as", "irene"}, true, ExitFailed},
		{"audit day close", []string{"--audit", "acme/isms#1", "-o", wild, "--as", "irene"}, false, ExitUsage},
		{"audit day receipt", []string{"--audit", "acme/isms#1", "-o", at("receipt" + wild + ".zip")}, false, ExitFailed},
		{"migrate", []string{"--dry-run"}, false, ExitDone},
		{"migrate", nil, false, ExitDone},
		{"config migrate", nil, true, ExitUsage},
		{"config validate", nil, true, ExitDone},
		{"config validate", []string{"--online"}, true, ExitDone},
		{"migrate", []string{"--dry-run"}, false, ExitDone},
		{"config schema", nil, false, ExitDone},
		{"config show", nil, true, ExitDone},
		{"sim", []string{"--deployment", wild}, true, ExitUsage},
		{"demo", []string{"--keep", dir}, true, ExitUsage},
		{"version", nil, false, ExitDone},
		{"exit-codes", nil, false, ExitDone},
	}
	seen := map[string]bool{}
	for _, c := range calls {
		seen[c.command] = true
		args := append(append(strings.Fields(c.command), c.args...), flags...)
		code, stdout, stderr := call(t, append(args, "--color", "always")...)
		if code != c.code {
			t.Errorf("%s %q: exit code %d, want %d: %s%s", c.command, c.args, code, c.code, stdout, stderr)
		}
		// A calendar ends its lines with CRLF, which a terminal shows as the end of a line.
		ours := strings.NewReplacer("\r\n", "\n", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[1m", "", "\x1b[0m", "")
		for _, s := range []string{stdout, stderr} {
			if acted(ours.Replace(s)) {
				t.Errorf("%s %q: %q", c.command, c.args, s)
			}
		}
		if all := stdout + stderr; c.shows != strings.Contains(all, `\u{202e}`) && c.shows != strings.Contains(all, `\u202e`) {
			t.Errorf("%s %q shows the hostile text: %v, want %v:\n%s", c.command, c.args, !c.shows, c.shows, all)
		}
		if slices.Contains(c.args, "--json") && !json.Valid([]byte(stdout)) {
			t.Errorf("%s %q: not JSON: %s", c.command, c.args, stdout)
		}
	}
	for _, c := range leaves(newSession(Process{Stdout: io.Discard, Stderr: io.Discard, Env: rehearsal.Env}).root()) {
		if !seen[c] {
			t.Errorf("%s was not tried: add it", c)
		}
	}
}

func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), args, Process{Stdout: &out, Stderr: &errs, Env: rehearsal.Env})
	return code, out.String(), errs.String()
}
