package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/backup"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
)

// backupsDir holds the backups that are made before an upgrade of the database.
const backupsDir = "backups"

// carryAtOnce is how many records one transaction carries into the log.
const carryAtOnce = 100

// An Upgrade says what must be done to a data directory of an earlier version.
type Upgrade struct {
	From    int64  `json:"schema_from"`
	To      int64  `json:"schema_to"`
	Records int64  `json:"records"`          // to be carried into the log
	Backup  string `json:"backup,omitempty"` // made before it; "" if the tables do not change
}

// Needed reports whether there is anything to do.
func (u Upgrade) Needed() bool { return u.From != u.To || u.Records > 0 }

// PendingUpgrade says what the next start would do to the data directory, and does nothing.
// The error is fs.ErrNotExist where there is no register.
func PendingUpgrade(ctx context.Context, dir string, now time.Time) (u Upgrade, err error) {
	st, err := store.OpenReader(ctx, dir)
	if err != nil {
		return u, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if u.From, u.To, err = store.SchemaOf(ctx, st.Reader()); err != nil {
		return u, err
	}
	if u.From > u.To {
		return u, fmt.Errorf("the database is of a newer conformd (schema %d, this one knows %d)", u.From, u.To)
	}
	if !store.HasLog(u.From) { // the first start was cut short while it made the tables, before there was anything to keep
		return u, nil
	}
	if u.Records, err = st.UncarriedCount(ctx); err != nil {
		return u, err
	}
	if u.From == u.To {
		return u, nil
	}
	size, err := st.LogSize(ctx)
	if err == nil && size > 0 { // before its first entry a register has nothing to lose
		u.Backup = filepath.Join(dir, backupsDir, fmt.Sprintf("schema-%d-%s", u.From, now.UTC().Format("20060102T150405Z")))
	}
	return u, err
}

// Migrate brings the data directory up to date, as the start of the daemon does, and
// returns what it did.
func Migrate(ctx context.Context, c *config.Config, o Options) (Upgrade, error) {
	o = o.withDefaults(c)
	u, err := PendingUpgrade(ctx, o.Dir, o.Now())
	if err != nil || !u.Needed() {
		return u, err
	}
	a := &App{Config: c, Log: o.Log}
	if err := a.openStore(ctx, c, o); err != nil {
		return u, err
	}
	return u, a.Close()
}

// backUp makes a backup of a database whose tables are about to change.
func (a *App) backUp(ctx context.Context, c *config.Config, o Options) (err error) {
	u, err := PendingUpgrade(ctx, o.Dir, o.Now())
	switch {
	case errors.Is(err, fs.ErrNotExist), err == nil && u.Backup == "":
		return nil
	case err != nil && u.From >= u.To:
		return nil // the tables do not change, or cannot be read: opening them reports that error
	case err != nil:
		return err
	}
	if err := os.MkdirAll(filepath.Dir(u.Backup), 0o700); err != nil {
		return err
	}
	st, err := store.OpenReader(ctx, o.Dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	in := backup.Source{Store: st, Version: o.Version, Now: o.Now()}
	if in.Config, err = c.Redacted(); err != nil {
		return err
	}
	if a.Public != "" {
		in.Public = []byte(a.Public + "\n")
	}
	if _, err := backup.Create(ctx, u.Backup, in); err != nil {
		return fmt.Errorf("backup before the database is brought up to date: %w", err)
	}
	a.Log.Info("made a backup before the database is brought up to date", zap.String("backup", u.Backup), zap.Int64("schema", u.From), zap.Int64("to", u.To))
	return nil
}

// carry writes the records that an earlier version left into the log, each as a whole. If it
// is interrupted, the next start continues it.
func (a *App) carry(ctx context.Context) error {
	n, err := a.eachOnce(ctx, (*store.Tx).Uncarried, func(t *store.Tx, id string) (int, error) {
		r, err := t.Record(ctx, id)
		if err != nil {
			return 0, err
		}
		return 1, t.Carry(ctx, ledger.Carried(r))
	})
	if err != nil {
		return fmt.Errorf("carry records into the audit log: %w", err)
	}
	if n > 0 {
		a.Log.Info("from here on the audit log holds every fact of all records", zap.Int("carried", n))
	}
	return nil
}

// eachOnce does something to each record that a list of the store holds, which takes it off the
// list. It does so carryAtOnce records at a time, each part in a transaction of its own, and adds
// up what was done.
func (a *App) eachOnce(ctx context.Context, list func(*store.Tx, context.Context, int) ([]string, error), do func(*store.Tx, string) (int, error)) (all int, err error) {
	for {
		done, left := 0, 0
		err := a.Store.Write(ctx, func(t *store.Tx) error {
			ids, err := list(t, ctx, carryAtOnce)
			if err != nil {
				return err
			}
			done, left = 0, len(ids)
			for _, id := range ids {
				n, err := do(t, id)
				if err != nil {
					return err
				}
				done += n
			}
			return nil
		})
		if all += done; err != nil || left == 0 {
			return all, err
		}
	}
}
