package store

import (
	"context"
)

// A Named is a record that a name leads to.
type Named struct {
	ID, Ref string // of the record
	// Link is the issue that has the name; its binding is "" where the record itself has it.
	Link BoundIssue
}

const (
	recordNamed = "SELECT id, ref FROM record WHERE lower(ref) = lower($1) UNION SELECT id, ref FROM record WHERE id = $1"
	linksNamed  = "SELECT r.id, r.ref, l.binding, l.issue_id, l.issue_key, l.role, l.state, s.doc FROM link l JOIN record r ON r.id = l.record_id JOIN sighting s ON s.binding = l.binding AND s.issue_id = l.issue_id WHERE lower(l.issue_key) = lower($1) ORDER BY l.binding, l.issue_id"
	asidesNamed = "SELECT binding, issue, why FROM aside WHERE lower(issue_key) = lower($1) ORDER BY binding, issue_id"
)

// RecordsByNumber returns the record with a number, in upper or lower case, or with an
// id; none if there is none.
func (s *Store) RecordsByNumber(ctx context.Context, number string) ([]Named, error) {
	return collect(ctx, s.ro, func(row scanner) (n Named, err error) {
		err = row.Scan(&n.ID, &n.Ref)
		return n, err
	}, recordNamed, number)
}

// RecordsByIssue returns the records to which an issue with a key is bound, as a record
// or as an action, in upper or lower case. Two sites may have issues of the same key.
func (s *Store) RecordsByIssue(ctx context.Context, key string) ([]Named, error) {
	return collect(ctx, s.ro, func(row scanner) (Named, error) {
		var n Named
		var doc string
		l := &n.Link
		if err := row.Scan(&n.ID, &n.Ref, &l.Binding, &l.Ref.ID, &l.Ref.Key, &l.Role, &l.State, &doc); err != nil {
			return n, err
		}
		l.RecordID = n.ID
		var err error
		l.Issue, err = decodeIssue(doc)
		return n, err
	}, linksNamed, key)
}

// QuarantinedNamed returns the quarantined issues with a key, in upper or lower case.
func (s *Store) QuarantinedNamed(ctx context.Context, key string) ([]Quarantined, error) {
	return quarantined(ctx, s.ro, asidesNamed, key)
}
