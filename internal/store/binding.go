package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Binding is what the store remembers about one binding.
type Binding struct {
	ID        string    `json:"id"`
	Since     time.Time `json:"since,omitzero"`  // cursor, by the tracker's clock
	Polled    time.Time `json:"polled,omitzero"` // last successful poll, by ours
	Swept     time.Time `json:"swept,omitzero"`
	NotBefore time.Time `json:"not_before,omitzero"` // rate limit
	Problem   string    `json:"problem,omitempty"`
	Brake     string    `json:"brake,omitempty"` // why writing is stopped, "" if it is not
}

// Binding returns the row of a binding, with zero values if there is none yet.
func (s *Store) Binding(ctx context.Context, id string) (Binding, error) {
	b := Binding{ID: id}
	var since, polled, swept, notBefore int64
	err := s.ro.QueryRowContext(ctx, "SELECT since, polled, swept, not_before, problem, brake FROM binding WHERE id = $1", id).
		Scan(&since, &polled, &swept, &notBefore, &b.Problem, &b.Brake)
	if errors.Is(err, sql.ErrNoRows) {
		return b, nil
	}
	b.Since, b.Polled, b.Swept, b.NotBefore = fromMillis(since), fromMillis(polled), fromMillis(swept), fromMillis(notBefore)
	return b, err
}

// Brake returns why writing to a binding is stopped, "" if it is not.
func (t *Tx) Brake(ctx context.Context, id string) (string, error) {
	why, err := t.texts(ctx, "SELECT brake FROM binding WHERE id = $1", id)
	return append(why, "")[0], err
}

// PutBinding stores the row of a binding.
func (t *Tx) PutBinding(ctx context.Context, b Binding) error {
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, brake) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (id) DO UPDATE SET since = excluded.since, polled = excluded.polled, swept = excluded.swept, not_before = excluded.not_before, problem = excluded.problem, brake = excluded.brake`,
		b.ID, millis(b.Since), millis(b.Polled), millis(b.Swept), millis(b.NotBefore), b.Problem, b.Brake)
	return err
}

// LimitUntil remembers that a binding must be left alone until a time.
func (t *Tx) LimitUntil(ctx context.Context, binding string, until time.Time) error {
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, brake) VALUES ($1, 0, 0, 0, $2, '', '')
ON CONFLICT (id) DO UPDATE SET not_before = max(binding.not_before, excluded.not_before)`, binding, millis(until))
	return err
}

// Receive stores a webhook delivery once and reports whether it was new.
func (t *Tx) Receive(ctx context.Context, binding, id, event string) (bool, error) {
	res, err := t.ExecContext(ctx, "INSERT INTO delivery (binding, id, event, received) VALUES ($1, $2, $3, $4) ON CONFLICT (binding, id) DO NOTHING",
		binding, id, event, millis(t.now))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// ForgetDeliveries drops deliveries received before a time.
func (t *Tx) ForgetDeliveries(ctx context.Context, before time.Time) error {
	_, err := t.ExecContext(ctx, "DELETE FROM delivery WHERE received < $1", millis(before))
	return err
}

// AddRevert counts a reverting write.
func (t *Tx) AddRevert(ctx context.Context, recordID, binding string, f register.Field) error {
	_, err := t.ExecContext(ctx, "INSERT INTO revert (binding, record_id, field, at) VALUES ($1, $2, $3, $4)", binding, recordID, string(f), millis(t.now))
	return err
}

// Reverts counts the reverting writes of a record since a time.
func (t *Tx) Reverts(ctx context.Context, recordID string, since time.Time) (map[plan.RevertKey]int, error) {
	rows, err := t.QueryContext(ctx, "SELECT binding, field, count(*) FROM revert WHERE record_id = $1 AND at > $2 GROUP BY binding, field", recordID, millis(since))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[plan.RevertKey]int{}
	for rows.Next() {
		var k plan.RevertKey
		var n int
		if err := rows.Scan(&k.Binding, &k.Field, &n); err != nil {
			return nil, err
		}
		out[k] = n
	}
	return out, rows.Err()
}
