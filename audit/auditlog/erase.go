package auditlog

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

const deleteDisclosures = `DELETE FROM audit_disclosure WHERE seq = $1`

// Erase removes the personal data of entry seq that lies beside the log, and
// appends e to say so; e has the actor and the reason, the rest is set here. The
// entry and every proof stay as they are, and the commitment tells nothing without
// its salt. It returns the number of the new entry.
//
// The bytes are gone from the file as soon as the database has overwritten what it deletes
// (SQLite: PRAGMA secure_delete, and a checkpoint of its write-ahead log). Earlier backups and
// exports still hold them and need erasing of their own.
func (l *Log) Erase(ctx context.Context, tx auditdb.Tx, e audit.Entry, seq int64) (int64, error) {
	s, err := auditdb.Get(ctx, tx, seq)
	if err != nil {
		return 0, err
	}
	there, err := auditdb.Disclosed(ctx, tx, seq)
	if err != nil {
		return 0, err
	}
	if len(there) == 0 {
		return 0, fmt.Errorf("audit: entry %d has no personal data left to erase", seq)
	}
	e.Verb, e.Cause, e.Changes, e.Subject = audit.DisclosureErased, []int64{seq}, nil, s.Entry.Subject
	for _, c := range s.Entry.Changes {
		if c.HasPersonal() {
			e.Changes = append(e.Changes, audit.FieldChange{Field: c.Field})
		}
	}
	if _, err := tx.ExecContext(ctx, deleteDisclosures, seq); err != nil {
		return 0, fmt.Errorf("audit: erase personal data of entry %d: %w", seq, err)
	}
	return l.Append(ctx, tx, e)
}
