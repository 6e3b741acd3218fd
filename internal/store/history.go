package store

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"math"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
)

// The table history is an index of the audit log: which entries are about a record.
// It is written in the transaction of the entry and derived from the log, so that it
// proves nothing and no verification asks it; indexLog computes the same rows from the
// log and the links alone.
//
// A row names a record by its id, or an issue as issueName does. An entry about an
// issue stands under the issue and under the record that the issue is bound to. A
// record that an issue comes to, by being bound or moved, gets the earlier entries of
// the issue as well; a record that it leaves keeps those that it has.

// issueName is the name of an issue in the index. No id of a record holds a colon.
func issueName(binding, issueID string) string { return binding + ":" + issueID }

// movedRecord is the field of an entry SyncMoved that holds the ids of two records: the
// one that the issue was bound to, and the one that it is bound to now.
const movedRecord = "record"

const (
	addHistory = "INSERT INTO history (about, seq) VALUES ($1, $2)" + once
	// addBound names an entry under the record that an issue is bound to, if there is one.
	addBound = "INSERT INTO history (about, seq) SELECT record_id, $1 FROM link WHERE binding = $2 AND issue_id = $3" + once
	// addEarlier names the earlier entries of an issue under a record.
	addEarlier = "INSERT INTO history (about, seq) SELECT $1, seq FROM history WHERE about = $2 AND seq < $3" + once
	// addAll names the entries of issues under the records that they are bound to.
	addAll = "INSERT INTO history (about, seq) SELECT l.record_id, h.seq FROM link l JOIN history h ON h.about = l.binding || ':' || l.issue_id WHERE "
	once   = " ON CONFLICT (about, seq) DO NOTHING"

	historyBefore = "SELECT seq FROM history WHERE about = $1 AND seq < $2 ORDER BY seq DESC LIMIT $3"
	historyFrom   = "SELECT seq FROM history WHERE about = $1 AND seq >= $2 ORDER BY seq LIMIT $3"
)

// index adds entry seq to the index.
func (t *Tx) index(ctx context.Context, seq int64, e *audit.Entry) error {
	for _, about := range about(e) {
		if _, err := t.ExecContext(ctx, addHistory, about, seq); err != nil {
			return err
		}
	}
	binding, id, ok := aboutIssue(e)
	if !ok {
		return nil
	}
	if _, err := t.ExecContext(ctx, addBound, seq, binding, id); err != nil {
		return err
	}
	from, to, ok := movedTo(e)
	if !ok {
		return nil
	}
	return errors.Join(t.earlier(ctx, from, binding, id, seq), t.earlier(ctx, to, binding, id, seq))
}

func (t *Tx) earlier(ctx context.Context, recordID, binding, issueID string, seq int64) error {
	_, err := t.ExecContext(ctx, addEarlier, recordID, issueName(binding, issueID), seq)
	return err
}

// about returns the names that an entry stands under by itself, without the record
// that its issue is bound to.
func about(e *audit.Entry) []string {
	if e.Subject.Type == audit.SubjectRecord && e.Subject.ID != "" {
		return []string{e.Subject.ID}
	}
	binding, id, ok := aboutIssue(e)
	if !ok {
		return nil
	}
	out := []string{issueName(binding, id)}
	if from, to, ok := movedTo(e); ok {
		out = append(out, from, to)
	}
	return out
}

// aboutIssue returns the issue that an entry is about.
func aboutIssue(e *audit.Entry) (binding, id string, ok bool) {
	binding, id = e.Origin.Binding, e.Subject.ID
	return binding, id, e.Subject.Type == audit.SubjectIssue && binding != "" && id != ""
}

// movedTo returns the records between which an issue moved, if an entry says so.
func movedTo(e *audit.Entry) (from, to string, ok bool) {
	i := slices.IndexFunc(e.Changes, func(c audit.FieldChange) bool { return c.Field == movedRecord })
	if e.Verb != audit.SyncMoved || i < 0 || e.Changes[i].Before == nil || e.Changes[i].After == nil {
		return "", "", false
	}
	from, to = e.Changes[i].Before.Value, e.Changes[i].After.Value
	return from, to, from != "" && to != ""
}

// comes names the entries of an issue under the record that it is bound to now.
func (t *Tx) comes(ctx context.Context, binding, issueID string) error {
	_, err := t.ExecContext(ctx, addAll+"l.binding = $1 AND l.issue_id = $2"+once, binding, issueID)
	return err
}

// History returns the newest entries about a record with numbers below before, at most
// limit, oldest first.
func (s *Store) History(ctx context.Context, recordID string, before int64, limit int) ([]audit.Stored, error) {
	seqs, err := s.seqsBefore(ctx, recordID, before, limit)
	if err != nil {
		return nil, err
	}
	return auditdb.Entries(ctx, s.ro.db, seqs...)
}

// LookHistory returns what History does, with those entries that are not what was written.
func (s *Store) LookHistory(ctx context.Context, recordID string, before int64, limit int) ([]auditdb.Seen, error) {
	seqs, err := s.seqsBefore(ctx, recordID, before, limit)
	if err != nil {
		return nil, err
	}
	return auditdb.LookAt(ctx, s.ro.db, seqs...)
}

// HistoryFrom returns the oldest entries about a record from number from on, at most
// limit, oldest first.
func (s *Store) HistoryFrom(ctx context.Context, recordID string, from int64, limit int) ([]audit.Stored, error) {
	seqs, err := s.seqs(ctx, historyFrom, recordID, from, limit)
	if err != nil {
		return nil, err
	}
	return auditdb.Entries(ctx, s.ro.db, seqs...)
}

// Outcomes returns the entries that ended the given intents, in order of the intents;
// none for an intent that is open.
func (s *Store) Outcomes(ctx context.Context, intents map[int64]bool) ([]audit.Stored, error) {
	var out []audit.Stored
	for _, seq := range slices.Sorted(maps.Keys(intents)) {
		e, err := auditdb.OutcomeOf(ctx, s.ro.db, seq)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return nil, err
		default:
			out = append(out, e)
		}
	}
	return out, nil
}

// seqsBefore returns the numbers of the newest entries about a record below a number, ascending.
func (s *Store) seqsBefore(ctx context.Context, recordID string, before int64, limit int) ([]int64, error) {
	seqs, err := s.seqs(ctx, historyBefore, recordID, before, limit)
	slices.Reverse(seqs)
	return seqs, err
}

func (s *Store) seqs(ctx context.Context, q string, args ...any) ([]int64, error) {
	return collect(ctx, s.ro, column[int64], q, args...)
}

// NewestOf returns the newest entry about a record with one of the verbs, sql.ErrNoRows when there
// is none.
func NewestOf(ctx context.Context, tx auditdb.Tx, recordID string, verbs ...audit.Verb) (audit.Stored, error) {
	const page = 256
	for before := int64(math.MaxInt64); ; {
		seqs, err := collect(ctx, tx, column[int64], historyBefore, recordID, before, page)
		if err != nil {
			return audit.Stored{}, err
		}
		for _, seq := range seqs {
			e, err := auditdb.Get(ctx, tx, seq)
			if err != nil {
				return audit.Stored{}, err
			}
			if slices.Contains(verbs, e.Entry.Verb) {
				return e, nil
			}
			before = seq
		}
		if len(seqs) < page {
			return audit.Stored{}, sql.ErrNoRows
		}
	}
}
