package store

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
)

// An OwnListing says how far the issues of conformd's own making were listed in a binding.
type OwnListing struct {
	At    time.Time // when they were listed last, by conformd's clock; zero for never
	Since time.Time // where the next listing begins, by the tracker's clock; zero for the beginning
}

// OwnListing returns how far a binding's own issues were listed.
func (s *Store) OwnListing(ctx context.Context, binding string) (OwnListing, error) {
	rows, err := collect(ctx, s.ro, func(row scanner) (l OwnListing, err error) {
		var at, since int64
		err = row.Scan(&at, &since)
		l.At, l.Since = fromMillis(at), fromMillis(since)
		return l, err
	}, "SELECT at, since FROM own_listing WHERE binding = $1", binding)
	if err != nil || len(rows) == 0 {
		return OwnListing{}, err
	}
	return rows[0], nil
}

// PutOwn stores what a listing of own issues has shown: those that are bound to no record
// can be found by their marker from then on. Since is where the next listing begins.
func (t *Tx) PutOwn(ctx context.Context, binding string, made []connectors.Made, since time.Time) error {
	for _, m := range made {
		if err := t.MeetOwn(ctx, binding, m.Ref, m.Marker); err != nil {
			return err
		}
	}
	_, err := t.ExecContext(ctx, `INSERT INTO own_listing (binding, at, since) VALUES ($1, $2, $3)
ON CONFLICT (binding) DO UPDATE SET at = excluded.at, since = excluded.since`, binding, millis(t.now), millis(since))
	return err
}

// MeetOwn stores that an issue of conformd's own making carries a marker. One that is bound
// already is left out.
func (t *Tx) MeetOwn(ctx context.Context, binding string, ref connectors.Ref, marker string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO own_issue (binding, issue_id, issue_key, marker)
SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT 1 FROM link WHERE binding = $1 AND issue_id = $2)
ON CONFLICT (binding, marker, issue_id) DO UPDATE SET issue_key = excluded.issue_key`, binding, ref.ID, ref.Key, marker)
	return err
}

// OwnIssues returns the unbound issues of a binding that carry a marker, by their ids.
func (s *Store) OwnIssues(ctx context.Context, binding, marker string) ([]connectors.Ref, error) {
	return collect(ctx, s.ro, scanRef, `SELECT issue_id, issue_key FROM own_issue WHERE binding = $1 AND marker = $2
AND NOT EXISTS (SELECT 1 FROM link WHERE link.binding = own_issue.binding AND link.issue_id = own_issue.issue_id) ORDER BY issue_id`, binding, marker)
}

// ForgetOwn forgets what the listings of own issues have shown, so that the next begins
// at the beginning.
func (t *Tx) ForgetOwn(ctx context.Context, binding string) error {
	if _, err := t.ExecContext(ctx, "DELETE FROM own_issue WHERE binding = $1", binding); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, "DELETE FROM own_listing WHERE binding = $1", binding)
	return err
}

// New reports whether the register is new: it has no record, no binding was ever read,
// and no backup was put in its place.
func (s *Store) New(ctx context.Context) (bool, error) {
	var n int
	err := s.ro.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM record) + EXISTS (SELECT 1 FROM binding WHERE since > 0)
+ EXISTS (SELECT 1 FROM restored)`).Scan(&n)
	return n == 0, err
}
