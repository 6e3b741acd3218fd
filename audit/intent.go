package audit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

const (
	insertIntent = `INSERT INTO audit_intent_state (intent_seq, outcome_seq) VALUES ($1, NULL)`
	closeIntent  = `UPDATE audit_intent_state SET outcome_seq = $1 WHERE intent_seq = $2 AND outcome_seq IS NULL`
	selectIntent = `SELECT outcome_seq FROM audit_intent_state WHERE intent_seq = $1`
)

// pair keeps the state of intents: an intent is open until one final outcome, or
// one resolution, names it. Any number of unknown outcomes may come before.
func (l *Log) pair(ctx context.Context, tx Tx, seq int64, e *Entry) error {
	var err error
	switch {
	case e.Verb == WriteIntent:
		_, err = l.exec(ctx, tx, insertIntent, seq)
	case e.Outcome == Unknown:
		return intentOpen(ctx, tx, e)
	default:
		var res sql.Result
		if res, err = l.exec(ctx, tx, closeIntent, seq, e.Intent); err == nil {
			var n int64
			if n, err = res.RowsAffected(); err == nil && n == 0 {
				return intentOpen(ctx, tx, e)
			}
		}
	}
	if err != nil {
		return fmt.Errorf("audit: append entry %d: intent: %w", seq, err)
	}
	return nil
}

// intentOpen says why the intent that e names cannot be closed, nil when it can.
func intentOpen(ctx context.Context, tx Tx, e *Entry) error {
	var outcome sql.NullInt64
	err := tx.QueryRowContext(ctx, selectIntent, e.Intent).Scan(&outcome)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &EntryError{e.Verb, fmt.Errorf("intent %d: %w", e.Intent, ErrNoIntent)}
	case err != nil:
		return fmt.Errorf("audit: intent %d: %w", e.Intent, err)
	case outcome.Valid:
		return &EntryError{e.Verb, fmt.Errorf("intent %d, entry %d: %w", e.Intent, outcome.Int64, ErrClosed)}
	}
	return nil
}

// OutcomeOf returns the entry that ended an intent: its final outcome, or what was found
// out later. The error is sql.ErrNoRows while the intent is open, and for what is none.
func OutcomeOf(ctx context.Context, tx Tx, intent int64) (Stored, error) {
	var seq sql.NullInt64
	if err := tx.QueryRowContext(ctx, selectIntent, intent).Scan(&seq); err != nil {
		return Stored{}, fmt.Errorf("audit: intent %d: %w", intent, err)
	}
	if !seq.Valid {
		return Stored{}, fmt.Errorf("audit: intent %d is open: %w", intent, sql.ErrNoRows)
	}
	return Get(ctx, tx, seq.Int64)
}
