//go:build unix

package verifycmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/audittest"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/audit/verifycmd"
)

// A trap puts something hostile into an export, and says what the report must name.
type trap struct {
	name  string
	spoil func(t *testing.T, dir string)
	want  string
}

// replace puts what make makes in the place of a file of the export.
func replace(file string, build func(path string) error) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		path := filepath.Join(dir, file)
		if err := os.RemoveAll(path); err != nil {
			t.Fatal(err)
		}
		if err := build(path); err != nil {
			t.Fatal(err)
		}
	}
}

func link(to string) func(string) error {
	return func(path string) error { return os.Symlink(to, path) }
}
func fifo(path string) error      { return syscall.Mkfifo(path, 0o600) }
func directory(path string) error { return os.Mkdir(path, 0o700) }
func empty(path string) error     { return os.WriteFile(path, nil, 0o600) }

func sparse(size int64) func(string) error {
	return func(path string) error {
		if err := empty(path); err != nil {
			return err
		}
		return os.Truncate(path, size)
	}
}

// socket makes a socket elsewhere and moves it: its address must be short.
func socket(path string) error {
	dir, err := os.MkdirTemp("", "s")
	if err != nil {
		return err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "s")})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	return errors.Join(os.Rename(filepath.Join(dir, "s"), path), l.Close(), os.Remove(dir))
}

const (
	tera   = 1 << 40
	bundle = "tile/entries/000"
	wipes  = "\x1b[2J\x1b[1;1HVERIFIED\u202e\x9b"
)

// giants adds sparse bundles of the largest length, 80 GB of them, and lists them in the
// manifest: reading them all would take minutes.
func giants(t *testing.T, dir string) {
	t.Helper()
	type file struct {
		Path   string `json:"path"`
		Bytes  int64  `json:"bytes"`
		SHA256 string `json:"sha256"`
	}
	var m struct {
		Format int    `json:"format"`
		Files  []file `json:"files"`
	}
	path := filepath.Join(dir, "MANIFEST.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	const size = 256 * (audit.MaxEntry + 2)
	for n := range 5000 {
		name := fmt.Sprintf("tile/entries/x%03d/%03d", 1+n/1000, n%1000)
		full := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := sparse(size)(full); err != nil {
			t.Fatal(err)
		}
		m.Files = append(m.Files, file{name, size, strings.Repeat("0", 64)})
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetIndent("", "  ")
	if err := errors.Join(enc.Encode(m), os.WriteFile(path, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
}

func traps() []trap {
	var out []trap
	for _, file := range []string{"checkpoint", "key.pub", "MANIFEST.json", "entries.jsonl", "disclosures.jsonl", "VERIFY.txt", bundle, "tile/0/000"} {
		for kind, build := range map[string]func(string) error{
			"a link to a device": link("/dev/zero"), "a FIFO": fifo, "a sparse terabyte": sparse(tera),
		} {
			out = append(out, trap{file + " is " + kind, replace(file, build), file})
		}
	}
	for _, file := range []string{"checkpoint", "key.pub", bundle} {
		out = append(out,
			trap{file + " is a directory", replace(file, directory), file},
			trap{file + " is a socket", replace(file, socket), file},
		)
	}
	secret := func(path string) error { return os.Symlink("/etc/passwd", path) }
	return append(out,
		trap{"entries.jsonl leads to another's file", replace("entries.jsonl", secret), "entries.jsonl is a symbolic link"},
		trap{"disclosures.jsonl leads to another's file", replace("disclosures.jsonl", secret), "disclosures.jsonl is a symbolic link"},
		trap{"a link to itself", replace("checkpoint", link("checkpoint")), "checkpoint is a symbolic link"},
		trap{"the tiles are a link to the root of the disk", replace("tile", link("/")), "tile is a symbolic link"},
		trap{"one more link", replace("more", link("checkpoint")), "more is a symbolic link"},
		trap{"a sparse bundle of the largest length", replace(bundle, sparse(256*(audit.MaxEntry+2))), bundle},
		trap{"the manifest lists giants that the log does not have", giants, "no part of the log"},
		trap{"a bundle is gone and the manifest lists giants", func(t *testing.T, dir string) {
			t.Helper()
			giants(t, dir)
			if err := os.Remove(filepath.Join(dir, bundle)); err != nil {
				t.Fatal(err)
			}
		}, "there are later ones"},
		trap{"a file whose name wipes the screen", replace(wipes+"\n", fifo), `\u{1b}[2J\u{1b}[1;1HVERIFIED\u{202e}\u{9b}\u{a} is a FIFO`},
		trap{"a name of many folders", replace(strings.Repeat("d", 200), func(path string) error {
			return os.MkdirAll(filepath.Join(path, strings.Repeat("d", 200), strings.Repeat("d", 200)), 0o700)
		}), "is longer than any name in an export"},
	)
}

// A hostile file in an export makes the verification fail: the verifier names the file,
// ends soon, stays within its memory, and sends the terminal no control character.
func TestHostileExports(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	l.Fill(t, 300)
	export := l.Export(t)
	for _, trap := range traps() {
		t.Run(trap.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "export")
			if err := os.CopyFS(dir, os.DirFS(export)); err != nil {
				t.Fatal(err)
			}
			trap.spoil(t, dir)
			for _, args := range [][]string{{dir}, {"--json", dir}} {
				var stdout, stderr bytes.Buffer
				began := time.Now()
				code := verifycmd.Run(t.Context(), args, &stdout, &stderr)
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("it took %s", took)
				}
				if code != verifycmd.ExitFailed {
					t.Errorf("Run(%q) = %d, want %d; stderr %q", args, code, verifycmd.ExitFailed, &stderr)
				}
				if len(args) == 1 && !strings.Contains(stdout.String(), trap.want) {
					t.Errorf("the report does not name %q:\n%s", trap.want, &stdout)
				}
				if strings.Contains(stdout.String(), "root:") {
					t.Errorf("the report shows the text of another file:\n%s", &stdout)
				}
				for _, s := range []string{stdout.String(), stderr.String()} {
					if acted(s) {
						t.Errorf("the terminal is sent what it acts upon: %q", s)
					}
				}
			}
		})
	}
	if n := len(traps()); n < 19 {
		t.Errorf("%d kinds of hostile exports, want 19 or more", n)
	}
}

// acted reports whether a terminal acts upon something in s, or does not show it.
func acted(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
	})
}

