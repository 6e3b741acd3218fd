package dst

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditlog"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
)

// backUp copies the register as it is at this step. The caller holds the lock.
func (w *world) backUp(e *engine) {
	if err := copyData(e.dir, w.backup()); err != nil {
		panic(err)
	}
	w.backedUp = time.Now()
	w.noteLocked("manager", "backed up at step %d", w.steps)
}

func (w *world) backup() string { return filepath.Join(w.dir, "backup") }

// setBack reports whether the process that was just killed is followed by one on the
// backup.
func (w *world) setBack() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.backedUp.IsZero() && w.restored == 0 && len(w.killAt) == 0
}

// restore puts the backup in the place of what a killed process left, as the command
// does. In every other seed the replaced register can still be read. A backup from before the
// first entry of the log is refused, and the register stays as it was.
func (w *world) restore(ctx context.Context, c *config.Config, e *engine) error {
	w.mu.Lock()
	w.restored++
	w.counts["restore"]++
	w.mu.Unlock()
	r := app.Restoring{
		Dir: e.next, Made: w.backedUp, Now: w.now,
		Restore: audit.Restore{Told: "what came after is lost", Reason: "the disk failed"},
	}
	conflicts, err := e.app.Store.Conflicts(ctx)
	if err != nil {
		return err
	}
	w.mu.Lock()
	for _, c := range conflicts {
		for _, v := range c.Conflict.Values {
			w.replaced = append(w.replaced, v.Value)
		}
	}
	w.mu.Unlock()
	if w.Seed%2 == 0 {
		rows, err := e.app.Store.Records(ctx)
		if err != nil {
			return err
		}
		r.Known = map[string]string{}
		for _, row := range rows {
			r.Known[row.Record.Ref] = row.Record.ID
		}
	}
	kept := e.next + ".replaced"
	if err := os.Rename(e.next, kept); err != nil {
		return err
	}
	if err := copyData(w.backup(), e.next); err != nil {
		return err
	}
	if r.Signer, err = app.Key(c, e.next); err != nil {
		return err
	}
	_, err = app.Restore(ctx, c, r)
	w.note("manager", "restored the backup of %s: %v", w.backedUp.Sub(w.began), err == nil)
	if !errors.Is(err, auditlog.ErrEmptyBackup) {
		return errors.Join(err, os.RemoveAll(kept))
	}
	w.mu.Lock()
	w.restored, w.replaced, w.backedUp = 0, nil, time.Time{}
	w.counts["restore"]--
	w.counts["restore refused"]++
	w.mu.Unlock()
	return errors.Join(os.RemoveAll(e.next), os.Rename(kept, e.next))
}
