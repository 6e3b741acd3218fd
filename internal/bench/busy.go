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

// The daemon under edits: it starts over a large register, is idle, and then works on
// edits that polls find.
const (
	idleFor   = 15 * time.Second // three rescans
	busyEdits = 50
	busyPolls = 25
)

// underEdits runs the daemon in a process of its own, edits issues meanwhile, and returns
// its peak resident memory in MB.
func (r *rig) underEdits(ctx context.Context) (float64, error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	var out, msgs bytes.Buffer
	// The clock of the trackers is ahead. One that jumps back has every write counted anew.
	c := exec.CommandContext(ctx, self, "-child", r.path, "-busy", "-ahead", time.Until(r.world.Clock.Now()).String())
	c.Stdout, c.Stderr = &out, &msgs
	if err := c.Start(); err != nil {
		return 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	for k := 1; ; k++ {
		select {
		case err := <-ended:
			if err != nil {
				return 0, fmt.Errorf("daemon: %w: %s", err, msgs.String())
			}
			return strconv.ParseFloat(strings.TrimSpace(out.String()), 64)
		case <-time.After(300 * time.Millisecond):
			if err := r.world.GitHub.As("erik").Retitle(1+k%busyEdits, fmt.Sprintf("Review is late, as told %d times", k)); err != nil {
				return 0, err
			}
		}
	}
}

// busy is the child: the whole daemon with queue and server, idle for a while and then
// under the edits of its parent, and its own peak of resident memory.
func busy(ctx context.Context, path string, ahead time.Duration, stdout io.Writer) error {
	a, err := open(ctx, path, 8, func() time.Time { return time.Now().Add(ahead) })
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- a.Run(running, func(app.Addrs) {}) }()
	if err := sleep(ctx, idleFor); err != nil {
		return err
	}
	before, err := a.Store.LogSize(ctx)
	if err != nil {
		return err
	}
	for range busyPolls {
		for _, b := range a.Bindings {
			// The daemon may be polling the binding itself.
			_, _ = a.Ingest.Poll(ctx, b.ID)
		}
		if err := sleep(ctx, 500*time.Millisecond); err != nil {
			return err
		}
	}
	after, err := a.Store.LogSize(ctx)
	if err != nil {
		return err
	}
	if after < before+busyPolls {
		return fmt.Errorf("the daemon wrote %d entries under edits: it did not work on them", after-before)
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
