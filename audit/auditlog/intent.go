package auditlog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

const (
	insertIntent = `INSERT INTO audit_intent_state (intent_seq, outcome_seq) VALUES ($1, NULL)`
	closeIntent  = `UPDATE audit_intent_state SET outcome_seq = $1 WHERE intent_seq = $2 AND outcome_seq IS NULL`
)

// pair keeps the state of intents: an intent is open until one final outcome, or
// one resolution, names it. Any number of unknown outcomes may come before.
func (l *Log) pair(ctx context.Context, tx auditdb.Tx, seq int64, e *audit.Entry) error {
	var err error
	switch {
	case e.Verb == audit.WriteIntent:
		_, err = l.exec(ctx, tx, insertIntent, seq)
	case e.Outcome == audit.Unknown:
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
func intentOpen(ctx context.Context, tx auditdb.Tx, e *audit.Entry) error {
	var outcome sql.NullInt64
	err := tx.QueryRowContext(ctx, auditdb.SelectIntent, e.Intent).Scan(&outcome)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &audit.EntryError{Verb: e.Verb, Err: fmt.Errorf("intent %d: %w", e.Intent, audit.ErrNoIntent)}
	case err != nil:
		return fmt.Errorf("audit: intent %d: %w", e.Intent, err)
	case outcome.Valid:
		return &audit.EntryError{Verb: e.Verb, Err: fmt.Errorf("intent %d, entry %d: %w", e.Intent, outcome.Int64, audit.ErrClosed)}
	}
	return nil
}
