package main

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/conformd/conformd/audit/audittest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"conform-verify": main})
}

// The scripts find an export of a log that was going on for a while ($WORK/export),
// its public key, an earlier checkpoint, an old copy of the export, and one of a
// log that somebody wrote anew with the signing key.
func TestScripts(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	old := l.Export(t)
	l.Fill(t, 300)
	held := l.Checkpoint(t)
	l.Fill(t, 100)
	dir := l.Export(t)
	forged := audittest.NewWithKey(t, l.Private, l.Public)
	forged.Fill(t, 411)
	forgedDir := forged.Export(t)
	other := audittest.New(t)
	testscript.Run(t, testscript.Params{
		Dir: "testdata",
		Setup: func(env *testscript.Env) error {
			for name, from := range map[string]string{"export": dir, "old": old, "forged": forgedDir} {
				if err := os.CopyFS(filepath.Join(env.WorkDir, name), os.DirFS(from)); err != nil {
					return err
				}
			}
			for name, text := range map[string]string{
				"log.pub": l.Public + "\n", "other.pub": other.Public, "private.key": l.Private, "held": string(held),
			} {
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), []byte(text), 0o600); err != nil {
					return err
				}
			}
			env.Setenv("KEY", l.Public)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": code, "flip": flip, "hashed": hashed,
		},
	})
}

// code runs a command and expects an exit code: code 5 conform-verify export.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command...")
	}
	want := args[0]
	got := "0"
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		got = err.Error()[len("exit status "):]
	}
	if got != want {
		ts.Fatalf("%v: exit code %s, want %s", args[1:], got, want)
	}
}

// flip changes one bit in the middle of a file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: flip file")
	}
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(path, b, 0o600))
}

// hashed expects that the command before printed the SHA-256 of a file: hashed verify.html.
func hashed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hashed file")
	}
	sum := fmt.Sprintf("SHA-256 %x\n", sha256.Sum256([]byte(ts.ReadFile(args[0]))))
	if out := ts.ReadFile("stdout"); !strings.Contains(out, sum) {
		ts.Fatalf("the command printed\n%sand not %s", out, sum)
	}
}
