package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

// A BoundIssue binds one issue to one record. An issue is bound at most once, by its
// immutable id; its key may change.
type BoundIssue struct {
	Binding  string
	Ref      connectors.Ref
	RecordID string
	Role     string // mapping.Role
	State    IssueState
	Issue    *connectors.Issue // as last observed, without its comments, nil before
	Base     plan.Base
	// Hints counts what hinted that the issue may have changed. They come at any
	// time, also while the issue is being written to, so only Invalidate counts them.
	Hints int64
	// Heeded is how many of the hints a read of the issue and its comments followed.
	Heeded int64
	// Delivery is the id of the webhook delivery that was the first hint since the issue was
	// last read, "" if another hint was. Only Hint changes it.
	Delivery string
	// Comment is what is known of conformd's comment on the issue.
	Comment sticky.State
	// CommentsUntil is the tracker's clock up to which all comments of the issue are known;
	// zero: they were never all read with it.
	CommentsUntil time.Time `json:",omitzero"` // the first release did not keep it
	// Known is the id of the last change of the issue's history that was taken in.
	Known string
	// Missing is when the issue was first not found, zero if it is there.
	Missing time.Time

	read string // version of the issue when the link was read from the store, "" if it was not
}

// A IssueState says what is known about a bound issue.
type IssueState string

// The states of a link.
const (
	IssueBound    IssueState = "bound"
	IssueFresh    IssueState = "fresh"    // created by us, not yet seen
	IssueOrphaned IssueState = "orphaned" // gone or out of reach
	IssueRestored IssueState = "restored" // as a backup has it, not yet seen since
)

// Stale reports whether the issue must be read again before anything is decided.
func (l BoundIssue) Stale() bool { return l.Hints > l.Heeded || l.Unread() }

// Unread reports whether the issue has comments that it was not shown with and that are not
// known. On the issue of an action nobody decides anything.
func (l BoundIssue) Unread() bool {
	return l.Issue != nil && l.Issue.Older > 0 && l.CommentsUntil.IsZero() && l.Role != string(mapping.RoleAction)
}

// Commented returns until when the comments of an issue are known that was just shown with
// its newest: until its last change, unless there may be others between the oldest of these
// and those that were known before.
func (l BoundIssue) Commented(is *connectors.Issue) time.Time {
	until := l.CommentsUntil
	switch {
	case is.Older == 0:
	case until.IsZero(), len(is.Comments) == 0, is.Comments[0].Created.After(until):
		return time.Time{}
	}
	if is.Updated.After(until) {
		return is.Updated
	}
	return until
}

const selectBoundIssue = `SELECT l.binding, l.issue_id, l.issue_key, l.record_id, l.role, l.state, s.doc, a.base, l.hints, l.heeded, a.comment, l.known, l.missing_at, l.delivery, l.comments_until
FROM link l JOIN sighting s ON s.binding = l.binding AND s.issue_id = l.issue_id JOIN agreement a ON a.binding = l.binding AND a.issue_id = l.issue_id `

func scanBoundIssue(sc scanner) (BoundIssue, error) {
	var l BoundIssue
	var issue, base, comment string
	var missing, until int64
	err := sc.Scan(&l.Binding, &l.Ref.ID, &l.Ref.Key, &l.RecordID, &l.Role, &l.State, &issue, &base, &l.Hints, &l.Heeded, &comment, &l.Known, &missing, &l.Delivery, &until)
	if err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			return BoundIssue{}, ErrNotFound
		}
		return BoundIssue{}, err
	}
	l.Missing, l.CommentsUntil = fromMillis(missing), fromMillis(until)
	if l.Issue, err = decodeIssue(issue); err != nil {
		return BoundIssue{}, err
	}
	if l.Issue != nil {
		l.read = l.Issue.Version
	}
	if l.Base, err = decodeBase(base); err != nil {
		return BoundIssue{}, err
	}
	l.Comment, err = decodeState(comment)
	return l, err
}

