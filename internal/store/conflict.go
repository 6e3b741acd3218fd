package store

import (
	"context"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A ConflictRow is a conflict of a record, open while Closed is zero.
type ConflictRow struct {
	RecordID string        `json:"record_id"`
	Ref      string        `json:"ref"`
	Opened   time.Time     `json:"opened_at"`
	Closed   time.Time     `json:"closed_at,omitzero"`
	Conflict plan.Conflict `json:"conflict"`
}

// OpenConflicts returns the open conflicts of a record, by field.
func (t *Tx) OpenConflicts(ctx context.Context, recordID string) (map[register.Field]ConflictRow, error) {
	rows, err := conflicts(ctx, t, "SELECT c.record_id, r.ref, c.opened, c.closed, c.doc FROM conflict c JOIN record r ON r.id = c.record_id WHERE c.record_id = $1 AND c.closed = 0", recordID)
	if err != nil {
		return nil, err
	}
	out := map[register.Field]ConflictRow{}
	for _, c := range rows {
		out[c.Conflict.Field] = c
	}
	return out, nil
}

// Conflicts returns all conflicts, the open ones first, newest first.
func (s *Store) Conflicts(ctx context.Context) ([]ConflictRow, error) {
	return conflicts(ctx, s.ro, "SELECT c.record_id, r.ref, c.opened, c.closed, c.doc FROM conflict c JOIN record r ON r.id = c.record_id ORDER BY c.closed > 0, c.opened DESC, r.ref, c.field")
}

func conflicts(ctx context.Context, q querier, query string, args ...any) ([]ConflictRow, error) {
	return collect(ctx, q, func(row scanner) (ConflictRow, error) {
		var c ConflictRow
		var opened, closed int64
		var doc string
		if err := row.Scan(&c.RecordID, &c.Ref, &opened, &closed, &doc); err != nil {
			return c, err
		}
		c.Opened, c.Closed = fromMillis(opened), fromMillis(closed)
		var err error
		c.Conflict, err = decodeConflict(doc)
		return c, err
	}, query, args...)
}

// PutConflict opens a conflict, or stores the present values of an open one. A
// conflict that a policy decided is stored as closed at once.
func (t *Tx) PutConflict(ctx context.Context, recordID string, opened time.Time, c plan.Conflict) error {
	doc, err := encodeConflict(c)
	if err != nil {
		return err
	}
	closed := int64(0)
	if c.Winner != "" {
		closed = millis(t.now)
	}
	_, err = t.ExecContext(ctx, `INSERT INTO conflict (record_id, field, opened, closed, doc) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (record_id, field, opened) DO UPDATE SET closed = excluded.closed, doc = excluded.doc`, recordID, string(c.Field), millis(opened), closed, doc)
	return err
}

// CloseConflict marks an open conflict as over.
func (t *Tx) CloseConflict(ctx context.Context, c ConflictRow) error {
	_, err := t.ExecContext(ctx, "UPDATE conflict SET closed = $1 WHERE record_id = $2 AND field = $3 AND closed = 0", millis(t.now), c.RecordID, string(c.Conflict.Field))
	return err
}
