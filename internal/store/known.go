package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A Known is an issue that a sweep looks for.
type Known struct {
	connectors.Ref
	Updated     time.Time // as last observed, by the tracker's clock; zero: it was not observed yet
	Labels      []string  // as last observed
	State       IssueState
	Unlisted    bool // an earlier sweep missed it
	Quarantined bool // then it is not bound and has no State
}

// Known returns the issues of a binding that the sweep under way has not shown, by id, at
// most limit: the bound ones, the orphans that were first missed after a time, and the
// quarantined ones. After is the id of the last one of the page before.
func (s *Store) Known(ctx context.Context, binding, after string, orphans time.Time, limit int) ([]Known, error) {
	bound, err := collect(ctx, s.ro, scanKnown, `SELECT l.issue_id, l.issue_key, l.state, l.unlisted > 0, 0, s.doc FROM link l
JOIN sighting s ON s.binding = l.binding AND s.issue_id = l.issue_id
WHERE l.binding = $1 AND l.issue_id > $2 AND (l.state <> 'orphaned' OR l.missing_at > 0 AND l.missing_at > $3)
AND NOT EXISTS (SELECT 1 FROM listed x WHERE x.binding = l.binding AND x.issue_id = l.issue_id) ORDER BY l.issue_id LIMIT $4`,
		binding, after, millis(orphans), limit)
	if err != nil {
		return nil, err
	}
	aside, err := collect(ctx, s.ro, scanKnown, `SELECT a.issue_id, a.issue_key, '', 0, 1, a.issue FROM aside a WHERE a.binding = $1 AND a.issue_id > $2
AND NOT EXISTS (SELECT 1 FROM listed x WHERE x.binding = a.binding AND x.issue_id = a.issue_id) ORDER BY a.issue_id LIMIT $3`, binding, after, limit)
	all := slices.Concat(bound, aside)
	slices.SortStableFunc(all, func(a, b Known) int { return strings.Compare(a.ID, b.ID) })
	return all[:min(len(all), limit)], err
}

func scanKnown(row scanner) (k Known, err error) {
	var doc string
	if err := row.Scan(&k.ID, &k.Key, &k.State, &k.Unlisted, &k.Quarantined, &doc); err != nil {
		return k, err
	}
	is, err := decodeIssue(doc)
	if is != nil {
		k.Updated, k.Labels = is.Updated, is.Fields[connectors.Labels].Items
	}
	return k, err
}

// Found notes that an issue is there, whatever an earlier sweep said.
func (t *Tx) Found(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "UPDATE link SET unlisted = 0 WHERE binding = $1 AND issue_id = $2 AND unlisted > 0", binding, issueID)
	return err
}

// Miss notes that the sweep under way does not find an issue. One that an earlier sweep
// missed already, and an orphan, does not count among those of Missed.
func (t *Tx) Miss(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, `UPDATE link SET unlisted = CASE WHEN state = 'orphaned' THEN 1 ELSE 2 END
WHERE binding = $1 AND issue_id = $2 AND unlisted = 0`, binding, issueID)
	return err
}

// Missed returns how many bound issues the sweep under way was the first to miss, and how
// many issues are bound at all. The condition unlisted > 0 lets SQLite use the index.
func (t *Tx) Missed(ctx context.Context, binding string) (missed, bound int, err error) {
	err = t.QueryRowContext(ctx, "SELECT count(*) FROM link WHERE binding = $1 AND unlisted = 2 AND unlisted > 0", binding).Scan(&missed)
	if err != nil {
		return 0, 0, err
	}
	return missed, bound, t.QueryRowContext(ctx, boundCount, binding).Scan(&bound)
}

// Unlisted returns the bound issues of a binding that the last sweep did not find.
func (t *Tx) Unlisted(ctx context.Context, binding string) ([]connectors.Ref, error) {
	return collect(ctx, t, scanRef, "SELECT issue_id, issue_key FROM link WHERE binding = $1 AND unlisted > 0 AND state <> 'orphaned' ORDER BY issue_id", binding)
}

// SettleMissed ends the count of Missed: from now on the issues are known to be missing.
func (t *Tx) SettleMissed(ctx context.Context, binding string) error {
	_, err := t.ExecContext(ctx, "UPDATE link SET unlisted = 1 WHERE binding = $1 AND unlisted = 2 AND unlisted > 0", binding)
	return err
}
