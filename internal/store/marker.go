package store

import (
	"context"
)

// An issue of conformd's own making carries a marker that is computed of its record. To
// find the record of a marker without computing those of all records, they are kept in a
// table. It is derived, and filled behind the records, in the order in which they came.

// markersAtOnce is for how many records the markers are computed in one transaction.
const markersAtOnce = 1000

// Mark computes the markers that are missing, in transactions of bounded length. It leaves
// the last few to RecordMarked, so that they need no commit of their own. Marker returns
// the marker of a record in the binding, always the same.
func (s *Store) Mark(ctx context.Context, binding string, marker func(recordID string) string) error {
	for {
		todo, err := s.ids(ctx, "SELECT id FROM record WHERE n > (SELECT coalesce(max(upto), 0) FROM marked WHERE binding = $1) ORDER BY n LIMIT 1 OFFSET $2", binding, markersAtOnce-1)
		if err != nil || len(todo) == 0 {
			return err
		}
		if err := s.Write(ctx, func(t *Tx) error { _, err := t.mark(ctx, binding, marker); return err }); err != nil {
			return err
		}
	}
}

// mark computes the markers of some records, and reports whether there may be more.
func (t *Tx) mark(ctx context.Context, binding string, marker func(recordID string) string) (more bool, err error) {
	type one struct {
		id string
		n  int64
	}
	rows, err := collect(ctx, t, func(row scanner) (o one, err error) {
		err = row.Scan(&o.id, &o.n)
		return o, err
	}, "SELECT id, n FROM record WHERE n > (SELECT coalesce(max(upto), 0) FROM marked WHERE binding = $1) ORDER BY n LIMIT $2", binding, markersAtOnce)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	for _, o := range rows {
		if _, err := t.ExecContext(ctx, "INSERT INTO marker (binding, marker, record_id) VALUES ($1, $2, $3) ON CONFLICT (binding, marker, record_id) DO NOTHING", binding, marker(o.id), o.id); err != nil {
			return false, err
		}
	}
	_, err = t.ExecContext(ctx, "INSERT INTO marked (binding, upto) VALUES ($1, $2) ON CONFLICT (binding) DO UPDATE SET upto = excluded.upto", binding, rows[len(rows)-1].n)
	return len(rows) == markersAtOnce, err
}

// RecordMarked returns the record whose issue in a binding carries a marker. It first does
// what Mark has left, all of it if nobody called Mark.
func (t *Tx) RecordMarked(ctx context.Context, binding, marker string, of func(recordID string) string) (string, error) {
	for more := true; more; {
		var err error
		if more, err = t.mark(ctx, binding, of); err != nil {
			return "", err
		}
	}
	ids, err := t.texts(ctx, "SELECT record_id FROM marker WHERE binding = $1 AND marker = $2 ORDER BY record_id LIMIT 1", binding, marker)
	if err == nil && len(ids) == 0 {
		err = ErrNotFound
	}
	return append(ids, "")[0], err
}
