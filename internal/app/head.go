package app

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/backup"
)

// headEvery is how often backup.HeadFile is written. A loss of entries that are younger than
// the file goes unnoticed.
const headEvery = 10 * time.Second

// A HeadError says that the audit log is not the one that the data directory remembers.
type HeadError struct {
	Path string // of the file with the remembered head
	Err  error  // a verify.SetBackError, or why the file cannot be read
}

// Error names the file and what is wrong.
func (e *HeadError) Error() string { return fmt.Sprintf("%v, by %s", e.Err, e.Path) }

// Unwrap returns what is wrong.
func (e *HeadError) Unwrap() error { return e.Err }

// headHolds checks that the log has not been set back behind its remembered head, unless the
// log itself tells of a restore.
func (a *App) headHolds(ctx context.Context) error {
	if a.head == "" {
		return nil
	}
	c, b, err := backup.Remembered(filepath.Dir(a.head))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = verify.BeginsWith(ctx, a.Store.Reader(), c)
	}
	if err != nil {
		return &HeadError{a.head, err}
	}
	a.headNow = b
	return nil
}

// keepHead writes the remembered head every headEvery until ctx is done.
func (a *App) keepHead(ctx context.Context) {
	t := time.NewTicker(headEvery)
	defer t.Stop()
	for {
		if err := a.writeHead(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("cannot write down how far the audit log has come", zap.String("file", a.head), zap.Error(err))
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// writeHead writes the remembered head if it has changed. If the machine stops meanwhile,
// either the old or the new file is there.
func (a *App) writeHead(ctx context.Context) error {
	if a.head == "" {
		return nil
	}
	b, err := auditdb.CurrentCheckpoint(ctx, a.Store.Reader())
	if errors.Is(err, sql.ErrNoRows) || err == nil && bytes.Equal(b, a.headNow) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := backup.Remember(filepath.Dir(a.head), b); err != nil {
		return err
	}
	a.headNow = b
	return nil
}
