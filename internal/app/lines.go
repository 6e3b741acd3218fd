package app

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// How the lines of records are kept while the daemon runs.
const (
	keepEvery   = 2 * time.Second // how often a changed record is looked for
	keptAtOnce  = 100             // records
	keepAgainIn = time.Minute     // after an error
)

// keepLines keeps what lists show of records up to date, until ctx is done. It works half of the time on one processor at
// most: a list that is read meanwhile makes what is missing itself.
func (a *App) keepLines(ctx context.Context) {
	var reg *service.Register
	for wait := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began, n := time.Now(), 0
		var err error
		if reg == nil {
			reg, err = a.lineMaker(ctx)
		}
		if err == nil {
			n, err = reg.KeepLines(ctx, a.Store, keptAtOnce)
		}
		switch {
		case err != nil && ctx.Err() == nil:
			a.Log.Error("what lists show was not put into words", zap.Error(err))
			wait = keepAgainIn
		case n == keptAtOnce:
			wait = time.Since(began)
		default:
			wait = keepEvery
		}
	}
}

// lineMaker returns what makes the lines of this daemon. Those of another program, configuration or policy are made again.
func (a *App) lineMaker(ctx context.Context) (*service.Register, error) {
	reg, err := Register(ctx, a.Config, a.Store)
	if err != nil {
		return nil, err
	}
	var n int64
	err = a.Store.Write(ctx, func(t *store.Tx) (err error) {
		n, err = t.OutdatedLines(ctx, reg.Under)
		return err
	})
	if err != nil {
		return nil, err
	}
	if n > 0 {
		a.Log.Info("what lists show is put into words again, because the program, the configuration or the rules are others", zap.Int64("records", n))
	}
	return reg, nil
}

// under stands for what the words of lists are made with.
func under(c *config.Config, p register.Policy) int64 {
	sum := sha256.Sum256([]byte(fmt.Sprint(program(), c.PlanDigest(), p.Document().Digest())))
	return int64(binary.BigEndian.Uint64(sum[:8])>>1) | 1 //nolint:gosec // 63 bits, and not 0
}

// program identifies this build. A build without a version is told by its file.
func program() string {
	if b, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(b.Main.Version, "v") && !strings.Contains(b.Main.Version, "dirty") {
		return b.Main.Version
	}
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.Size(), info.ModTime().UnixNano())
}

// KeepAllLines puts into words what is not, as the daemon does while it runs.
func KeepAllLines(ctx context.Context, reg *service.Register, st *store.Store) error {
	for {
		n, err := reg.KeepLines(ctx, st, keptAtOnce)
		if err != nil || n == 0 {
			return err
		}
	}
}
