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

// Quarantined is an issue whose record is not known, and why it is not.
type Quarantined struct {
	Binding string
	Issue   *connectors.Issue // as last observed
	Why     string
}

// QuarantinedIn returns the quarantined issues of a binding, by key.
func (t *Tx) QuarantinedIn(ctx context.Context, binding string) ([]Quarantined, error) {
	return quarantined(ctx, t, "SELECT binding, issue, why FROM aside WHERE binding = $1 ORDER BY issue_key, issue_id", binding)
}

// QuarantinedMarked returns the quarantined issues of a binding that carry a marker.
func (t *Tx) QuarantinedMarked(ctx context.Context, binding, marker string) ([]Quarantined, error) {
	return quarantined(ctx, t, "SELECT binding, issue, why FROM aside WHERE marker = $1 AND marker <> '' AND binding = $2 ORDER BY issue_key, issue_id", marker, binding)
}

// QuarantinedIssue returns an issue if it is quarantined, by key.
func (t *Tx) QuarantinedIssue(ctx context.Context, binding, key string) ([]Quarantined, error) {
	return quarantined(ctx, t, "SELECT binding, issue, why FROM aside WHERE binding = $1 AND issue_key = $2 ORDER BY issue_id", binding, key)
}

// Quarantine stores an issue as quarantined and reports whether the reason is new.
func (t *Tx) Quarantine(ctx context.Context, a Quarantined) (fresh bool, err error) {
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

// Unquarantine forgets a quarantined issue, because it is bound now or gone.
func (t *Tx) Unquarantine(ctx context.Context, binding, issueID string) error {
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
	return collect(ctx, t, func(row scanner) (register.Record, error) {
		var doc string
		var r register.Record
		if err := row.Scan(&doc); err != nil {
			return r, err
		}
		if err := json.Unmarshal([]byte(doc), &r); err != nil {
			return r, fmt.Errorf("record in the store: %w", err)
		}
		return r, nil
	}, `SELECT doc FROM record WHERE ref = $1
OR id IN (SELECT record_id FROM link WHERE issue_key = $1 AND role = 'record') ORDER BY ref`, name)
}

// Rebind binds an issue to another record than before.
func (t *Tx) Rebind(ctx context.Context, binding, issueID, recordID string) error {
	if _, err := t.ExecContext(ctx, "UPDATE link SET record_id = $1 WHERE binding = $2 AND issue_id = $3", recordID, binding, issueID); err != nil {
		return err
	}
	return t.comes(ctx, binding, issueID)
}
