//go:build unix

package blackbox

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// keepCheckpoint keeps the checkpoint of the log as it is now, as an auditor would who
// comes again: what it covers can be neither cut off nor written anew.
func (l *lane) keepCheckpoint() {
	l.Helper()
	dir := filepath.Join(l.dir, "export-before")
	if err := os.RemoveAll(dir); err != nil {
		l.Fatal(err)
	}
	if _, errs, code := l.command("conformd", "audit", "export", "-o", dir, "-c", l.config); code != 0 {
		if l.checkpoint == "" && strings.Contains(errs, "CLI-") {
			return // the daemon has never come so far as to have a register
		}
		l.Fatalf("audit export beside the daemon ended with %d: %s", code, errs)
	}
	b, err := os.ReadFile(filepath.Join(dir, "checkpoint"))
	if err != nil {
		l.Fatal(err)
	}
	l.checkpoint = filepath.Join(l.dir, "checkpoint")
	if err := os.WriteFile(l.checkpoint, b, 0o600); err != nil {
		l.Fatal(err)
	}
}

func (l *lane) exported() string { return filepath.Join(l.dir, "export") }

// export is A2: the log is exported, and conform-verify accepts it, also against the
// checkpoint that was kept.
func (l *lane) export() []entry {
	l.Helper()
	if out, errs, code := l.command("conformd", "audit", "export", "-o", l.exported(), "-c", l.config); code != 0 {
		l.Fatalf("audit export ended with %d: %s%s", code, out, errs)
	}
	if out, code := l.verify(l.exported()); code != 0 {
		l.Errorf("A2: conform-verify ended with %d, want 0: %s", code, out)
	}
	f, err := os.Open(filepath.Join(l.exported(), "entries.jsonl"))
	if err != nil {
		l.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var all []entry
	for d := json.NewDecoder(f); d.More(); {
		var e entry
		if err := d.Decode(&e); err != nil {
			l.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

// verify has the auditor's program judge an export.
func (l *lane) verify(dir string) (said string, code int) {
	l.Helper()
	args := []string{"--json", "--key", filepath.Join(l.data, "audit.pub")}
	if l.checkpoint != "" {
		args = append(args, "--against", l.checkpoint)
	}
	out, errs, code := l.command("conform-verify", append(args, dir)...)
	return out + errs, code
}

// tamper is A3: an outcome that is taken out of the export, or an intent that says
// something else, is noticed.
func (l *lane) tamper() {
	l.Helper()
	path := filepath.Join(l.exported(), "entries.jsonl")
	text, err := os.ReadFile(path)
	if err != nil {
		l.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	find := func(what string) int {
		for i, line := range lines {
			if bytes.Contains(line, []byte(`"`+what+`"`)) {
				return i
			}
		}
		l.Fatalf("no %s in %s", what, path)
		return 0
	}
	out, in := find("write.outcome"), find("write.intent")
	for what, altered := range map[string][]byte{
		"an outcome taken out": bytes.Replace(text, lines[out], nil, 1),
		"another intent":       bytes.Replace(text, lines[in], bytes.Replace(lines[in], []byte("write.intent"), []byte("write.intenT"), 1), 1),
	} {
		if err := os.WriteFile(path, altered, 0o600); err != nil {
			l.Fatal(err)
		}
		if out, code := l.verify(l.exported()); code == 0 {
			l.Errorf("A3: conform-verify accepts an export with %s: %s", what, out)
		}
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		l.Fatal(err)
	}
	l.sum.add("altered exports found", 2)
}
