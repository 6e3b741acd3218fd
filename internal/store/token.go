package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A Token lets a program speak for a person. Its secret is not kept.
type Token struct {
	ID      string // names it in lists and in the log
	Digest  string // of its secret
	Person  string
	Name    string
	Scopes  string // joined with a space
	Until   string // last day, 2006-01-02 in UTC
	Made    time.Time
	Used    string    // last day on which it was used, "" for none
	Revoked time.Time // zero if it was not
}

const selectToken = "SELECT id, digest, person, name, scopes, until, made, used, revoked FROM api_token" //nolint:gosec // the names of columns

func scanToken(row scanner) (k Token, err error) {
	var made, revoked int64
	err = row.Scan(&k.ID, &k.Digest, &k.Person, &k.Name, &k.Scopes, &k.Until, &made, &k.Used, &revoked)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	k.Made, k.Revoked = fromMillis(made), fromMillis(revoked)
	return k, err
}

// Token returns the token with the digest of a secret, also one that has ended or was revoked. The
// error is ErrNotFound if there is none.
func (s *Store) Token(ctx context.Context, digest string) (Token, error) {
	return scanToken(s.ro.QueryRowContext(ctx, selectToken+" WHERE digest = $1", digest))
}

// Tokens returns the tokens of a person, of everybody for "", the newest first.
func (s *Store) Tokens(ctx context.Context, person string) ([]Token, error) {
	return tokens(ctx, s.ro, person)
}

// Tokens is [Store.Tokens] within a transaction.
func (t *Tx) Tokens(ctx context.Context, person string) ([]Token, error) {
	return tokens(ctx, t, person)
}

func tokens(ctx context.Context, q querier, person string) ([]Token, error) {
	if person == "" {
		return collect(ctx, q, scanToken, selectToken+" ORDER BY made DESC, id")
	}
	return collect(ctx, q, scanToken, selectToken+" WHERE person = $1 ORDER BY made DESC, id", person)
}

// PutToken keeps a new token.
func (t *Tx) PutToken(ctx context.Context, k Token) error {
	_, err := t.ExecContext(ctx, "INSERT INTO api_token (id, digest, person, name, scopes, until, made, used, revoked) VALUES ($1, $2, $3, $4, $5, $6, $7, '', 0)",
		k.ID, k.Digest, k.Person, k.Name, k.Scopes, k.Until, millis(t.now))
	return err
}

// UsedToken notes the day on which a token was used.
func (t *Tx) UsedToken(ctx context.Context, id, day string) error {
	_, err := t.ExecContext(ctx, "UPDATE api_token SET used = $1 WHERE id = $2 AND used < $1", day, id)
	return err
}

// RevokeToken ends a token. The error is ErrNotFound if there is none that was not revoked before.
func (t *Tx) RevokeToken(ctx context.Context, id string) error {
	res, err := t.ExecContext(ctx, "UPDATE api_token SET revoked = $1 WHERE id = $2 AND revoked = 0", millis(t.now), id)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}
