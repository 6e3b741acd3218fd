package verifycmd_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/audit/verifycmd"
)

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

// A report that could not be printed must not end in a code that says all is well.
func TestAReportNobodyCouldReadIsNoSuccess(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	dir := l.Export(t)
	var stderr strings.Builder
	got := verifycmd.Run(t.Context(), []string{"--against", filepath.Join(dir, "checkpoint"), dir}, brokenPipe{}, &stderr)
	if got != verifycmd.ExitRead || !strings.Contains(stderr.String(), "broken pipe") {
		t.Errorf("Run() = %d, stderr %q, want %d and the reason", got, stderr.String(), verifycmd.ExitRead)
	}
}

// After a rotation the export has two keys; the log is signed by either.
func TestRunTakesEveryKeyOfAFile(t *testing.T) {
	l, other := audittest.New(t), audittest.New(t)
	l.Story(t)
	dir := l.Export(t)
	keys := filepath.Join(t.TempDir(), "keys.pub")
	if err := os.WriteFile(keys, []byte(other.Public+"\n\n"+l.Public+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	if got := verifycmd.Run(t.Context(), []string{"--key", keys, dir}, &stdout, &stderr); got != verifycmd.ExitInPart {
		t.Errorf("Run() = %d, want %d; stdout %s, stderr %s", got, verifycmd.ExitInPart, stdout.String(), stderr.String())
	}
}

// The ZIP of a whole log is no dossier: the message says to unpack it, and nothing is said about the log.
func TestRunSaysToUnpackAWholeLog(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	path := filepath.Join(t.TempDir(), "audit-log.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(export.WriteZIP(t.Context(), l.DB, f, "audit-log", export.Options{Keys: []string{l.Public}}), f.Close()); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr strings.Builder
	if got := verifycmd.Run(t.Context(), []string{path}, &stdout, &stderr); got != verifycmd.ExitRead || !strings.Contains(stderr.String(), "unpack it") || stdout.Len() > 0 {
		t.Errorf("Run() = %d, stdout %q, stderr %q", got, &stdout, &stderr)
	}
}

func TestTextShowsWhatWasExpectedAndFound(t *testing.T) {
	got := verifycmd.Text(&verify.Report{
		Result: verify.Failed, Origin: "o", Size: 1, Omitted: 3,
		Findings: []verify.Finding{{Code: verify.Tampered, Seq: 4, Where: "tile/0/000", Text: "entry 4 is another", Want: strings.Repeat("ä", 300), Got: "bb"}},
	}, "")
	for _, want := range []string{
		"FAILED: do not rely on this log. There are 4 findings.",
		"tampered, in tile/0/000: entry 4 is another",
		"expected " + strings.Repeat("ä", 160) + "...\n", "found    bb", "and 3 more",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("Text() has no %q:\n%s", want, got)
		}
	}
}
