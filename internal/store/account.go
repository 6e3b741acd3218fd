package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Password returns the hash of the password of a person. The error is ErrNotFound if conformd
// keeps none.
func (s *Store) Password(ctx context.Context, person string) (hash string, err error) {
	err = s.ro.QueryRowContext(ctx, "SELECT hash FROM account WHERE person = $1", person).Scan(&hash)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return hash, err
}

// HasAccounts reports whether conformd keeps the password of anybody.
func (s *Store) HasAccounts(ctx context.Context) (bool, error) {
	var n int
	err := s.ro.QueryRowContext(ctx, "SELECT count(*) FROM account").Scan(&n)
	return n > 0, err
}

// SetPassword keeps the hash of a password and ends the sessions that began with the one before.
func (t *Tx) SetPassword(ctx context.Context, person, hash string) error {
	if _, err := t.ExecContext(ctx, `INSERT INTO account (person, hash, changed) VALUES ($1, $2, $3)
ON CONFLICT (person) DO UPDATE SET hash = excluded.hash, changed = excluded.changed`, person, hash, millis(t.now)); err != nil {
		return err
	}
	_, err := t.ExecContext(ctx, "DELETE FROM session WHERE account = $1", person)
	return err
}

// A Purpose is what a one-time link is for.
type Purpose string

// The purposes.
const (
	ForPassword Purpose = "password" // its person chooses a password
	ForEntering Purpose = "enter"    // its person signs in by it
)

// A Link is a one-time link for a person.
type Link struct {
	Digest  string // of its token
	Person  string
	Purpose Purpose
	Expires time.Time
}

const selectLink = "SELECT digest, person, purpose, expires FROM account_link WHERE digest = $1 AND expires > $2"

func scanLink(row scanner) (l Link, err error) {
	var expires int64
	err = row.Scan(&l.Digest, &l.Person, &l.Purpose, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	l.Expires = fromMillis(expires)
	return l, err
}

// Link returns the link with the digest of a token. The error is ErrNotFound if there is none, or
// if it was used or has expired.
func (s *Store) Link(ctx context.Context, digest string) (Link, error) {
	return scanLink(s.ro.QueryRowContext(ctx, selectLink, digest, millis(s.now())))
}

// PutLink keeps a link in the place of an earlier one of the same person.
func (t *Tx) PutLink(ctx context.Context, l Link) error {
	_, err := t.ExecContext(ctx, `INSERT INTO account_link (digest, person, purpose, expires) VALUES ($1, $2, $3, $4)
ON CONFLICT (person) DO UPDATE SET digest = excluded.digest, purpose = excluded.purpose, expires = excluded.expires`, l.Digest, l.Person, l.Purpose, millis(l.Expires))
	return err
}

// UseLink returns a link and deletes it, so that one caller alone gets it. The error is
// ErrNotFound for every other.
func (t *Tx) UseLink(ctx context.Context, digest string) (Link, error) {
	l, err := scanLink(t.QueryRowContext(ctx, selectLink, digest, millis(t.now)))
	if err != nil {
		return l, err
	}
	_, err = t.ExecContext(ctx, "DELETE FROM account_link WHERE digest = $1", digest)
	return l, err
}

// PutCalendarAddress keeps the digest of the token of a person's calendar address, in the place of
// an earlier one.
func (t *Tx) PutCalendarAddress(ctx context.Context, person, digest string) error {
	_, err := t.ExecContext(ctx, `INSERT INTO calendar_address (person, digest) VALUES ($1, $2)
ON CONFLICT (person) DO UPDATE SET digest = excluded.digest`, person, digest)
	return err
}

// CalendarAddress returns the person whose calendar address has a token with a digest. The error is
// ErrNotFound if there is none.
func (s *Store) CalendarAddress(ctx context.Context, digest string) (person string, err error) {
	err = s.ro.QueryRowContext(ctx, "SELECT person FROM calendar_address WHERE digest = $1", digest).Scan(&person)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return person, err
}
