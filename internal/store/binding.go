package store

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Binding is what the store remembers about one binding.
type Binding struct {
	ID    string    `json:"id"`
	Since time.Time `json:"since,omitzero"` // cursor, by the tracker's clock
	// Newest is the change of the last thing listed, by the tracker's clock.
	Newest time.Time `json:"newest,omitzero"`
	Polled time.Time `json:"polled,omitzero"` // last successful poll, by ours
	Swept  time.Time `json:"swept,omitzero"`
	// SweepSince is the tracker's clock when the last sweep began; zero: there was none.
	SweepSince time.Time `json:"sweep_since,omitzero"`
	NotBefore  time.Time `json:"not_before,omitzero"` // nothing is sent there before
	Held       string    `json:"held,omitempty"`      // why, "" while nothing stands in the way
	Problem    string    `json:"problem,omitempty"`
	Failing    time.Time `json:"failing,omitzero"` // since when it cannot be read, zero if it can
	Scan       Progress  `json:"scan,omitzero"`    // of the scan under way
	Brakes     []Brake   `json:"brakes,omitempty"` // why writing is stopped
}

// Stopped is why writing is stopped, "" if it is not.
func (b Binding) Stopped() string { return Reasons(b.Brakes) }

const bindingColumns = "id, since, newest, polled, swept, sweep_since, not_before, held, problem, failing, scan_kind, scan_stage, scan_at, scan_through, scan_checked"

func scanBinding(row scanner) (b Binding, err error) {
	var since, newest, polled, swept, sweepSince, notBefore, failing, at, through int64
	err = row.Scan(&b.ID, &since, &newest, &polled, &swept, &sweepSince, &notBefore, &b.Held, &b.Problem, &failing, &b.Scan.Kind, &b.Scan.Stage, &at, &through, &b.Scan.Checked)
	b.Scan.At, b.Scan.Through = fromMillis(at), fromMillis(through)
	b.Newest, b.SweepSince, b.Failing = fromMillis(newest), fromMillis(sweepSince), fromMillis(failing)
	b.Since, b.Polled, b.Swept, b.NotBefore = fromMillis(since), fromMillis(polled), fromMillis(swept), fromMillis(notBefore)
	return b, err
}

// Binding returns the row of a binding, with zero values if there is none yet.
func (s *Store) Binding(ctx context.Context, id string) (Binding, error) {
	return binding(ctx, s.ro, id)
}

// Binding returns the row of a binding, with zero values if there is none yet.
func (t *Tx) Binding(ctx context.Context, id string) (Binding, error) { return binding(ctx, t, id) }

func binding(ctx context.Context, q querier, id string) (Binding, error) {
	b := Binding{ID: id}
	rows, err := collect(ctx, q, scanBinding, "SELECT "+bindingColumns+" FROM binding WHERE id = $1", id)
	if err != nil {
		return b, err
	}
	if len(rows) > 0 {
		b = rows[0]
	}
	b.Brakes, err = brakes(ctx, q, "SELECT binding, kind, why, since FROM brake WHERE binding = $1 ORDER BY kind", id)
	return b, err
}

// The columns of a binding change each by itself: who writes one has not read the
// others in the same moment.

// Scanned moves the cursor of a binding after a listing, never back, and says that it
// was read. After a sweep the comments of the next one begin where this one began. Problem
// is what people must know of the binding, "" for nothing.
func (t *Tx) Scanned(ctx context.Context, id string, cursor time.Time, sweep bool, problem string) error {
	swept, from := int64(0), int64(0)
	if sweep {
		swept, from = millis(t.now), millis(cursor)
	}
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, sweep_since) VALUES ($1, $2, $3, $4, 0, $5, $6)
ON CONFLICT (id) DO UPDATE SET since = max(binding.since, excluded.since), polled = excluded.polled,
swept = CASE WHEN excluded.swept > 0 THEN excluded.swept ELSE binding.swept END, problem = excluded.problem, failing = 0,
sweep_since = CASE WHEN excluded.swept > 0 THEN excluded.sweep_since ELSE binding.sweep_since END,
scan_kind = '', scan_stage = '', scan_at = 0, scan_through = 0, scan_checked = ''`,
		id, millis(cursor), millis(t.now), swept, problem, from)
	return err
}

// SetNewest notes how new the newest thing is that a finished listing has shown.
func (t *Tx) SetNewest(ctx context.Context, id string, newest time.Time) error {
	_, err := t.ExecContext(ctx, "UPDATE binding SET newest = $1 WHERE id = $2", millis(newest), id)
	return err
}

// SetProblem stores why a binding cannot be read, and reports whether it is new: a
// problem that differs from the one before in addresses, ports, times and numbers alone
// is the same.
func (t *Tx) SetProblem(ctx context.Context, id, problem string) (fresh bool, err error) {
	was, err := t.texts(ctx, "SELECT problem FROM binding WHERE id = $1", id)
	before := append(was, "")[0]
	if err != nil || before == problem {
		return false, err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem, failing) VALUES ($1, 0, 0, 0, 0, $2, $3)
ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, failing = CASE WHEN binding.failing > 0 THEN binding.failing ELSE excluded.failing END`, id, problem, millis(t.now))
	return problemKind(before) != problemKind(problem), err
}

