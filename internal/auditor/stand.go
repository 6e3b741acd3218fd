package auditor

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/register"
)

// A Stand is the register as it was when the log had so many entries.
type Stand struct {
	Records []register.Record
	Origin  string    // first name of the log
	Entries int64     // of the log
	At      time.Time // when the last one was written, zero for an empty log
}

// Read reads records and log as of one state of the database.
func Read(ctx context.Context, db *sql.DB) (s Stand, err error) {
	tx, err := db.BeginTx(ctx, readOnly())
	if err != nil {
		return s, err
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	at, _, last, err := headOf(ctx, tx)
	if err != nil {
		return s, err
	}
	s.Origin, s.Entries, s.At = tree.FirstName(at.Origin), at.Size, last
	s.Records, err = recordsOf(ctx, tx)
	return s, err
}

// headOf returns the checkpoint of the log, as it is signed too, and when the last entry was
// written. They are zero for an empty log.
func headOf(ctx context.Context, tx auditdb.Tx) (at tree.Checkpoint, signed []byte, last time.Time, err error) {
	signed, err = auditdb.CurrentCheckpoint(ctx, tx)
	if errors.Is(err, sql.ErrNoRows) {
		return at, nil, last, nil
	}
	if err != nil {
		return at, nil, last, err
	}
	if at, err = tree.ReadCheckpoint(signed); err != nil || at.Size == 0 {
		return at, signed, last, err
	}
	e, err := auditdb.Get(ctx, tx, at.Size-1)
	if err != nil {
		return at, signed, last, fmt.Errorf("the last entry of the log: %w", err)
	}
	return at, signed, e.Entry.At.UTC(), nil
}

func readOnly() *sql.TxOptions { return &sql.TxOptions{ReadOnly: true} }
