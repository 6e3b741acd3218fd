package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
)

// Existing returns the records that names in a text stand for, other than the one with the
// id: by number, or by the key of an issue that is bound to them, in upper or lower case.
// "#17" is an issue beside one of the record's own.
func (t *Tx) Existing(ctx context.Context, recordID string, names []string) (map[string]register.Other, error) {
	return existing(ctx, t, recordID, names)
}

// Existing is that of Tx.
func (s *Store) Existing(ctx context.Context, recordID string, names []string) (map[string]register.Other, error) {
	return existing(ctx, s.ro, recordID, names)
}

func existing(ctx context.Context, q querier, recordID string, names []string) (map[string]register.Other, error) {
	out := map[string]register.Other{}
	if len(names) == 0 {
		return out, nil
	}
	own, err := collect(ctx, q, column[string], "SELECT issue_key FROM link WHERE record_id = $1", recordID)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		for _, key := range besides(name, own) {
			found, err := collect(ctx, q, scanTarget, `SELECT id, ref, state FROM record WHERE lower(ref) = lower($1) AND id <> $2
UNION SELECT r.id, r.ref, r.state FROM link l JOIN record r ON r.id = l.record_id WHERE lower(l.issue_key) = lower($1) AND r.id <> $2`, key, recordID)
			if err != nil {
				return nil, err
			}
			if len(found) == 0 || out[name].ID != "" {
				continue
			}
			first := slices.MinFunc(found, func(a, b register.Other) int { return cmp.Compare(a.Ref, b.Ref) })
			if first.Leads, err = leads(ctx, q, first.ID); err != nil {
				return nil, err
			}
			out[name] = first
		}
	}
	return out, nil
}

func scanTarget(row scanner) (o register.Other, err error) {
	err = row.Scan(&o.ID, &o.Ref, &o.State)
	return o, err
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
