package store

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A Progress is how far the scan of a binding got that is under way. The zero Progress
// is that of no scan. It is stored with each page, so that a scan which was broken off
// goes on where it was, whatever broke it off.
type Progress struct {
	Kind  ScanKind  `json:"kind,omitempty"`
	Stage ScanStage `json:"stage,omitempty"`
	// At is the tracker's clock when the scan began; the cursor moves to it at the end.
	At time.Time `json:"at,omitzero"`
	// Through is how far the listing of the stage got, by the tracker's clock: it goes on
	// with what changed at or after it. Zero is the beginning.
	Through time.Time `json:"through,omitzero"`
	// Checked is the id of the last issue that was asked for by itself.
	Checked string `json:"checked,omitempty"`
}

// A ScanKind says what a scan lists.
type ScanKind string

// The kinds of scan.
const (
	ScanPoll  ScanKind = "poll"  // what changed since the cursor
	ScanSweep ScanKind = "sweep" // all selected issues, comments since the last sweep, and the known issues
	ScanWhole ScanKind = "whole" // the same with all comments
)

// A ScanStage says which part of a scan is under way.
type ScanStage string

// The stages of a scan, in their order.
const (
	StageIssues   ScanStage = "issues"
	StageComments ScanStage = "comments"
	StageEach     ScanStage = "each"  // the comments of each listed issue, where that takes fewer requests
	StageKnown    ScanStage = "known" // not in a poll
)

// PutProgress stores how far the scan of a binding got.
func (t *Tx) PutProgress(ctx context.Context, binding string, p Progress) error {
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, scan_kind, scan_stage, scan_at, scan_through, scan_checked)
VALUES ($1, 0, 0, 0, 0, '', $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET scan_kind = excluded.scan_kind, scan_stage = excluded.scan_stage, scan_at = excluded.scan_at, scan_through = excluded.scan_through,
scan_checked = excluded.scan_checked`,
		binding, string(p.Kind), string(p.Stage), millis(p.At), millis(p.Through), p.Checked)
	return err
}

// List notes that the sweep which is under way has shown an issue.
func (t *Tx) List(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "INSERT INTO listed (binding, issue_id) VALUES ($1, $2) ON CONFLICT (binding, issue_id) DO NOTHING", binding, issueID)
	if err != nil {
		return err
	}
	return t.Found(ctx, binding, issueID)
}

// CountListed counts the issues that the sweep under way has shown.
func (s *Store) CountListed(ctx context.Context, binding string) (n int, err error) {
	return n, s.ro.QueryRowContext(ctx, "SELECT count(*) FROM listed WHERE binding = $1", binding).Scan(&n)
}

// ListedIssues returns issues that the sweep under way has shown and whose comments
// matter, by id, at most limit: those that are bound to a record and the quarantined ones.
// After is the id of the last one of the page before.
func (s *Store) ListedIssues(ctx context.Context, binding, after string, limit int) ([]connectors.Ref, error) {
	return collect(ctx, s.ro, scanRef, `SELECT x.issue_id, coalesce(l.issue_key, a.issue_key) FROM listed x
LEFT JOIN link l ON l.binding = x.binding AND l.issue_id = x.issue_id AND l.role = 'record'
LEFT JOIN aside a ON a.binding = x.binding AND a.issue_id = x.issue_id
WHERE x.binding = $1 AND x.issue_id > $2 AND (l.issue_key IS NOT NULL OR a.issue_key IS NOT NULL) ORDER BY x.issue_id LIMIT $3`, binding, after, limit)
}

// ForgetListed forgets which issues a sweep has shown and which it was the first to miss,
// because it ended or another begins.
func (t *Tx) ForgetListed(ctx context.Context, binding string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM listed WHERE binding = $1", binding)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "UPDATE link SET unlisted = 0 WHERE binding = $1 AND unlisted = 2 AND unlisted > 0", binding)
	return err
}
