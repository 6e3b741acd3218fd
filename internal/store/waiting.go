package store

import (
	"context"
	"time"
)

// A Waiting is a record that waits for something: for a time, for a tracker, or for a
// person.
type Waiting struct {
	ID      string      `json:"id"`
	Ref     string      `json:"record"`
	Next    time.Time   `json:"next_try,omitzero"` // zero: as soon as a worker is free
	Problem string      `json:"waits_for"`
	Writes  []OpenWrite `json:"open_writes,omitempty"` // writes without an outcome
}

// An OpenWrite is a write to a tracker whose outcome is not known.
type OpenWrite struct {
	Binding string    `json:"binding"`
	Issue   string    `json:"issue,omitempty"` // its key; "" for a create
	Op      Op        `json:"op"`
	At      time.Time `json:"at"`
}

// Waiting returns the records on which work waits, the next one first, at most so many.
func (s *Store) Waiting(ctx context.Context, most int) ([]Waiting, error) {
	out, err := collect(ctx, s.ro, scanWaiting, "SELECT id, ref, wake, problem FROM record WHERE wake > 0 ORDER BY wake, id LIMIT $1", most)
	if err != nil {
		return nil, err
	}
	pending, err := s.RecordsWithPending(ctx)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, w := range out {
		seen[w.ID] = true
	}
	for _, id := range pending {
		if seen[id] || len(out) >= most {
			continue
		}
		more, err := collect(ctx, s.ro, scanWaiting, "SELECT id, ref, wake, problem FROM record WHERE id = $1", id)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	for i := range out {
		ins, err := pendingIntents(ctx, s.ro, out[i].ID)
		if err != nil {
			return nil, err
		}
		for _, in := range ins {
			out[i].Writes = append(out[i].Writes, OpenWrite{in.Binding, in.Ref.Key, in.Op, in.At})
		}
	}
	return out, nil
}

func scanWaiting(row scanner) (w Waiting, err error) {
	var wake int64
	err = row.Scan(&w.ID, &w.Ref, &wake, &w.Problem)
	w.Next = fromMillis(wake)
	return w, err
}
