package store

import (
	"context"
	"database/sql"

	"github.com/conformd/conformd/connectors"
)

// A scanner is a row of a result.
type scanner interface{ Scan(into ...any) error }

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, q string, args ...any) (*sql.Rows, error)
}

// collect runs a query and reads every row of it.
func collect[T any](ctx context.Context, q querier, read func(scanner) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		x, err := read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, rows.Err()
}

// scanRef reads a row of an issue's id and key.
func scanRef(row scanner) (r connectors.Ref, err error) {
	err = row.Scan(&r.ID, &r.Key)
	return r, err
}

// column reads a row of one column.
func column[T any](row scanner) (v T, err error) {
	err = row.Scan(&v)
	return v, err
}
