package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/app"
)

// memory runs the daemon in a process of its own, over the register that was just
// synchronised, and returns its peak resident memory in MB after it has looked at
// everything.
func (r *rig) memory(ctx context.Context) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var out, msgs bytes.Buffer
	c := exec.CommandContext(ctx, self, "-child", r.path)
	c.Stdout, c.Stderr = &out, &msgs
	if err := c.Run(); err != nil {
		return 0, fmt.Errorf("daemon: %w: %s", err, msgs.String())
	}
	return strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
}

// resident is the child: the whole daemon with queue and server, a full sweep of
// everything, and then its own resident memory.
func resident(ctx context.Context, path string, stdout io.Writer) error {
	a, err := open(ctx, path, 8, time.Now)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	up := make(chan struct{})
	go func() { done <- a.Run(running, func(app.Addrs) { close(up) }) }()
	select {
	case <-up:
	case err := <-done:
		stop()
		return err
	}
	for _, b := range a.Bindings {
		report, err := b.Tracker.Check(ctx)
		if err != nil {
			stop()
			return err
		}
		b.Know(report.Self)
		seen, err := a.Ingest.Sweep(ctx, b.ID)
		for part := seen; err == nil && part.More; seen.Issues += part.Issues {
			part, err = a.Ingest.Poll(ctx, b.ID)
		}
		if err == nil && seen.Issues == 0 {
			err = fmt.Errorf("the sweep of %s saw nothing", b.ID)
		}
		if err != nil {
			stop()
			return err
		}
	}
	kb, err := rss()
	stop()
	if err != nil {
		return err
	}
	if err := <-done; err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%.1f\n", float64(kb)/1024)
	return a.Close()
}

// rss reads the resident memory of this process in kB.
func rss() (int, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			return strconv.Atoi(f[1])
		}
	}
	return 0, fmt.Errorf("no VmHWM in /proc/self/status")
}
