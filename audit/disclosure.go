package audit

import (
	"context"
	"errors"
	"fmt"
)

const (
	selectDisclosures = `SELECT field, value FROM audit_disclosure WHERE seq = $1 ORDER BY field`
	deleteDisclosures = `DELETE FROM audit_disclosure WHERE seq = $1`
)

// A placed opening has the place beside the log that it is kept at.
type placed struct {
	opening
	place string
}

// openings returns what opens the commitments of c, with their places.
func (c FieldChange) openings() []placed {
	var out []placed
	if t := c.Before; t != nil && t.open != nil {
		out = append(out, placed{*t.open, c.Field + "/before"})
	}
	if t := c.After; t != nil && t.open != nil {
		out = append(out, placed{*t.open, c.Field + "/after"})
	}
	return out
}

// commitments returns the commitments of c by their places.
func (c FieldChange) commitments() map[string]string {
	if !c.personal() {
		return nil
	}
	out := map[string]string{}
	if c.Before != nil && c.Before.Commitment != "" {
		out[c.Field+"/before"] = c.Before.Commitment
	}
	if c.After != nil && c.After.Commitment != "" {
		out[c.Field+"/after"] = c.After.Commitment
	}
	return out
}

// Disclosed returns the personal data of entry seq that has not been erased, keyed
// by the field and which value it is ("owner/before", "owner/after").
func Disclosed(ctx context.Context, tx Tx, seq int64) (out map[string]string, err error) {
	rows, err := tx.QueryContext(ctx, selectDisclosures, seq)
	if err != nil {
		return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	out = map[string]string{}
	for rows.Next() {
		var place, value string
		if err := rows.Scan(&place, &value); err != nil {
			return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
		}
		out[place] = value
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("audit: personal data of entry %d: %w", seq, err)
	}
	return out, nil
}

// Erase removes the personal data of entry seq that lies beside the log, and
// appends e to say so; e has the actor and the reason, the rest is set here. The
// entry and every proof stay as they are, and the commitment tells nothing without
// its salt. It returns the number of the new entry.
//
// The bytes leave the file for good when the database overwrites what it deletes
// (SQLite: PRAGMA secure_delete, and a checkpoint of its write-ahead log). Backups
// and exports made before keep them; whoever has those has to erase there as well.
func (l *Log) Erase(ctx context.Context, tx Tx, e Entry, seq int64) (int64, error) {
	s, err := Get(ctx, tx, seq)
	if err != nil {
		return 0, err
	}
	there, err := Disclosed(ctx, tx, seq)
	if err != nil {
		return 0, err
	}
	if len(there) == 0 {
		return 0, fmt.Errorf("audit: entry %d has no personal data left to erase", seq)
	}
	e.Verb, e.Cause, e.Changes, e.Subject = DisclosureErased, []int64{seq}, nil, s.Entry.Subject
	for _, c := range s.Entry.Changes {
		if c.personal() {
			e.Changes = append(e.Changes, FieldChange{Field: c.Field})
		}
	}
	if _, err := tx.ExecContext(ctx, deleteDisclosures, seq); err != nil {
		return 0, fmt.Errorf("audit: erase personal data of entry %d: %w", seq, err)
	}
	return l.Append(ctx, tx, e)
}
