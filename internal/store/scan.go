package store

import (
	"context"
	"time"
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
}

// A ScanKind says what a scan lists.
type ScanKind string

// The kinds of scan.
const (
	ScanPoll  ScanKind = "poll"  // what changed since the cursor
	ScanWhole ScanKind = "whole" // everything
)

// A ScanStage says which listing of a scan is being read.
type ScanStage string

// The stages of a scan, in their order.
const (
	StageIssues   ScanStage = "issues"
	StageComments ScanStage = "comments"
)

// PutProgress stores how far the scan of a binding got.
func (t *Tx) PutProgress(ctx context.Context, binding string, p Progress) error {
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, scan_kind, scan_stage, scan_at, scan_through)
VALUES ($1, 0, 0, 0, 0, '', $2, $3, $4, $5)
ON CONFLICT (id) DO UPDATE SET scan_kind = excluded.scan_kind, scan_stage = excluded.scan_stage, scan_at = excluded.scan_at, scan_through = excluded.scan_through`,
		binding, string(p.Kind), string(p.Stage), millis(p.At), millis(p.Through))
	return err
}

// List notes that the scan of everything which is under way has shown an issue.
func (t *Tx) List(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, "INSERT INTO listed (binding, issue_id) VALUES ($1, $2) ON CONFLICT (binding, issue_id) DO NOTHING", binding, issueID)
	return err
}

// ListedIn returns the ids of the issues that the scan which is under way has shown.
func (s *Store) ListedIn(ctx context.Context, binding string) (map[string]bool, error) {
	ids, err := collect(ctx, s.ro, func(row scanner) (id string, err error) { return id, row.Scan(&id) }, "SELECT issue_id FROM listed WHERE binding = $1", binding)
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// ForgetListed forgets which issues a scan has shown, because it ended or another begins.
func (t *Tx) ForgetListed(ctx context.Context, binding string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM listed WHERE binding = $1", binding)
	return err
}
