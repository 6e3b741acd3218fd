package signin

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// LinkLasts is how long a one-time link can be used.
const LinkLasts = 30 * time.Minute

// linkPath is where the pages take the token of a link.
const linkPath = "/setup/"

// An Invitation is a one-time link.
type Invitation struct {
	Person  string    `json:"person"`
	URL     string    `json:"url"` // the path in the pages, unless its caller put their address before it
	Expires time.Time `json:"expires_at"`
}

// Invite makes a one-time link for a person, in the place of an earlier one. Whoever has it is that
// person: it is for the person's eyes alone.
func Invite(ctx context.Context, st *store.Store, person string, purpose store.Purpose, by audit.Actor, trigger audit.Trigger) (Invitation, error) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program instead
	token := hex.EncodeToString(secret)
	x := Invitation{Person: person, URL: linkPath + token}
	err := st.Write(ctx, func(t *store.Tx) error {
		x.Expires = t.Now().Add(LinkLasts)
		t.Audit(audit.Entry{
			Verb: audit.AccountInvited, Actor: by, Origin: audit.Origin{Trigger: trigger}, Subject: aPerson(person),
			Changes: []audit.FieldChange{{Field: "purpose", After: audit.NewText(string(purpose))}},
		})
		return t.PutLink(ctx, store.Link{Digest: digest(token), Person: person, Purpose: purpose, Expires: x.Expires})
	})
	return x, err
}

func digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func linkUsed() *RefusedError {
	return &RefusedError{CodeLink, "This link was used already, or its 30 minutes are over", "make a new one at the machine that conformd runs on: conformd user setup"}
}

// Link returns the link of a token. The error is a *RefusedError if it cannot be used any more.
func (d *Desk) Link(ctx context.Context, token string) (store.Link, error) {
	l, err := d.o.Store.Link(ctx, digest(token))
	if errors.Is(err, store.ErrNotFound) {
		return l, linkUsed()
	}
	return l, err
}

// UseLink uses a link and returns the identity of its person. With a link for it, it sets the
// password, and ends the sessions that began with the one before. The error is a *RefusedError if
// the link was used, or if the password is not taken; then the link can be used again.
func (d *Desk) UseLink(ctx context.Context, token, password string) (access.Identity, error) {
	l, err := d.Link(ctx, token)
	if err != nil {
		return access.Identity{}, err
	}
	id := access.Identity{Issuer: access.Local, Subject: l.Person}
	w, refusal := d.o.Rules.Who(id, d.o.Now())
	if refusal != access.NotRefused {
		return access.Identity{}, refusedIdentity(id, refusal)
	}
	hash := ""
	if l.Purpose == store.ForPassword {
		if why := weak(password, l.Person); why != "" {
			return access.Identity{}, &RefusedError{CodeWeak, "This password is too weak: " + why, "take a sentence, or let a password manager make one"}
		}
		hash = hashed(password)
	}
	err = d.o.Store.Write(ctx, func(t *store.Tx) error {
		if _, err := t.UseLink(ctx, l.Digest); err != nil {
			return err
		}
		if hash == "" {
			return nil
		}
		t.Audit(audit.Entry{
			Verb: audit.AccountSetUp, Actor: Actor(w, Signed{Identity: id}), Origin: audit.Origin{Trigger: audit.TriggerPage}, Subject: aPerson(l.Person),
		})
		return t.SetPassword(ctx, l.Person, hash)
	})
	if errors.Is(err, store.ErrNotFound) {
		return access.Identity{}, linkUsed()
	}
	if err == nil {
		d.guesses.right(strings.ToLower(l.Person))
	}
	return id, err
}
