//go:build unix

package blackbox

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A daemon is conformd run, started again whenever it ends.
type daemon struct {
	*lane
	mu      sync.Mutex
	cmd     *exec.Cmd     // nil while none runs
	ended   chan struct{} // closed when cmd has ended
	excused bool          // the process had no space at some time, so it may end by itself
	closing bool          // no more restarts
}

func newDaemon(l *lane) *daemon {
	d := &daemon{lane: l}
	l.Cleanup(func() {
		d.mu.Lock()
		d.closing = true
		cmd, ended := d.cmd, d.ended
		d.mu.Unlock()
		if cmd != nil {
			_ = cmd.Process.Kill()
			<-ended
		}
	})
	return d
}

// start starts it, unless it runs, and does not wait until it is ready: it is hit
// while it starts, too.
func (d *daemon) start() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cmd != nil || d.closing {
		return
	}
	cmd, err := d.spawn("daemon.log", "conformd", "run", "-c", d.config)
	if err != nil {
		d.Errorf("the daemon does not start: %v", err)
		return
	}
	d.cmd, d.ended, d.excused = cmd, make(chan struct{}), d.disk.isFull()
	go d.attend(cmd, d.ended)
}

// attend waits for the end of a process and, if nobody has ended it, starts the next
// as a supervisor would.
func (d *daemon) attend(cmd *exec.Cmd, ended chan struct{}) {
	err := cmd.Wait()
	defer close(ended)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cmd != cmd || d.closing {
		return
	}
	d.cmd = nil
	if !d.excused {
		d.Errorf("the daemon ended by itself: %v\n%s", err, d.tail())
		return
	}
	d.sum.add("ends for want of space", 1)
	time.AfterFunc(300*time.Millisecond, d.start)
}

// hit kills the daemon as nothing can prevent, and starts it again.
func (d *daemon) hit() {
	d.mu.Lock()
	cmd, ended := d.cmd, d.ended
	d.cmd = nil
	d.mu.Unlock()
	if cmd != nil {
		_ = cmd.Process.Kill()
		<-ended
	}
	d.start()
}

// freeze stops the daemon for a while, as a suspended machine does.
func (d *daemon) freeze(pause time.Duration) {
	d.mu.Lock()
	cmd := d.cmd
	d.mu.Unlock()
	if cmd == nil || cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return // it has just ended
	}
	d.pause(pause)
	_ = cmd.Process.Signal(syscall.SIGCONT)
}

// stop ends the daemon in good order.
func (d *daemon) stop() {
	d.Helper()
	d.mu.Lock()
	cmd, ended := d.cmd, d.ended
	d.closing = true
	d.mu.Unlock()
	if cmd == nil {
		d.Errorf("no daemon runs at the end\n%s", d.tail())
		return
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(stopMost):
		d.Errorf("the daemon does not end within %s of SIGTERM\n%s", stopMost, d.tail())
		_ = cmd.Process.Kill()
		<-ended
	}
	if s := cmd.ProcessState; !s.Success() {
		d.Errorf("the daemon ended with %v, want 0\n%s", s, d.tail())
	}
}

// outOfSpace notes that the running process may end by itself.
func (d *daemon) outOfSpace() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.excused = true
}

func (l *lane) daemonLog() string {
	b, err := os.ReadFile(filepath.Join(l.dir, "daemon.log"))
	if err != nil {
		return fmt.Sprint(err)
	}
	return string(b)
}

// tail is the end of what the daemon said, also before there is one.
func (d *daemon) tail() string {
	if d == nil {
		return ""
	}
	lines := strings.Split(d.daemonLog(), "\n")
	return strings.Join(lines[max(0, len(lines)-15):], "\n")
}
