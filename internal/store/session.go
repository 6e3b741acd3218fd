package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A Session is that of a person who is signed in to the pages.
type Session struct {
	Digest  string // of its token
	Account string // person id of the account with a password that it began with, "" for none
	Data    string
	Expires time.Time
}

// Session returns the session with the digest of a token. The error is ErrNotFound if there is
// none, or if it has expired.
func (s *Store) Session(ctx context.Context, digest string) (Session, error) {
	x := Session{Digest: digest}
	var expires int64
	err := s.ro.QueryRowContext(ctx, "SELECT account, data, expires FROM session WHERE digest = $1 AND expires > $2", digest, millis(s.now())).Scan(&x.Account, &x.Data, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	x.Expires = fromMillis(expires)
	return x, err
}

// PutSession keeps a session in the place of one with the same token.
func (t *Tx) PutSession(ctx context.Context, x Session) error {
	_, err := t.ExecContext(ctx, `INSERT INTO session (digest, account, data, expires) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET account = excluded.account, data = excluded.data, expires = excluded.expires`, x.Digest, x.Account, x.Data, millis(x.Expires))
	return err
}

// ExtendSession moves the end of a session. It does not bring back one that was deleted meanwhile.
func (t *Tx) ExtendSession(ctx context.Context, digest string, expires time.Time) error {
	_, err := t.ExecContext(ctx, "UPDATE session SET expires = $1 WHERE digest = $2", millis(expires), digest)
	return err
}

// DeleteSession ends a session.
func (t *Tx) DeleteSession(ctx context.Context, digest string) error {
	_, err := t.ExecContext(ctx, "DELETE FROM session WHERE digest = $1", digest)
	return err
}

// PruneSessions deletes the sessions and one-time links that have expired, and what programs asked for a
// while ago. It returns how many.
func (s *Store) PruneSessions(ctx context.Context) (dropped int64, err error) {
	for stmt, age := range map[string]time.Duration{
		"DELETE FROM session WHERE expires <= $1": 0, "DELETE FROM account_link WHERE expires <= $1": 0, "DELETE FROM api_request WHERE at <= $1": KeysLast,
	} {
		err := s.Write(ctx, func(t *Tx) error {
			res, err := t.ExecContext(ctx, stmt, millis(t.now.Add(-age)))
			if err != nil {
				return err
			}
			n, err := res.RowsAffected()
			dropped += n
			return err
		})
		if err != nil {
			return dropped, err
		}
	}
	return dropped, nil
}
