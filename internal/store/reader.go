package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/conformd/conformd/audit/auditlog"
)

// ErrOlder is the error of a register that an older conformd has written and that this
// one has not opened for writing yet.
var ErrOlder = errors.New("the register is as an older conformd left it")

// CheckSchema fails with ErrOlder if the tables are not yet those that this conformd
// reads. Whoever opens a store for reading only may call it; opening for writing brings
// the tables up to date.
func (s *Store) CheckSchema(ctx context.Context) error {
	current, known, err := SchemaOf(ctx, s.ro.db)
	if err == nil && current < known {
		err = ErrOlder
	}
	return err
}

// OpenReader opens the store in a data directory for commands that only read. It
// needs no signing key, migrates nothing and may be open beside the daemon. The
// error is os.ErrNotExist where there is no store.
func OpenReader(ctx context.Context, dir string) (*Store, error) {
	path := filepath.Join(dir, File)
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	s := &Store{
		log: auditlog.Open(nil, ""), now: time.Now, full: full, around: plainly,
		queue: make(chan *pending), done: make(chan struct{}), quit: make(chan struct{}),
	}
	db, err := open(path, settings, 1)
	if err != nil {
		return nil, err
	}
	ro, err := open(path, settings+reading, 4)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.db, s.ro = compile(db), compile(ro)
	go s.commits() // ends with Close
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", path, err), s.Close())
	}
	return s, nil
}
