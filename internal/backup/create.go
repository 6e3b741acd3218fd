package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/internal/store"
)

// A Source is what a backup is made of.
type Source struct {
	Store   Store
	Public  []byte // public key of the log
	Key     []byte // signing key, nil to leave it out
	Config  []byte // without secrets
	Version string
	Now     time.Time
}

// Create makes a backup in dir, which must not exist yet. The daemon may be running.
func Create(ctx context.Context, dir string, s Source) (m *Manifest, err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%s: %w", dir, fs.ErrExist), err)
	}
	parent := filepath.Dir(filepath.Clean(dir))
	part, err := os.MkdirTemp(parent, "."+filepath.Base(dir)+".part-") // mode 0700
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	if err := s.Store.CopyTo(ctx, part); err != nil {
		return nil, fmt.Errorf("copy the database: %w", err)
	}
	m = &Manifest{Format: Format, Version: s.Version, Created: s.Now.UTC().Truncate(time.Second)}
	if m.Log, m.Schema, err = state(ctx, part); err != nil {
		return nil, err
	}
	names := []string{Database}
	for _, f := range []struct {
		name string
		text []byte
	}{{Public, s.Public}, {Config, s.Config}, {Key, s.Key}} {
		if f.text == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(part, f.name), f.text, 0o600); err != nil {
			return nil, err
		}
		names = append(names, f.name)
	}
	if err := os.Chmod(filepath.Join(part, Database), 0o600); err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := sum(part, name)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, f)
	}
	doc, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(part, manifest), append(doc, '\n'), 0o600); err != nil {
		return nil, err
	}
	if err := syncAll(part, append(names, manifest)...); err != nil {
		return nil, err
	}
	if err := os.Rename(part, dir); err != nil {
		return nil, err
	}
	return m, syncAll(parent)
}

// state reads the head of the log and the schema of the database in dir.
func state(ctx context.Context, dir string) (h Head, schema int64, err error) {
	db, err := store.OpenFile(dir)
	if err != nil {
		return h, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if schema, _, err = store.SchemaOf(ctx, db); err != nil {
		return h, 0, err
	}
	h, err = HeadOf(ctx, db)
	return h, schema, err
}

// HeadOf returns the head of the log in a database. Its signature is not checked.
func HeadOf(ctx context.Context, db auditdb.Tx) (Head, error) {
	b, err := auditdb.CurrentCheckpoint(ctx, db)
	if err != nil {
		return Head{}, err
	}
	c, err := tree.ReadCheckpoint(b)
	if err != nil {
		return Head{}, err
	}
	return Head{Origin: c.Origin, Size: c.Size, Root: c.RootText(), Checkpoint: string(b)}, nil
}
