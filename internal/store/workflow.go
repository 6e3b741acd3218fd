package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// SawWorkflow remembers which statuses a status was seen to lead to.
func (t *Tx) SawWorkflow(ctx context.Context, binding, status string, leads []string) error {
	leads = slices.Compact(slices.Sorted(slices.Values(leads)))
	doc, err := json.Marshal(leads)
	if err != nil {
		return err
	}
	_, err = t.ExecContext(ctx, `INSERT INTO workflow (binding, status, leads, seen) VALUES ($1, $2, $3, $4)
ON CONFLICT (binding, status) DO UPDATE SET leads = excluded.leads, seen = excluded.seen`, binding, status, string(doc), millis(t.now))
	return err
}

// Workflow returns which statuses each status of a binding was last seen to lead to.
func (s *Store) Workflow(ctx context.Context, binding string) (map[string][]string, error) {
	out := map[string][]string{}
	_, err := collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var status, doc string
		var leads []string
		if err := row.Scan(&status, &doc); err != nil {
			return struct{}{}, err
		}
		if err := json.Unmarshal([]byte(doc), &leads); err != nil {
			return struct{}{}, fmt.Errorf("workflow in the store: %w", err)
		}
		out[status] = leads
		return struct{}{}, nil
	}, "SELECT status, leads FROM workflow WHERE binding = $1 ORDER BY status", binding)
	return out, err
}