// status finds the HTTP status in the text of a failed call.
var status = regexp.MustCompile(`\(HTTP (\d{3})\)`)

// problemKind is what a problem has in common with the next one of the same cause: its
// words without those that hold a digit, and the HTTP status. "read tcp
// 127.0.0.1:55130->127.0.0.1:80: connection reset" names another port each time.
func problemKind(text string) string {
	words := slices.DeleteFunc(strings.Fields(text), func(w string) bool { return strings.ContainsAny(w, "0123456789") })
	for _, m := range status.FindAllStringSubmatch(text, -1) {
		words = append(words, m[1])
	}
	return strings.Join(words, " ")
}

// Rescan forgets how far a binding was read, so that it is listed from the beginning. It does not
// forget that the binding could not be read: the log says when it is read again.
func (t *Tx) Rescan(ctx context.Context, id string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, problem) VALUES ($1, 0, 0, 0, 0, '')
ON CONFLICT (id) DO UPDATE SET since = 0, newest = 0, polled = 0, swept = 0, sweep_since = 0, not_before = 0, problem = '',
scan_kind = '', scan_stage = '', scan_at = 0, scan_through = 0, scan_checked = ''`, id)
	if err != nil {
		return err
	}
	return t.ForgetListed(ctx, id)
}

// LimitUntil remembers that bindings must be left alone until a time, and why.
func (t *Tx) LimitUntil(ctx context.Context, bindings []string, until time.Time, why string) error {
	for _, id := range bindings {
		_, err := t.ExecContext(ctx, `INSERT INTO binding (id, since, polled, swept, not_before, held, problem) VALUES ($1, 0, 0, 0, $2, $3, '')
ON CONFLICT (id) DO UPDATE SET not_before = excluded.not_before, held = excluded.held WHERE binding.not_before < excluded.not_before`, id, millis(until), why)
		if err != nil {
			return err
		}
	}
	return nil
}

// Receive remembers a webhook delivery and reports whether it counts: one that was
// received since a time counts once. Id identifies what was signed, not what a header
// says, which anybody can change.
func (t *Tx) Receive(ctx context.Context, binding, id, event string, since time.Time) (bool, error) {
	// A time in the future is that of a clock that was set back meanwhile.
	res, err := t.ExecContext(ctx, `INSERT INTO delivery (binding, id, event, received) VALUES ($1, $2, $3, $4)
ON CONFLICT (binding, id) DO UPDATE SET received = excluded.received WHERE delivery.received < $5 OR delivery.received > excluded.received`,
		binding, id, event, millis(t.now), millis(since))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// ForgetDeliveries drops deliveries received before a time.
func (t *Tx) ForgetDeliveries(ctx context.Context, before time.Time) error {
	_, err := t.ExecContext(ctx, "DELETE FROM delivery WHERE received < $1", millis(before))
	return err
}

// AddRevert counts a reverting write that was sent at a time.
func (t *Tx) AddRevert(ctx context.Context, recordID, binding string, f register.Field, at time.Time) error {
	_, err := t.ExecContext(ctx, "INSERT INTO revert (binding, record_id, field, at) VALUES ($1, $2, $3, $4)", binding, recordID, string(f), millis(at))
	return err
}

// Reverts counts the reverting writes of a record since a time.
func (t *Tx) Reverts(ctx context.Context, recordID string, since time.Time) (map[plan.RevertKey]int, error) {
	rows, err := t.QueryContext(ctx, "SELECT binding, field, count(*) FROM revert WHERE record_id = $1 AND at > $2 GROUP BY binding, field", recordID, millis(since))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[plan.RevertKey]int{}
	for rows.Next() {
		var k plan.RevertKey
		var n int
		if err := rows.Scan(&k.Binding, &k.Field, &n); err != nil {
			return nil, err
		}
		out[k] = n
	}
	return out, rows.Err()
}
