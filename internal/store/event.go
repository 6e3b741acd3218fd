package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/conformd/conformd/sync/plan"
)

// AddEvent stores an event of a record, once, and reports whether it was new.
func (t *Tx) AddEvent(ctx context.Context, recordID string, e plan.Event) (bool, error) {
	doc, err := json.Marshal(e)
	if err != nil {
		return false, err
	}
	res, err := t.ExecContext(ctx, "INSERT INTO event (id, record_id, at, doc, taken) VALUES ($1, $2, $3, $4, 0) ON CONFLICT (id) DO NOTHING",
		e.ID, recordID, millis(e.At), string(doc))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// OpenEvents returns the events of a record that were not taken in yet, oldest first.
func (t *Tx) OpenEvents(ctx context.Context, recordID string) ([]plan.Event, error) {
	rows, err := t.QueryContext(ctx, "SELECT doc FROM event WHERE record_id = $1 AND taken = 0 ORDER BY at, id", recordID)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []plan.Event
	for rows.Next() {
		var doc string
		var e plan.Event
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &e); err != nil {
			return nil, fmt.Errorf("event in the store: %w", err)
		}
		out = append(out, e)
	}
	return out, rows.Err()
}

// TakeEvents marks events as taken in.
func (t *Tx) TakeEvents(ctx context.Context, es []plan.Event) error {
	for _, e := range es {
		if _, err := t.ExecContext(ctx, "UPDATE event SET taken = 1 WHERE id = $1", e.ID); err != nil {
			return err
		}
	}
	return nil
}
