//go:build unix

package blackbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// build makes the programs as they are released.
func build(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	c := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", dir+string(filepath.Separator),
		"github.com/conformd/conformd/cmd/conformd", "github.com/conformd/conformd/cmd/conform-verify")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

var givenAddrs sync.Map // those of all worlds

// freeAddr is an address that nobody listens on. Both trackers are told of each other
// before either listens, so they cannot choose for themselves. It lies below the ports
// that systems give to outgoing connections: the daemon comes back to it after each
// kill, and nobody may have taken it meanwhile.
func freeAddr(t *testing.T) string {
	t.Helper()
	for range 1000 {
		addr := fmt.Sprintf("127.0.0.1:%d", 15000+rand.IntN(15000)) //nolint:gosec // any will do
		if _, taken := givenAddrs.LoadOrStore(addr, true); taken {
			continue
		}
		n, err := net.Listen("tcp", addr)
		if err != nil {
			continue
		}
		_ = n.Close()
		return addr
	}
	t.Fatal("no free port on 127.0.0.1")
	return ""
}

// command runs a program to its end and returns what it printed and its exit code.
func (l *lane) command(name string, args ...string) (stdout, stderr string, code int) {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.ctx, commandMost)
	defer cancel()
	c := exec.CommandContext(ctx, filepath.Join(l.bin, name), args...) //nolint:gosec // what was built here
	c.Env = append(os.Environ(), l.env...)
	c.WaitDelay = time.Second
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	err := c.Run()
	if ctx.Err() != nil {
		l.Fatalf("%s %v did not end within %s: %s", name, args, commandMost, errs.String())
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return out.String(), errs.String(), exit.ExitCode()
	}
	if err != nil {
		l.Fatal(err)
	}
	return out.String(), errs.String(), 0
}

// spawn starts a program that runs on, with its output in a file. Whoever starts it
// ends it.
func (l *lane) spawn(log, name string, args ...string) (*exec.Cmd, error) {
	f, err := os.OpenFile(filepath.Join(l.dir, log), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // the child has its own
	ctx := context.WithoutCancel(l.ctx)
	c := exec.CommandContext(ctx, filepath.Join(l.bin, name), args...) //nolint:gosec // what was built here
	c.Env = append(os.Environ(), l.env...)
	c.Stdout, c.Stderr = f, f
	return c, c.Start()
}
