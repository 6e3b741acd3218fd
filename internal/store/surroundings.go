package store

import (
	"context"
	"encoding/json"
	"strings"
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

// Keys names the issues for people.
func (x Surrounding) Keys() string {
	keys := make([]string, len(x.Bound))
	for i, b := range x.Bound {
		keys[i] = b.Key
		if b.State == IssueOrphaned {
			keys[i] += " (gone)"
		}
	}
	return strings.Join(keys, ", ")
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

// IssueAddresses returns the addresses of the issues of records as web pages, by the ids of the records; an issue without one, or not seen yet, is
// named by its key.
func (s *Store) IssueAddresses(ctx context.Context, ids []string) (map[string][]string, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]string, len(ids))
	_, err = collect(ctx, s.ro, func(row scanner) (struct{}, error) {
		var id, address string
		err := row.Scan(&id, &address)
		out[id] = append(out[id], address)
		return struct{}{}, err
	}, "SELECT l.record_id, coalesce(nullif(nullif(s.doc, '') ->> '$.url', ''), l.issue_key) FROM json_each($1) j CROSS JOIN link l ON l.record_id = j.value "+
		"LEFT JOIN sighting s ON s.binding = l.binding AND s.issue_id = l.issue_id ORDER BY j.key, l.binding, l.issue_key", string(list))
	return out, err
}
