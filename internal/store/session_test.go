package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/conformd/conformd/internal/store"
)

// A new password ends the sessions of its account alone; a link is used once; a restored backup
// has neither sessions nor links, no token that counts, and the passwords of its day.
func TestSessionsAndLinks(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	hour := b.now.Add(time.Hour)
	put := func() {
		b.write(func(tx *store.Tx) error {
			for digest, account := range map[string]string{"a": "ada", "b": "", "c": "irene"} {
				if err := tx.PutSession(t.Context(), store.Session{Digest: digest, Account: account, Data: "{}", Expires: hour}); err != nil {
					return err
				}
			}
			return tx.PutLink(t.Context(), store.Link{Digest: "l", Person: "ada", Purpose: store.ForPassword, Expires: hour})
		})
	}
	b.write(func(tx *store.Tx) error {
		return tx.PutToken(t.Context(), store.Token{ID: "k", Digest: "k", Person: "ada", Name: "ci", Scopes: "read", Until: "2026-12-31"})
	})
	there := func(digest string) bool {
		_, err := b.Session(t.Context(), digest)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		return err == nil
	}
	put()
	if has, err := b.HasAccounts(t.Context()); has || err != nil {
		t.Fatalf("HasAccounts = %t, %v, want none", has, err)
	}
	b.write(func(tx *store.Tx) error {
		if l, err := tx.UseLink(t.Context(), "l"); err != nil || l.Person != "ada" || l.Purpose != store.ForPassword {
			t.Errorf("UseLink = %+v, %v", l, err)
		}
		if _, err := tx.UseLink(t.Context(), "l"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("UseLink a second time: %v, want ErrNotFound", err)
		}
		return tx.SetPassword(t.Context(), "ada", "hash")
	})
	if there("a") || !there("b") || !there("c") {
		t.Error("a new password ends the sessions of its account, and those alone")
	}
	if hash, err := b.Password(t.Context(), "ada"); hash != "hash" || err != nil {
		t.Errorf("Password = %q, %v", hash, err)
	}
	put()
	b.write(func(tx *store.Tx) error {
		_, err := tx.Rewind(t.Context(), nil, store.BrakeRestored, "restored")
		return err
	})
	if there("a") || there("b") || there("c") {
		t.Error("a restored backup has sessions")
	}
	if _, err := b.Link(t.Context(), "l"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a restored backup has a link: %v", err)
	}
	if k, err := b.Token(t.Context(), "k"); k.Revoked.IsZero() || err != nil {
		t.Errorf("a restored backup has a token that counts: %+v, %v", k, err)
	}
	if has, err := b.HasAccounts(t.Context()); !has || err != nil {
		t.Errorf("HasAccounts = %t, %v, want the one of the backup", has, err)
	}
}
