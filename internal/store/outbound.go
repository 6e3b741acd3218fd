package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Standing is what a plan would write to a binding and what a brake holds.
type Standing struct {
	Ref   string `json:"ref"`
	Title string `json:"title"`
	plan.Outbound
}

// PutOutbound stores what the present plan of a record would write. What an earlier
// plan would have written and did not is forgotten; what was let go stays counted.
func (t *Tx) PutOutbound(ctx context.Context, recordID string, outs []plan.Outbound) error {
	for _, stmt := range []string{
		"UPDATE outbound SET present = 0 WHERE record_id = $1 AND present = 1",
		"DELETE FROM outbound WHERE record_id = $1 AND admitted = 0",
	} {
		if _, err := t.ExecContext(ctx, stmt, recordID); err != nil {
			return err
		}
	}
	for _, o := range outs {
		doc, err := encodeOutbound(o)
		if err != nil {
			return err
		}
		_, err = t.ExecContext(ctx, `INSERT INTO outbound (record_id, binding, digest, doc, planned, admitted, released, present, records, emptied, replaced, creates, comments)
VALUES ($1, $2, $3, $4, $5, 0, 0, 1, $6, $7, $8, $9, $10) ON CONFLICT (binding, record_id, digest) DO UPDATE SET present = 1`,
			recordID, o.Binding, o.Digest, doc, millis(t.now), o.Load.Records, o.Load.Emptied, o.Load.Replaced, o.Load.Creates, o.Load.Comments)
		if err != nil {
			return err
		}
	}
	return nil
}

// Admit judges what the plan of a record would write to a binding together with all
// that stands there and all that was let go within the window. It lets it go, or
// returns why a person must look first. It waits, and says so, while records that are
// to be planned may add to it.
func (t *Tx) Admit(ctx context.Context, recordID, binding string, limits plan.Limits, window, patience time.Duration) (a Admission, err error) {
	var admitted, planned int64
	err = t.QueryRowContext(ctx, "SELECT admitted, planned FROM outbound WHERE binding = $1 AND record_id = $2 AND present = 1", binding, recordID).Scan(&admitted, &planned)
	if err != nil {
		return a, err
	}
	if admitted > 0 {
		return a, nil
	}
	load, bound, err := t.Judged(ctx, binding, window)
	if err != nil {
		return a, err
	}
	if a.Over = limits.Over(load, bound); a.Over != "" {
		return a, nil
	}
	if fromMillis(planned).Add(patience).After(t.now) {
		more, err := t.unplanned(ctx, recordID, limits.Enough(bound))
		if err != nil {
			return a, err
		}
		worst := load.Add(plan.Load{Records: more, Replaced: more, Emptied: more * min(1, load.Emptied), Creates: more * min(1, load.Creates), Comments: more * min(1, load.Comments)})
		if a.Waits = more > 0 && limits.Over(worst, bound) != ""; a.Waits {
			return a, nil
		}
	}
	_, err = t.ExecContext(ctx, "UPDATE outbound SET admitted = $1 WHERE binding = $2 AND record_id = $3 AND present = 1", millis(t.now), binding, recordID)
	return a, err
}

// An Admission is what became of a plan at the brake; the zero value lets it go.
type Admission struct {
	Over  string // why a person must look first
	Waits bool   // other records must be planned first
}

// Judged returns what the limits of a binding are held against: what stands there and
// what was let go within the window but for what a person let go; and how many records
// the binding has.
func (t *Tx) Judged(ctx context.Context, binding string, window time.Duration) (load plan.Load, bound int, err error) {
	since := millis(t.now.Add(-window))
	if _, err := t.ExecContext(ctx, "DELETE FROM outbound WHERE binding = $1 AND admitted BETWEEN 1 AND $2 AND present = 0", binding, since); err != nil {
		return load, 0, err
	}
	load, err = t.load(ctx, `SELECT count(DISTINCT CASE WHEN records > 0 THEN record_id END), sum(emptied), sum(replaced), sum(creates), sum(comments)
FROM outbound WHERE binding = $1 AND released = 0 AND (admitted = 0 OR admitted > $2)`, binding, since)
	if err != nil {
		return load, 0, err
	}
	err = t.QueryRowContext(ctx, boundCount, binding).Scan(&bound)
	return load, bound, err
}

func (t *Tx) load(ctx context.Context, q string, args ...any) (plan.Load, error) {
	var l plan.Load
	var emptied, replaced, creates, comments *int
	err := t.QueryRowContext(ctx, q, args...).Scan(&l.Records, &emptied, &replaced, &creates, &comments)
	for to, from := range map[*int]*int{&l.Emptied: emptied, &l.Replaced: replaced, &l.Creates: creates, &l.Comments: comments} {
		if from != nil {
			*to = *from
		}
	}
	return l, err
}

// unplanned counts the other records that are to be planned now, up to most, or all of them for 0. After a change of the configuration that is
// the whole register, and each record asks.
func (t *Tx) unplanned(ctx context.Context, but string, most int) (n int, err error) {
	if most == 0 {
		most = -1 // no limit
	}
	err = t.QueryRowContext(ctx, "SELECT count(*) FROM (SELECT 1 FROM record WHERE wanted > done AND wanted > planned AND wake <= $1 AND id <> $2 LIMIT $3) r", millis(t.now), but, most).Scan(&n)
	return n, err
}

// Planned notes up to which reason a record was planned.
func (t *Tx) Planned(ctx context.Context, recordID string, upTo int64) error {
	_, err := t.ExecContext(ctx, "UPDATE record SET planned = $1 WHERE id = $2", upTo, recordID)
	return err
}

// Unplanned returns the records that are to be looked at now and were not planned.
func (s *Store) Unplanned(ctx context.Context, now time.Time) ([]string, error) {
	return s.ids(ctx, "SELECT id FROM record WHERE wanted > done AND wanted > planned AND wake <= $1 ORDER BY id", millis(now))
}

const selectStanding = `SELECT r.ref, d.doc, o.doc FROM outbound o JOIN record r ON r.id = o.record_id JOIN record_doc d ON d.id = r.id
WHERE o.admitted = 0 `

// Standing returns what a brake holds, by number of the record. An empty binding is all.
func (s *Store) Standing(ctx context.Context, binding string) ([]Standing, error) {
	return standing(ctx, s.ro, binding)
}

// Standing returns what a brake holds of a binding, by number of the record.
func (t *Tx) Standing(ctx context.Context, binding string) ([]Standing, error) {
	return standing(ctx, t, binding)
}

func standing(ctx context.Context, q querier, binding string) ([]Standing, error) {
	query, args := selectStanding+"ORDER BY o.binding, r.ref", []any(nil)
	if binding != "" {
		query, args = selectStanding+"AND o.binding = $1 ORDER BY r.ref", []any{binding}
	}
	return collect(ctx, q, func(row scanner) (x Standing, err error) {
		var doc, record string
		if err = row.Scan(&x.Ref, &record, &doc); err != nil {
			return x, err
		}
		rec, err := decodeRecord(record)
		if err != nil {
			return x, err
		}
		x.Title = rec.Fields[register.FieldTitle]
		x.Outbound, err = decodeOutbound(doc)
		return x, err
	}, query, args...)
}

// ListDigest identifies what a brake holds, so that a person can release exactly what
// they have read.
func ListDigest(standing []Standing) string {
	h := sha256.New()
	for _, x := range standing {
		_, _ = h.Write([]byte(x.Binding + " " + x.Ref + " " + x.Digest + "\n")) // never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:6])
}