// ReadWith returns l, as it is stored now, for an issue that was requested when the store
// had before. A newer sighting that was stored in between stays, see PutBoundIssue.
func (l BoundIssue) ReadWith(before BoundIssue) BoundIssue {
	l.read = before.read
	return l
}

// PutBoundIssue stores a bound issue, new or changed. The count of hints stays as it is in
// the store; so does a newer sighting of the issue that was stored since this one was read,
// and the issue is then read again.
func (t *Tx) PutBoundIssue(ctx context.Context, l BoundIssue) error {
	newer, err := t.newer(ctx, &l)
	if err != nil {
		return err
	}
	if err := t.putBoundIssue(ctx, l); err != nil || !newer {
		return err
	}
	if _, err := t.Invalidate(ctx, l.Binding, l.Ref); err != nil {
		return err
	}
	return t.MarkDirty(ctx, l.RecordID)
}

// newer puts into a link what was stored of its issue since the link was read, if that
// is newer by the tracker's own clock: an answer may have been long on its way, and a
// listing faster.
func (t *Tx) newer(ctx context.Context, l *BoundIssue) (bool, error) {
	if l.read == "" || l.Issue == nil {
		return false, nil
	}
	var doc string
	err := t.QueryRowContext(ctx, "SELECT s.doc FROM link l JOIN sighting s ON s.binding = l.binding AND s.issue_id = l.issue_id WHERE l.binding = $1 AND l.issue_id = $2 AND l.version <> $3", l.Binding, l.Ref.ID, l.read).Scan(&doc)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	is, err := decodeIssue(doc)
	if err != nil || is == nil {
		return false, err
	}
	if !is.Updated.After(l.Issue.Updated) {
		return false, nil
	}
	l.Issue, l.Ref = is, is.Ref
	return true, nil
}

func (t *Tx) putBoundIssue(ctx context.Context, l BoundIssue) error {
	issue, err := encodeIssue(l.Issue)
	if err != nil {
		return err
	}
	version := ""
	if l.Issue != nil {
		version = l.Issue.Version
	}
	base, err := encodeBase(l.Base)
	if err != nil {
		return err
	}
	comment, err := encodeState(l.Comment)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO link (binding, issue_id, issue_key, record_id, role, state, version, hints, heeded, missing_at, comments_until)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10)
ON CONFLICT (binding, issue_id) DO UPDATE SET issue_key = excluded.issue_key, state = excluded.state, version = excluded.version,
heeded = excluded.heeded, missing_at = excluded.missing_at, comments_until = excluded.comments_until`,
		l.Binding, l.Ref.ID, l.Ref.Key, l.RecordID, l.Role, string(l.State), version, l.Heeded, millis(l.Missing), millis(l.CommentsUntil))
	if err != nil {
		return err
	}
	// A document that is as it was costs no write.
	_, err = t.ExecContext(ctx, `INSERT INTO sighting (binding, issue_id, doc) VALUES ($1, $2, $3)
ON CONFLICT (binding, issue_id) DO UPDATE SET doc = excluded.doc WHERE sighting.doc <> excluded.doc`, l.Binding, l.Ref.ID, issue)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO agreement (binding, issue_id, base, comment) VALUES ($1, $2, $3, $4)
ON CONFLICT (binding, issue_id) DO UPDATE SET base = excluded.base, comment = excluded.comment
WHERE agreement.base <> excluded.base OR agreement.comment <> excluded.comment`, l.Binding, l.Ref.ID, base, comment)
	if err != nil || l.read != "" {
		return err
	}
	return t.comes(ctx, l.Binding, l.Ref.ID) // the link may be new
}

