package auditdb

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/conformd/conformd/audit"
)

// SelectIntent selects the number of the entry that ended an intent, NULL while it is open.
const SelectIntent = `SELECT outcome_seq FROM audit_intent_state WHERE intent_seq = $1`

// OutcomeOf returns the entry that ended an intent: its final outcome, or what was found
// out later. The error is sql.ErrNoRows while the intent is open, and for what is none.
func OutcomeOf(ctx context.Context, tx Tx, intent int64) (audit.Stored, error) {
	var seq sql.NullInt64
	if err := tx.QueryRowContext(ctx, SelectIntent, intent).Scan(&seq); err != nil {
		return audit.Stored{}, fmt.Errorf("audit: intent %d: %w", intent, err)
	}
	if !seq.Valid {
		return audit.Stored{}, fmt.Errorf("audit: intent %d is open: %w", intent, sql.ErrNoRows)
	}
	return Get(ctx, tx, seq.Int64)
}
