package store

import (
	"context"
	"strings"
)

// Ping reports whether the database can be read.
func (s *Store) Ping(ctx context.Context) error {
	var n int
	return s.ro.QueryRowContext(ctx, "SELECT count(*) FROM counter").Scan(&n)
}

// Bindings returns what is remembered about every binding, by id.
func (s *Store) Bindings(ctx context.Context) ([]Binding, error) {
	ids, err := s.ids(ctx, "SELECT id FROM binding UNION SELECT binding FROM brake ORDER BY 1")
	if err != nil {
		return nil, err
	}
	var out []Binding
	for _, id := range ids {
		b, err := s.Binding(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
}

// Keys returns the keys of the issues of every record, joined for people.
func (s *Store) Keys(ctx context.Context) (map[string]string, error) {
	rows, err := s.ro.QueryContext(ctx, "SELECT record_id, issue_key, state FROM link ORDER BY binding, issue_key")
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	keys := map[string][]string{}
	for rows.Next() {
		var id, key, state string
		if err := rows.Scan(&id, &key, &state); err != nil {
			return nil, err
		}
		if state == string(IssueOrphaned) {
			key += " (gone)"
		}
		keys[id] = append(keys[id], key)
	}
	out := make(map[string]string, len(keys))
	for id, ks := range keys {
		out[id] = strings.Join(ks, ", ")
	}
	return out, rows.Err()
}

// LogSize returns the number of entries of the audit log.
func (s *Store) LogSize(ctx context.Context) (int64, error) {
	var n int64
	err := s.ro.QueryRowContext(ctx, "SELECT coalesce(max(size), 0) FROM audit_head").Scan(&n)
	return n, err
}
