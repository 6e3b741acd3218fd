//go:build unix

package cli_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/cli"
	"github.com/conformd/conformd/internal/rehearsal"
)

// A workplace is a configuration beside two simulated trackers, and the real program.
type workplace struct {
	*testing.T
	dir, conf, data, program string
}

func newWorkplace(t *testing.T) *workplace {
	t.Helper()
	w, err := rehearsal.Start(t.Context(), rehearsal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	dir := t.TempDir()
	p := &workplace{T: t, dir: dir, conf: filepath.Join(dir, "conformd.yaml"), data: filepath.Join(dir, "data"), program: filepath.Join(dir, "conformd")}
	text, err := w.Config(rehearsal.Settings{DataDir: p.data, JiraTwin: true})
	if err != nil {
		t.Fatal(err)
	}
	p.write(p.conf, text)
	if _, err := w.GitHub.As("erik").Open("Leavers keep their accounts", "### What is wrong\n\nThree accounts.\n", "capa"); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, p.program); err != nil { // see TestMain
		t.Fatal(err)
	}
	return p
}

func (p *workplace) write(path, text string) {
	p.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

// command is the program as a process, under a umask that leaves everything open.
func (p *workplace) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, "sh", append([]string{"-c", `umask 0; exec "$0" "$@"`, p.program}, append(args, "-c", p.conf)...)...) //nolint:gosec // the test itself
	for _, name := range []string{"JIRA_TOKEN", "GITHUB_TOKEN", "WEBHOOK_SECRET"} {
		v, _ := rehearsal.Env(name)
		c.Env = append(c.Env, name+"="+v)
	}
	c.Env = append(c.Env, "PATH="+os.Getenv("PATH"), "TMPDIR="+filepath.Join(p.dir, "tmp"))
	return c
}

func (p *workplace) run(want int, args ...string) string {
	p.Helper()
	out, err := p.command(p.Context(), args...).CombinedOutput()
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else if err != nil {
		p.Fatal(err)
	}
	if code != want {
		p.Fatalf("conformd %q ended with %d, want %d: %s", args, code, want, out)
	}
	return string(out)
}

// open lists what other users may read, write or enter below a folder.
func (p *workplace) open(dir string) (out []string) {
	p.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 && info.Mode()&fs.ModeSymlink == 0 {
			out = append(out, path+" "+info.Mode().String())
		}
		return err
	})
	if err != nil {
		p.Fatal(err)
	}
	return out
}

// Whatever the umask of the shell, nothing that conformd writes is open to others.
func TestWhatIsWrittenBelongsToTheOwnerAlone(t *testing.T) {
	p := newWorkplace(t)
	at := func(name string) string { return filepath.Join(p.dir, name) }
	p.run(cli.ExitDone, "run", "--once")
	p.run(cli.ExitDone, "audit", "export", "-o", at("export"))
	p.run(cli.ExitDone, "backup", "create", "--with-key", "-o", at("backup"))
	p.run(cli.ExitDone, "backup", "restore", "--reason", "a test", at("backup"))
	for _, dir := range []string{"data", "export", "backup"} {
		if open := p.open(at(dir)); len(open) > 0 {
			t.Errorf("others can reach %q", open)
		}
	}
	if err := os.Chmod(p.data, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(p.data, "conformd.db"), 0o644); err != nil {
		t.Fatal(err)
	}
	if said := p.run(cli.ExitInPart, "run", "--once"); !strings.Contains(said, "others could read "+p.data+"; now conformd alone can") || !strings.Contains(said, "others could read this; now conformd alone can") {
		t.Errorf("a register that was open to others is not told of: %s", said)
	}
	if open := p.open(p.data); len(open) > 0 {
		t.Errorf("after a start others can reach %q", open)
	}
}

