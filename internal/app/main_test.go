package app_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/rehearsal"
)

// The environment of a test binary that is to be the daemon.
const (
	envConfig = "CONFORMD_TEST_CONFIG" // path of the configuration
	envAhead  = "CONFORMD_TEST_AHEAD"  // how far its clock is ahead, "6m"
)

// TestMain makes the test binary the daemon where a test starts it as a process of
// its own, to kill it.
func TestMain(m *testing.M) {
	if path := os.Getenv(envConfig); path != "" {
		if err := daemon(path, os.Getenv(envAhead)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// daemon is conformd run, with a faster poll than the configuration allows.
func daemon(path, ahead string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := config.Load(path, rehearsal.Env)
	if err != nil {
		return err
	}
	c.Sync.PollEvery = time.Second
	c.Sync.Brake.Floor = 1000
	var d time.Duration
	if ahead != "" {
		if d, err = time.ParseDuration(ahead); err != nil {
			return err
		}
	}
	log, err := zap.NewDevelopment()
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: log, Now: func() time.Time { return time.Now().Add(d) }})
	if err != nil {
		return err
	}
	return a.Run(ctx, func(at app.Addrs) { fmt.Fprintln(os.Stdout, "ready", at.Pages) })
}
