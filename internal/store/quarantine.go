package store

import (
	"context"
	"database/sql"
	"errors"
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

// QuarantinedAfter returns the quarantined issues of a binding after one of them, by key,
// at most limit. The zero Ref is before the first.
func (t *Tx) QuarantinedAfter(ctx context.Context, binding string, after connectors.Ref, limit int) ([]Quarantined, error) {
	return quarantined(ctx, t, "SELECT binding, issue, why FROM aside WHERE binding = $1 AND (issue_key, issue_id) > ($2, $3) ORDER BY issue_key, issue_id LIMIT $4",
		binding, after.Key, after.ID, limit)
}

// QuarantinedFirst returns at most limit quarantined issues of a binding, by key, and how
// many there are.
func (t *Tx) QuarantinedFirst(ctx context.Context, binding string, limit int) (first []Quarantined, n int, err error) {
	if err := t.QueryRowContext(ctx, "SELECT count(*) FROM aside WHERE binding = $1", binding).Scan(&n); err != nil || n == 0 {
		return nil, 0, err
	}
	first, err = t.QuarantinedAfter(ctx, binding, connectors.Ref{}, limit)
	return first, n, err
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
	doc, err := encodeIssue(a.Issue)
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
		a.Binding, a.Issue.Ref.ID, a.Issue.Ref.Key, a.Why, doc, a.Issue.Marker)
	return why != a.Why, err
}

// QuarantinedAs returns a quarantined issue as it was last observed, nil if it is not
// quarantined.
func (s *Store) QuarantinedAs(ctx context.Context, binding, issueID string) (*connectors.Issue, error) {
	var doc string
	err := s.ro.QueryRowContext(ctx, "SELECT issue FROM aside WHERE binding = $1 AND issue_id = $2", binding, issueID).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // it is not quarantined, and that is no error
	}
	if err != nil {
		return nil, err
	}
	return decodeIssue(doc)
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
		if err := row.Scan(&doc); err != nil {
			return register.Record{}, err
		}
		return decodeRecord(doc)
	}, `SELECT d.doc FROM record r JOIN record_doc d ON d.id = r.id WHERE r.ref = $1
OR r.id IN (SELECT record_id FROM link WHERE lower(issue_key) = lower($1) AND issue_key = $1 AND role = 'record') ORDER BY r.ref`, name)
}

// Rebind binds an issue to another record than before.
func (t *Tx) Rebind(ctx context.Context, binding, issueID, recordID string) error {
	if _, err := t.ExecContext(ctx, "UPDATE link SET record_id = $1 WHERE binding = $2 AND issue_id = $3", recordID, binding, issueID); err != nil {
		return err
	}
	return t.comes(ctx, binding, issueID)
}