// A place that others can write to is refused before anything is read from it.
func TestWhatOthersCanWriteIsRefused(t *testing.T) {
	p := newWorkplace(t)
	p.run(cli.ExitDone, "run", "--once")
	for _, c := range []struct {
		name string
		mode fs.FileMode
		want string
	}{
		{"", 0o777, "data can be written by every user of this machine (mode 0777)"},
		{"conformd.db", 0o666, "conformd.db can be written by every user of this machine (mode 0666)"},
		{"audit.key", 0o644, "audit.key can be read by every user of this machine (mode 0644)"},
		{"audit.key", 0o640, "audit.key can be read by its group (mode 0640)"},
	} {
		path := filepath.Join(p.data, c.name)
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		said := p.run(cli.ExitFailed, "run", "--once")
		for _, want := range []string{"error CLI-053: ", c.want, "chmod "} {
			if !strings.Contains(said, want) {
				t.Errorf("%s %04o: %s, want %q", c.name, c.mode, said, want)
			}
		}
		if err := os.Chmod(path, info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	p.run(cli.ExitDone, "run", "--once")
}

// A plan works on a copy of the register. When it is killed, the copy stays behind, and
// the key that signs the log is not in it.
func TestAKilledPlanLeavesNoKey(t *testing.T) {
	p := newWorkplace(t)
	p.run(cli.ExitDone, "run", "--once")
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	text, err := os.ReadFile(p.conf)
	if err != nil {
		t.Fatal(err)
	}
	// A tracker that takes the connection and never answers holds the plan.
	p.write(p.conf, regexp.MustCompile(`url: http://127\.0\.0\.1:\d+`).ReplaceAllString(string(text), "url: http://"+silent.Addr().String()))
	tmp := filepath.Join(p.dir, "tmp")
	var out bytes.Buffer
	c := p.command(t.Context(), "plan")
	c.Stdout, c.Stderr = &out, &out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	conn := make(chan struct{})
	go func() {
		if asked, err := silent.Accept(); err == nil {
			close(conn)
			<-t.Context().Done()
			_ = asked.Close()
		}
	}()
	select {
	case <-conn:
	case err := <-ended:
		t.Fatalf("the plan ended: %v: %s", err, &out)
	case <-time.After(time.Minute):
		t.Error("the plan asked no tracker")
	}
	if err := c.Process.Signal(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("the plan ended well although it was killed")
	}
	copies := 0
	err = filepath.WalkDir(tmp, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.HasSuffix(path, "conformd.db") {
			copies++
		}
		if strings.HasSuffix(path, "audit.key") || bytes.Contains(b, []byte("PRIVATE+KEY+")) {
			t.Errorf("%s holds a signing key", path)
		}
		return err
	})
	if err != nil || copies != 1 {
		t.Errorf("%d copies of the register, want 1: %v", copies, err)
	}
	if open := p.open(tmp); len(open) > 0 {
		t.Errorf("others can reach %q", open)
	}
}

// A log keeps its name: under another one it would break in two.
func TestAChangedOriginIsRefused(t *testing.T) {
	p := newWorkplace(t)
	p.run(cli.ExitDone, "run", "--once")
	text, err := os.ReadFile(p.conf)
	if err != nil {
		t.Fatal(err)
	}
	p.write(p.conf, strings.Replace(string(text), "acme.example/isms-register", "acme.example/other", 1))
	for _, command := range [][]string{{"run", "--once"}, {"plan"}} {
		said := p.run(cli.ExitUsage, command...)
		for _, want := range []string{
			`error CLI-054: audit.origin is "acme.example/other", but the audit log of this register has the origin "acme.example/isms-register"`,
			"write audit.origin: acme.example/isms-register",
		} {
			if !strings.Contains(said, want) {
				t.Errorf("%q: %s, want %q", command, said, want)
			}
		}
	}
	p.write(p.conf, string(text))
	p.run(cli.ExitDone, "run", "--once")
}

// The token of a person of the register makes that person's decisions invisible.
func TestTheTokenOfAPersonIsRefused(t *testing.T) {
	p := newWorkplace(t)
	for _, args := range [][]string{{"run", "--once"}, {"run"}} {
		c := p.command(t.Context(), args...)
		c.Env = append(c.Env, "GITHUB_TOKEN=erik-token")
		out, err := c.CombinedOutput()
		if e, ok := errors.AsType[*exec.ExitError](err); !ok || e.ExitCode() != cli.ExitUsage {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
		for _, want := range []string{"error CLI-055: binding gh-isms signs in with the account erik of erik, who is one of people", "give conformd an account of its own"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%q: %s, want %q", args, out, want)
			}
		}
	}
}
