package store

import (
	"context"
	"strings"
)

// Existing says which of the names in a text are those of another record than the one with
// the id: its number, or the key of an issue that is bound to it, in upper or lower case.
// "#17" is an issue beside one of the record's own.
func (t *Tx) Existing(ctx context.Context, recordID string, names []string) (map[string]bool, error) {
	return existing(ctx, t, recordID, names)
}

// Existing is that of Tx.
func (s *Store) Existing(ctx context.Context, recordID string, names []string) (map[string]bool, error) {
	return existing(ctx, s.ro, recordID, names)
}

func existing(ctx context.Context, q querier, recordID string, names []string) (map[string]bool, error) {
	if len(names) == 0 {
		return nil, nil
	}
	own, err := collect(ctx, q, column[string], "SELECT issue_key FROM link WHERE record_id = $1", recordID)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, name := range names {
		for _, key := range besides(name, own) {
			ids, err := collect(ctx, q, column[string], `SELECT id FROM record WHERE lower(ref) = lower($1) AND id <> $2
UNION SELECT record_id FROM link WHERE lower(issue_key) = lower($1) AND record_id <> $2 LIMIT 1`, key, recordID)
			if err != nil {
				return nil, err
			}
			out[name] = out[name] || len(ids) > 0
		}
	}
	return out, nil
}

// besides returns what a name may stand for beside the issues of its author: "acme/isms#17"
// for "#17" beside "acme/isms#3".
func besides(name string, own []string) []string {
	if !strings.HasPrefix(name, "#") {
		return []string{name}
	}
	var out []string
	for _, key := range own {
		if place, _, ok := strings.Cut(key, "#"); ok {
			out = append(out, place+name)
		}
	}
	return out
}
