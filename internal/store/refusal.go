package store

import (
	"context"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// PutRefusal stores a value that a tracker would not take in the create of an issue.
func (t *Tx) PutRefusal(ctx context.Context, recordID, binding string, f register.Field, r plan.Refused) error {
	doc, err := encodeRefused(r)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO refusal (record_id, binding, field, doc) VALUES ($1, $2, $3, $4)
ON CONFLICT (record_id, binding, field) DO UPDATE SET doc = excluded.doc`, recordID, binding, string(f), doc)
	return err
}

// ForgetRefusals drops what a binding would not take of a record: it has an issue now,
// whose base says the same.
func (t *Tx) ForgetRefusals(ctx context.Context, recordID, binding string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM refusal WHERE record_id = $1 AND binding = $2", recordID, binding)
	return err
}

// Refusals returns what trackers would not take of a record, by binding.
func (t *Tx) Refusals(ctx context.Context, recordID string) (map[string]map[register.Field]plan.Refused, error) {
	out := map[string]map[register.Field]plan.Refused{}
	_, err := collect(ctx, t, func(row scanner) (struct{}, error) {
		var binding, doc string
		var f register.Field
		if err := row.Scan(&binding, &f, &doc); err != nil {
			return struct{}{}, err
		}
		r, err := decodeRefused(doc)
		if err != nil {
			return struct{}{}, err
		}
		if out[binding] == nil {
			out[binding] = map[register.Field]plan.Refused{}
		}
		out[binding][f] = r
		return struct{}{}, nil
	}, "SELECT binding, field, doc FROM refusal WHERE record_id = $1 ORDER BY binding, field", recordID)
	return out, err
}
