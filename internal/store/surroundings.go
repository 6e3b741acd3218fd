package store

import (
	"context"
	"encoding/json"
)

// A Surrounding is what a list shows of a record besides the record itself.
type Surrounding struct {
	Bound     []BoundKey
	Conflicts int // that wait for a person
}

// A BoundKey is an issue of a record by its key.
type BoundKey struct {
	Binding, Key, Role string
	State              IssueState
}

// Surroundings returns what a list shows of records besides them, by their ids. It reads no issue: two statements
// are enough for a page of a list.
func (s *Store) Surroundings(ctx context.Context, ids []string) (map[string]Surrounding, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	type bound struct {
		id string
		BoundKey
	}
	keys, err := collect(ctx, s.ro, func(row scanner) (b bound, err error) {
		err = row.Scan(&b.id, &b.Binding, &b.Key, &b.Role, &b.State)
		return b, err
	}, "SELECT l.record_id, l.binding, l.issue_key, l.role, l.state FROM json_each($1) j CROSS JOIN link l ON l.record_id = j.value ORDER BY j.key, l.binding, l.issue_key", string(list))
	if err != nil {
		return nil, err
	}
	type open struct {
		id string
		n  int
	}
	conflicts, err := collect(ctx, s.ro, func(row scanner) (o open, err error) {
		err = row.Scan(&o.id, &o.n)
		return o, err
	}, "SELECT j.value, (SELECT count(*) FROM conflict c WHERE c.record_id = j.value AND c.closed = 0) FROM json_each($1) j", string(list))
	if err != nil {
		return nil, err
	}
	out := make(map[string]Surrounding, len(ids))
	for _, b := range keys {
		x := out[b.id]
		x.Bound = append(x.Bound, b.BoundKey)
		out[b.id] = x
	}
	for _, c := range conflicts {
		x := out[c.id]
		x.Conflicts = c.n
		out[c.id] = x
	}
	return out, nil
}
