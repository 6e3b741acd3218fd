package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// KeysLast is how long the key of a request is known.
const KeysLast = 30 * 24 * time.Hour

// ErrKeyUsed is the error of a key under which something else was done before.
var ErrKeyUsed = errors.New("something else was done under this key")

// A Request is what a person's program asks under a key of its own.
type Request struct {
	Person, Key string
	Digest      string // SHA-256 of what is asked
}

// RequestDone returns the id of the record to which a request was done before, "" if it was not. The error is ErrKeyUsed
// if another request was done under its key.
func (t *Tx) RequestDone(ctx context.Context, r Request) (record string, err error) {
	var was string
	err = t.QueryRowContext(ctx, "SELECT digest, record FROM api_request WHERE person = $1 AND key = $2", r.Person, r.Key).Scan(&was, &record)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", nil
	case err == nil && record != "" && was != r.Digest: // earlier versions also noted what was refused, without a record
		return "", ErrKeyUsed
	}
	return record, err
}

// NoteRequest notes to which record a request was done. The caller does so in the transaction in which it is done.
func (t *Tx) NoteRequest(ctx context.Context, r Request, record string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO api_request (person, key, digest, record, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (person, key) DO UPDATE SET digest = excluded.digest, record = excluded.record, at = excluded.at`, r.Person, r.Key, r.Digest, record, millis(t.now))
	return err
}
