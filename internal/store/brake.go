package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/sync/plan"
)

// A Brake is why writing to a binding is stopped until a person has looked.
type Brake struct {
	Binding string    `json:"binding"`
	Kind    BrakeKind `json:"kind"`
	Why     string    `json:"why"`
	Since   time.Time `json:"since,omitzero"`
}

// A BrakeKind is a sort of reason to stop writing.
type BrakeKind string

// The kinds of brake.
const (
	BrakeRestored BrakeKind = "restored" // a backup was restored: later agreements may be lost
	BrakeNew      BrakeKind = "new"      // the register is new, and the trackers hold issues that conformd made
	BrakeOther    BrakeKind = "other"    // another conformd has written to these trackers
	BrakeMissing  BrakeKind = "missing"  // too many issues are missing from a listing
	BrakePlan     BrakeKind = "plan"     // too much would be written
	BrakePaused   BrakeKind = "paused"   // a person stopped it
)

// ForOthers reports whether one of the brakes stands for other installations: releasing it
// decides about them.
func ForOthers(bs []Brake) bool {
	return slices.ContainsFunc(bs, func(b Brake) bool { return b.Kind == BrakeOther || b.Kind == BrakeNew })
}

// Engage stops writing to a binding, and reports whether this reason is new.
func (t *Tx) Engage(ctx context.Context, binding string, kind BrakeKind, why string) (fresh bool, err error) {
	was, err := t.texts(ctx, "SELECT why FROM brake WHERE binding = $1 AND kind = $2", binding, string(kind))
	if err != nil || len(was) > 0 && was[0] == why {
		return false, err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO brake (binding, kind, why, since) VALUES ($1, $2, $3, $4)
ON CONFLICT (binding, kind) DO UPDATE SET why = excluded.why`, binding, string(kind), why, millis(t.now))
	return len(was) == 0, err
}

// Brakes returns why writing to a binding is stopped; nothing if it is not.
func (t *Tx) Brakes(ctx context.Context, binding string) ([]Brake, error) {
	return brakes(ctx, t, "SELECT binding, kind, why, since FROM brake WHERE binding = $1 ORDER BY kind", binding)
}

// Brakes returns why writing to bindings is stopped.
func (s *Store) Brakes(ctx context.Context) ([]Brake, error) {
	return brakes(ctx, s.ro, "SELECT binding, kind, why, since FROM brake ORDER BY binding, kind")
}

func brakes(ctx context.Context, q querier, query string, args ...any) ([]Brake, error) {
	return collect(ctx, q, func(row scanner) (b Brake, err error) {
		var since int64
		err = row.Scan(&b.Binding, &b.Kind, &b.Why, &since)
		b.Since = fromMillis(since)
		return b, err
	}, query, args...)
}

// Reasons joins why writing is stopped, for people.
func Reasons(bs []Brake) string {
	why := make([]string, len(bs))
	for i, b := range bs {
		why[i] = b.Why
	}
	return strings.Join(why, "; ")
}

// Release lets writing to a binding go on. What stands there now was looked at and may
// leave whatever the limits say; what is planned later is judged anew. It returns how
// much was let go.
func (t *Tx) Release(ctx context.Context, binding string) (plan.Load, error) {
	load, err := t.load(ctx, "SELECT count(DISTINCT CASE WHEN records > 0 THEN record_id END), sum(emptied), sum(replaced), sum(creates), sum(comments) FROM outbound WHERE binding = $1 AND admitted = 0", binding)
	if err != nil {
		return load, err
	}
	if _, err := t.ExecContext(ctx, "UPDATE outbound SET admitted = $1, released = 1 WHERE binding = $2 AND admitted = 0", millis(t.now), binding); err != nil {
		return load, err
	}
	if _, err := t.ExecContext(ctx, "DELETE FROM brake WHERE binding = $1", binding); err != nil {
		return load, err
	}
	// Whoever waited for this is looked at now.
	_, err = t.ExecContext(ctx, "UPDATE record SET wanted = wanted + 1, wake = 0 WHERE id IN (SELECT record_id FROM outbound WHERE binding = $1 AND present = 1)", binding)
	return load, err
}

// MayWrite returns why a record may not be written to a binding now; "" if it may. A
// brake stops everything but what a person let go.
func (t *Tx) MayWrite(ctx context.Context, binding, recordID string) (string, error) {
	return t.s.mayWrite(ctx, t, binding, recordID)
}

// MayWrite is Tx.MayWrite outside of a transaction.
func (s *Store) MayWrite(ctx context.Context, binding, recordID string) (string, error) {
	return s.mayWrite(ctx, s.ro, binding, recordID)
}

func (s *Store) mayWrite(ctx context.Context, q querier, binding, recordID string) (string, error) {
	if s.suspect.Load() {
		return unchecked, nil
	}
	bs, err := brakes(ctx, q, "SELECT binding, kind, why, since FROM brake WHERE binding = $1 ORDER BY kind", binding)
	if err != nil || len(bs) == 0 {
		return "", err
	}
	let, err := collect(ctx, q, column[string], "SELECT digest FROM outbound WHERE binding = $1 AND record_id = $2 AND present = 1 AND released = 1", binding, recordID)
	if err != nil || len(let) > 0 {
		return "", err
	}
	return fmt.Sprintf("writing to %s is stopped: %s", binding, Reasons(bs)), nil
}
