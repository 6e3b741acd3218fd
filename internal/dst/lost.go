package dst

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
)

// losesDisk reports whether the process that was just killed is followed by one on an
// empty data directory.
func (w *world) losesDisk() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.Lost && w.lost == 0 && len(w.killAt) == 0
}

// loseDisk takes away what a killed process left. Nobody replaces a disk within minutes: by
// then the listings of the trackers show what was filed last. The new register is an
// installation of its own.
func (w *world) loseDisk(ctx context.Context, t *Template, a *actor, e *engine) error {
	w.mu.Lock()
	w.lost++
	w.counts["disk lost"]++
	w.mu.Unlock()
	a.sleep(connectors.Settle + w.Lag)
	w.note(a.name, "the disk is lost")
	if err := os.RemoveAll(e.next); err != nil {
		return err
	}
	if err := copyData(t.dir, e.next); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", filepath.Join(e.next, store.File))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "DELETE FROM installation")
	return err
}

// checkLost computes what must hold although the register and its log began anew: what the
// trackers hold was taken over, and nothing was filed or posted a second time. Whose edit
// won, and why, lay in the log that is lost.
func (p *picture) checkLost() {
	p.counterparts()
	p.secretless()
}
