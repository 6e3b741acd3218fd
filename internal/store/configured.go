package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A Place is where the issues of a binding have a field of the register.
type Place struct {
	Binding string
	Field   register.Field
	As      string // the mapping, in words that change with it
}

// Configured notes what the register is worked with from now on: with stands for
// the whole configuration, the places for what is read where. If it is not what it
// was worked with before, every record is to be looked at: what is demanded of it
// and what trackers show of it may be other things now, though nobody has touched
// an issue. What was agreed about a field that has another place now is forgotten:
// it was about another text, and an empty heading is nobody's deletion.
func (t *Tx) Configured(ctx context.Context, with string, places []Place) (changed bool, err error) {
	if changed, _, err = t.noted(ctx, "configuration", with); err != nil || !changed {
		return false, err
	}
	moved := map[string][]register.Field{}
	for _, p := range places {
		other, known, err := t.noted(ctx, "place "+p.Binding+" "+string(p.Field), p.As)
		if err != nil {
			return false, err
		}
		if other && known {
			moved[p.Binding] = append(moved[p.Binding], p.Field)
		}
	}
	for _, binding := range slices.Sorted(maps.Keys(moved)) {
		if err := t.forget(ctx, binding, moved[binding]); err != nil {
			return false, err
		}
	}
	// Other issues may be selected now: a scan that is under way begins anew.
	if _, err = t.ExecContext(ctx, "UPDATE binding SET scan_stage = '', scan_at = 0, scan_through = 0, scan_checked = ''"); err != nil {
		return true, err
	}
	_, err = t.ExecContext(ctx, "UPDATE record SET wanted = wanted + 1, wake = 0")
	return true, err
}

// noted remembers a text under a name, and reports whether it is another than
// before and whether there was one. A number that stands for it will do, and
// counters hold numbers.
func (t *Tx) noted(ctx context.Context, name, text string) (other, known bool, err error) {
	sum := sha256.Sum256([]byte(text))
	now := int64(binary.BigEndian.Uint64(sum[:8]) >> 1) //nolint:gosec // 63 bits
	var was int64
	switch err := t.QueryRowContext(ctx, "SELECT n FROM counter WHERE name = $1", name).Scan(&was); {
	case errors.Is(err, sql.ErrNoRows):
	case err != nil:
		return false, false, err
	case was == now:
		return false, true, nil
	default:
		known = true
	}
	_, err = t.ExecContext(ctx, "INSERT INTO counter (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = excluded.n", name, now)
	return true, known, err
}

// forget takes fields out of the bases of a binding.
func (t *Tx) forget(ctx context.Context, binding string, fields []register.Field) error {
	return t.eachBase(ctx, binding, func(b plan.Base) plan.Base {
		for _, f := range fields {
			delete(b, f)
		}
		return b
	})
}

// eachBase changes the bases of a binding, some issues at a time.
func (t *Tx) eachBase(ctx context.Context, binding string, change func(plan.Base) plan.Base) error {
	const some = 500
	after := ""
	for {
		bases, last, err := t.bases(ctx, binding, after, some)
		if err != nil || len(bases) == 0 {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(bases)) {
			doc, err := encodeBase(change(bases[id]))
			if err != nil {
				return err
			}
			if _, err := t.ExecContext(ctx, "UPDATE agreement SET base = $1 WHERE binding = $2 AND issue_id = $3", doc, binding, id); err != nil {
				return err
			}
		}
		after = last
	}
}

func (t *Tx) bases(ctx context.Context, binding, after string, most int) (map[string]plan.Base, string, error) {
	out, last := map[string]plan.Base{}, ""
	_, err := collect(ctx, t, func(row scanner) (struct{}, error) {
		var doc string
		if err := row.Scan(&last, &doc); err != nil {
			return struct{}{}, err
		}
		b, err := decodeBase(doc)
		out[last] = b
		return struct{}{}, err
	}, "SELECT issue_id, base FROM agreement WHERE binding = $1 AND issue_id > $2 ORDER BY issue_id LIMIT $3", binding, after, most)
	return out, last, err
}
