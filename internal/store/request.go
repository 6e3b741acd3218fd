package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// KeysLast is how long the key of a request is known.
const KeysLast = 30 * 24 * time.Hour

// ErrKeyUsed is the error of a key under which something else was asked before.
var ErrKeyUsed = errors.New("something else was asked under this key")

// ClaimRequest notes what a person's program asks under a key. Record is the id of the record that it was done to
// before, "" if it was not. The error is ErrKeyUsed for a key of another request.
func (t *Tx) ClaimRequest(ctx context.Context, person, key, digest string) (record string, err error) {
	var was string
	err = t.QueryRowContext(ctx, "SELECT digest, record FROM api_request WHERE person = $1 AND key = $2", person, key).Scan(&was, &record)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = t.ExecContext(ctx, "INSERT INTO api_request (person, key, digest, record, at) VALUES ($1, $2, $3, '', $4)", person, key, digest, millis(t.now))
	case err == nil && was != digest:
		err = ErrKeyUsed
	}
	return record, err
}

// DoneRequest notes to which record a request was done.
func (t *Tx) DoneRequest(ctx context.Context, person, key, record string) error {
	_, err := t.ExecContext(ctx, "UPDATE api_request SET record = $1 WHERE person = $2 AND key = $3", record, person, key)
	return err
}