// Agree stores what the register and an issue agree on, and leaves what was observed
// of the issue alone: somebody else may just have observed something newer.
func (t *Tx) Agree(ctx context.Context, l BoundIssue) error {
	base, err := encodeBase(l.Base)
	if err != nil {
		return err
	}
	if _, err := t.ExecContext(ctx, "UPDATE link SET state = $1, known = $2 WHERE binding = $3 AND issue_id = $4", string(l.State), l.Known, l.Binding, l.Ref.ID); err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "UPDATE agreement SET base = $1 WHERE binding = $2 AND issue_id = $3", base, l.Binding, l.Ref.ID)
	return err
}

// BoundIssues returns the issues of a record, in the order of their bindings' ids.
func (t *Tx) BoundIssues(ctx context.Context, recordID string) ([]BoundIssue, error) {
	return boundIssues(ctx, t, selectBoundIssue+"WHERE l.record_id = $1 ORDER BY l.binding, l.issue_id", recordID)
}

// BoundIssues returns the issues of a record.
func (s *Store) BoundIssues(ctx context.Context, recordID string) ([]BoundIssue, error) {
	return boundIssues(ctx, s.ro, selectBoundIssue+"WHERE l.record_id = $1 ORDER BY l.binding, l.issue_id", recordID)
}

// StaleIssues returns those issues of a record that must be read again, see Stale.
func (s *Store) StaleIssues(ctx context.Context, recordID string) ([]BoundIssue, error) {
	ls, err := boundIssues(ctx, s.ro, selectBoundIssue+"WHERE l.record_id = $1 AND (l.hints > l.heeded OR l.comments_until = 0) ORDER BY l.binding, l.issue_id", recordID)
	return slices.DeleteFunc(ls, func(l BoundIssue) bool { return !l.Stale() }), err
}

func boundIssues(ctx context.Context, q querier, query string, args ...any) ([]BoundIssue, error) {
	return collect(ctx, q, scanBoundIssue, query, args...)
}

// BoundIssueOf returns what an issue is bound to, by id or, where the id is not known, by key.
func (t *Tx) BoundIssueOf(ctx context.Context, binding string, ref connectors.Ref) (BoundIssue, error) {
	if ref.ID != "" {
		return scanBoundIssue(t.QueryRowContext(ctx, selectBoundIssue+"WHERE l.binding = $1 AND l.issue_id = $2", binding, ref.ID))
	}
	return scanBoundIssue(t.QueryRowContext(ctx, selectBoundIssue+"WHERE l.binding = $1 AND l.issue_key = $2", binding, ref.Key))
}

// Seen reports whether an issue is known in exactly this version, so that nothing
// needs to be done about it. One that was not found lately is back, if it is shown.
func (t *Tx) Seen(ctx context.Context, binding string, is *connectors.Issue) (bool, error) {
	var n int
	err := t.QueryRowContext(ctx, "SELECT count(*) FROM link WHERE binding = $1 AND issue_id = $2 AND version = $3 AND issue_key = $4 AND state = 'bound' AND missing_at = 0",
		binding, is.Ref.ID, is.Version, is.Ref.Key).Scan(&n)
	return n > 0, err
}

// Invalidate says that an issue may have changed and must be read again. It returns the
// record it is bound to.
func (t *Tx) Invalidate(ctx context.Context, binding string, ref connectors.Ref) (string, error) {
	return t.Hint(ctx, binding, ref, "")
}

// Hint is Invalidate because of a webhook delivery.
func (t *Tx) Hint(ctx context.Context, binding string, ref connectors.Ref, delivery string) (record string, err error) {
	col, val := "issue_id", ref.ID
	if val == "" {
		col, val = "issue_key", ref.Key
	}
	row := t.QueryRowContext(ctx, "UPDATE link SET hints = hints + 1, delivery = CASE WHEN hints <= heeded THEN $1 ELSE delivery END WHERE binding = $2 AND "+col+" = $3 RETURNING record_id", delivery, binding, val)
	if err = row.Scan(&record); errors.Is(err, sql.ErrNoRows) {
		return "", ErrNotFound
	}
	return record, err
}

