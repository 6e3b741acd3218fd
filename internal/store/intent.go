package store

import (
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

// An Op is a kind of remote write.
type Op string

// The remote writes.
const (
	OpCreate  Op = "create"
	OpUpdate  Op = "update"
	OpComment Op = "comment" // post
	OpEdit    Op = "edit-comment"
	OpReact   Op = "react"
)

// NoHistory is what Intent.Known says of an issue that nobody has changed yet.
const NoHistory = "-"

// An Intent is a remote write that is about to happen. It is durable before the
// request leaves, and holds all that is needed to find out afterwards whether the
// write took effect.
type Intent struct {
	Seq      int64                     `json:"-"` // number of the audit entry
	RecordID string                    `json:"record_id"`
	Binding  string                    `json:"binding"`
	Ref      connectors.Ref            `json:"ref"` // zero for a create
	Op       Op                        `json:"op"`
	At       time.Time                 `json:"at"`
	Marker   string                    `json:"marker,omitempty"`
	Want     map[register.Field]string `json:"want,omitempty"`
	Saw      map[register.Field]string `json:"saw,omitempty"`
	Agree    plan.Base                 `json:"agree,omitempty"`
	Says     *sticky.Comment           `json:"says,omitempty"`    // what the comment is to say
	Comment  string                    `json:"comment,omitempty"` // id of the comment to edit, or to react to
	Reaction string                    `json:"reaction,omitempty"`
	Labels   []string                  `json:"labels,omitempty"`
	// Reverts are the fields in which the write undoes somebody's change. They count as
	// reverted once the write is known to have happened.
	Reverts []register.Field `json:"reverts,omitempty"`
	// Version is that of the issue before the write, "" for a create. An issue that still
	// has it was not written to.
	Version string `json:"version,omitempty"`
	// After is the time, by the tracker's clock, from which a lost create is looked for.
	After time.Time `json:"after,omitzero"`
	// Known is the id of the last change in the history when the write was
	// planned, NoHistory if there was none: what is newer than that it may have replaced.
	Known string `json:"known,omitempty"`
}

// AddIntent stores an intent under the number of its audit entry.
func (t *Tx) AddIntent(ctx context.Context, in Intent) error {
	doc, err := encodeIntent(in)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, "INSERT INTO intent (seq, record_id, binding, issue_id, op, at, marker, doc, pending) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)",
		in.Seq, in.RecordID, in.Binding, in.Ref.ID, string(in.Op), millis(t.now), in.Marker, doc)
	return err
}

// CloseIntent marks an intent as having its outcome. The error is ErrStale if it has one
// already: another engine took the record over and found it out.
func (t *Tx) CloseIntent(ctx context.Context, seq int64) error {
	res, err := t.ExecContext(ctx, "UPDATE intent SET pending = 0 WHERE seq = $1 AND pending = 1", seq)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		return ErrStale
	}
	return err
}

// CheckPending returns ErrStale if an intent has its outcome already.
func (t *Tx) CheckPending(ctx context.Context, seq int64) error {
	open, err := collect(ctx, t, column[int], "SELECT pending FROM intent WHERE seq = $1 AND pending = 1", seq)
	if err == nil && len(open) == 0 {
		return ErrStale
	}
	return err
}

// PendingIntents returns the intents of a record whose outcome is not known, oldest first.
func (t *Tx) PendingIntents(ctx context.Context, recordID string) ([]Intent, error) {
	return pendingIntents(ctx, t, recordID)
}

func pendingIntents(ctx context.Context, q querier, recordID string) ([]Intent, error) {
	return collect(ctx, q, func(row scanner) (Intent, error) {
		var seq, at int64
		var doc string
		if err := row.Scan(&seq, &at, &doc); err != nil {
			return Intent{}, err
		}
		in, err := decodeIntent(doc)
		in.Seq, in.At = seq, fromMillis(at) // a clock that was set may have moved the time
		return in, err
	}, "SELECT seq, at, doc FROM intent WHERE record_id = $1 AND pending = 1 ORDER BY seq", recordID)
}

// RecordsWithPending returns the records that have an intent without outcome.
func (s *Store) RecordsWithPending(ctx context.Context) ([]string, error) {
	return s.ids(ctx, "SELECT DISTINCT record_id FROM intent WHERE pending = 1 ORDER BY record_id")
}

// Spent counts the writes to bindings since a time, for the write budget.
func (t *Tx) Spent(ctx context.Context, bindings []string, since time.Time) (int, error) {
	return spent(ctx, t, bindings, since)
}

// Spent counts the writes to bindings since a time, for the write budget.
func (s *Store) Spent(ctx context.Context, bindings []string, since time.Time) (int, error) {
	return spent(ctx, s.ro, bindings, since)
}

func spent(ctx context.Context, q querier, bindings []string, since time.Time) (n int, err error) {
	for _, id := range bindings {
		one, err := collect(ctx, q, column[int], "SELECT count(*) FROM intent WHERE binding = $1 AND at > $2", id, millis(since))
		if err != nil {
			return 0, err
		}
		n += one[0]
	}
	return n, nil
}

// SpentAt returns when bindings were written to since a time, oldest first.
func (s *Store) SpentAt(ctx context.Context, bindings []string, since time.Time) ([]time.Time, error) {
	var out []time.Time
	for _, id := range bindings {
		ats, err := collect(ctx, s.ro, column[int64], "SELECT at FROM intent WHERE binding = $1 AND at > $2 ORDER BY at", id, millis(since))
		if err != nil {
			return nil, err
		}
		for _, at := range ats {
			out = append(out, fromMillis(at))
		}
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}

// PendingMarker returns the record whose create with the given marker was not
// answered.
func (t *Tx) PendingMarker(ctx context.Context, binding, marker string) (string, error) {
	ids, err := t.texts(ctx, "SELECT record_id FROM intent WHERE binding = $1 AND marker = $2 AND pending = 1 AND marker <> '' ORDER BY seq LIMIT 1", binding, marker)
	if err == nil && len(ids) == 0 {
		err = ErrNotFound
	}
	return append(ids, "")[0], err
}
