package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
)

// An Aside is the issue of an action whose record is not known, and why it is not.
type Aside struct {
	Binding string
	Issue   *connectors.Issue // as last observed
	Why     string
}

// Asides returns the quarantined issues of a binding, by key.
func (t *Tx) Asides(ctx context.Context, binding string) ([]Aside, error) {
	return asides(ctx, t, "SELECT binding, issue, why FROM aside WHERE binding = $1 ORDER BY issue_key, issue_id", binding)
}

// AsidesMarked returns the quarantined issues of a binding that carry a marker.
func (t *Tx) AsidesMarked(ctx context.Context, binding, marker string) ([]Aside, error) {
	return asides(ctx, t, "SELECT binding, issue, why FROM aside WHERE marker = $1 AND marker <> '' AND binding = $2 ORDER BY issue_key, issue_id", marker, binding)
}

// AsidesOf returns an issue if it is quarantined, by key.
func (t *Tx) AsidesOf(ctx context.Context, binding, key string) ([]Aside, error) {
	return asides(ctx, t, "SELECT binding, issue, why FROM aside WHERE binding = $1 AND issue_key = $2 ORDER BY issue_id", binding, key)
}

// PutAside keeps an issue aside and reports whether the reason is new.
func (t *Tx) PutAside(ctx context.Context, a Aside) (fresh bool, err error) {
	doc, err := json.Marshal(a.Issue)
	if err != nil {
		return false, err
	}
	var why string
	err = t.QueryRowContext(ctx, "SELECT why FROM aside WHERE binding = $1 AND issue_id = $2", a.Binding, a.Issue.Ref.ID).Scan(&why)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO aside (binding, issue_id, issue_key, why, issue, marker) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (binding, issue_id) DO UPDATE SET issue_key = excluded.issue_key, why = excluded.why, issue = excluded.issue, marker = excluded.marker`,
		a.Binding, a.Issue.Ref.ID, a.Issue.Ref.Key, a.Why, string(doc), a.Issue.Marker)
	return why != a.Why, err
}

// ForgetAside drops an issue that was quarantined, because it is bound now or gone.
func (t *Tx) ForgetAside(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM aside WHERE binding = $1 AND issue_id = $2", binding, issueID)
	return err
}

// RecordsNamed returns the records that have one of the names, each once: their own
// number, or the key of an issue that is bound to them as a record.
func (t *Tx) RecordsNamed(ctx context.Context, names []string) ([]register.Record, error) {
	var out []register.Record
	for _, n := range names {
		found, err := t.named(ctx, n)
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			if !slices.ContainsFunc(out, func(o register.Record) bool { return o.ID == r.ID }) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func (t *Tx) named(ctx context.Context, name string) ([]register.Record, error) {
	rows, err := t.QueryContext(ctx, `SELECT doc FROM record WHERE ref = $1
OR id IN (SELECT record_id FROM link WHERE issue_key = $1 AND role = 'record') ORDER BY ref`, name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []register.Record
	for rows.Next() {
		var doc string
		var r register.Record
		if err := rows.Scan(&doc); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(doc), &r); err != nil {
			return nil, fmt.Errorf("record in the store: %w", err)
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// MoveLink binds an issue to another record than before.
func (t *Tx) MoveLink(ctx context.Context, binding, issueID, recordID string) error {
	if _, err := t.ExecContext(ctx, "UPDATE link SET record_id = $1 WHERE binding = $2 AND issue_id = $3", recordID, binding, issueID); err != nil {
		return err
	}
	return t.comes(ctx, binding, issueID)
}