// boundCount counts the issues of a binding that are bound and not orphaned.
const boundCount = "SELECT coalesce(sum(n), 0) FROM link_count WHERE binding = $1 AND state <> 'orphaned'"

// IsBound reports whether an issue of a binding is known, by its id.
func (s *Store) IsBound(ctx context.Context, binding, issueID string) (bool, error) {
	return isBound(ctx, s.ro, binding, issueID)
}

// IsBound reports whether an issue of a binding is known, by its id.
func (t *Tx) IsBound(ctx context.Context, binding, issueID string) (bool, error) {
	return isBound(ctx, t, binding, issueID)
}

func isBound(ctx context.Context, q querier, binding, issueID string) (bool, error) {
	ids, err := collect(ctx, q, column[string], "SELECT issue_id FROM link WHERE binding = $1 AND issue_id = $2", binding, issueID)
	return len(ids) > 0, err
}

// Unseen returns what an issue is bound to, unless it is seen: known in exactly this version.
// The error is ErrNotFound if it is bound to nothing.
func (s *Store) Unseen(ctx context.Context, binding string, is *connectors.Issue) (l BoundIssue, seen bool, err error) {
	var version string
	err = s.ro.QueryRowContext(ctx, "SELECT version FROM link WHERE binding = $1 AND issue_id = $2", binding, is.Ref.ID).Scan(&version)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, false, ErrNotFound
	case err != nil:
		return l, false, err
	case version == is.Version:
		return l, true, nil
	}
	l, err = scanBoundIssue(s.ro.QueryRowContext(ctx, selectBoundIssue+"WHERE l.binding = $1 AND l.issue_id = $2", binding, is.Ref.ID))
	return l, false, err
}

// Hinted returns issues of a binding that wait to be read again, at most limit.
func (s *Store) Hinted(ctx context.Context, binding string, limit int) ([]connectors.Ref, error) {
	return collect(ctx, s.ro, func(row scanner) (ref connectors.Ref, err error) {
		err = row.Scan(&ref.ID, &ref.Key)
		return ref, err
	}, "SELECT issue_id, issue_key FROM link WHERE binding = $1 AND hints > heeded ORDER BY issue_id LIMIT $2", binding, limit)
}

// PutHistory stores who made what an issue shows, if it is still known in the version that
// was asked about.
func (t *Tx) PutHistory(ctx context.Context, binding string, is *connectors.Issue) error {
	doc, err := encodeIssue(is)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `UPDATE sighting SET doc = $1 WHERE binding = $2 AND issue_id = $3
AND EXISTS (SELECT 1 FROM link l WHERE l.binding = sighting.binding AND l.issue_id = sighting.issue_id AND l.version = $4)`, doc, binding, is.Ref.ID, is.Version)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "UPDATE link SET unattributed_since = 0 WHERE binding = $1 AND issue_id = $2", binding, is.Ref.ID)
	return err
}

// UnattributedSince notes that a tracker failed to say who changed some issues. It returns since
// when the tracker has failed to do so for one of them. PutHistory ends that.
func (t *Tx) UnattributedSince(ctx context.Context, binding string, issues []*connectors.Issue) (time.Time, error) {
	first := millis(t.now)
	for _, is := range issues {
		var since int64
		// A time to come was written before the clock was put back.
		err := t.QueryRowContext(ctx, `UPDATE link SET unattributed_since = CASE WHEN unattributed_since BETWEEN 1 AND $1 THEN unattributed_since ELSE $1 END
WHERE binding = $2 AND issue_id = $3 RETURNING unattributed_since`, millis(t.now), binding, is.Ref.ID).Scan(&since)
		if errors.Is(err, sql.ErrNoRows) {
			continue // it is no longer bound
		}
		if err != nil {
			return time.Time{}, err
		}
		first = min(first, since)
	}
	return fromMillis(first), nil
}