// An empty file changed the verdict on the screen: its name held escape sequences.
func TestNameOfAFileDoesNotRepaintTheVerdict(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	dir := l.Export(t)
	if err := os.WriteFile(filepath.Join(dir, wipes+"\nVERIFIED"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := verifycmd.Run(t.Context(), []string{"--against", filepath.Join(dir, "checkpoint"), dir}, &stdout, &stderr); code != verifycmd.ExitVerified {
		t.Errorf("Run() = %d, want %d: a further file is no fault; %s", code, verifycmd.ExitVerified, &stderr)
	}
	if got := stdout.String(); acted(got) || !strings.Contains(got, `\u{1b}[2J\u{1b}[1;1HVERIFIED\u{202e}\u{9b}\u{a}VERIFIED`) || strings.Contains(got, "\nVERIFIED\n") {
		t.Errorf("got %q", got)
	}
	stdout.Reset()
	verifycmd.Run(t.Context(), []string{"nowhere" + wipes}, &stdout, &stderr)
	if acted(stderr.String()) || !strings.Contains(stderr.String(), `nowhere\u{1b}`) {
		t.Errorf("stderr %q", &stderr)
	}
}

// Files that somebody gives with a flag are read under the same rules. They say nothing
// about the log: the code is that of wrong use.
func TestHostileFilesGivenWithFlags(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	dir := l.Export(t)
	for kind, build := range map[string]func(string) error{
		"a FIFO": fifo, "a device": link("/dev/zero"), "a directory": directory, "bytes, and cannot have more": sparse(tera),
	} {
		path := filepath.Join(t.TempDir(), "given")
		if err := build(path); err != nil {
			t.Fatal(err)
		}
		for _, flag := range []string{"--key", "--against"} {
			var stdout, stderr bytes.Buffer
			if code := verifycmd.Run(t.Context(), []string{flag, path, dir}, &stdout, &stderr); code != verifycmd.ExitUsage || !strings.Contains(stderr.String(), kind) || stdout.Len() > 0 {
				t.Errorf("%s %s: code %d, stdout %q, stderr %q", flag, kind, code, &stdout, &stderr)
			}
		}
	}
}

// endless is a directory that never ends.
type endless struct{ fstest.MapFS }

func (e endless) Open(name string) (fs.File, error) {
	f, err := e.MapFS.Open(name)
	if d, ok := f.(fs.ReadDirFile); ok && name == "." {
		return endlessDir{d}, nil
	}
	return f, err
}

type endlessDir struct{ fs.ReadDirFile }

func (endlessDir) ReadDir(n int) ([]fs.DirEntry, error) {
	info, err := fs.Stat(fstest.MapFS{"x": {}}, "x")
	if err != nil {
		return nil, err
	}
	out := make([]fs.DirEntry, n)
	for i := range out {
		out[i] = fs.FileInfoToDirEntry(info)
	}
	return out, nil
}

func TestDirectoryWithoutEnd(t *testing.T) {
	l := audittest.New(t)
	l.Story(t)
	r, err := verify.Dir(t.Context(), endless{fstest.MapFS{"checkpoint": {Data: l.Checkpoint(t)}}}, l.Verifier, verify.Options{})
	if err != nil || r.Result != verify.Failed || !strings.Contains(r.Findings[0].Text, "more than 1048576 files") {
		t.Errorf("Dir() = %+v, %v", r, err)
	}
}
