package signin

import (
	"context"
	"errors"
	"strings"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// HasPasswords reports whether anybody can sign in with a password.
func (d *Desk) HasPasswords(ctx context.Context) (bool, error) { return d.o.Store.HasAccounts(ctx) }

// Password returns the identity that an account name and a password prove. The error is a
// *RefusedError, the same and at the same cost for an unknown account as for a wrong password.
func (d *Desk) Password(ctx context.Context, name, password string) (access.Identity, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if len(name) > 64 {
		name = name[:64] // longer than every person id
	}
	if until, ok := d.guesses.take(name, d.o.Now()); !ok {
		if until.IsZero() {
			return access.Identity{}, &RefusedError{CodeBusy, "Too many passwords are being tried at this moment", "try again in a minute"}
		}
		d.logRefused(ctx, string(CodeLocked), d.known(name), d.person(name))
		return access.Identity{}, locked(until)
	}
	hash, err := d.o.Store.Password(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		hash, err = nobody(), nil
	}
	if err != nil {
		return access.Identity{}, err
	}
	select {
	case d.guesses.hashing <- struct{}{}:
		defer func() { <-d.guesses.hashing }()
	case <-ctx.Done():
		return access.Identity{}, ctx.Err()
	}
	if len(password) > longestPassword {
		password = ""
	}
	ok, err := matches(password, hash)
	if err != nil {
		return access.Identity{}, err
	}
	if !ok {
		d.logRefused(ctx, string(CodeWrong), d.known(name), d.person(name))
		return access.Identity{}, &RefusedError{CodeWrong, "The account or the password is wrong", "check both; a lost password is set anew with a link from the machine: conformd user setup"}
	}
	d.guesses.right(name)
	return access.Identity{Issuer: access.Local, Subject: name}, nil
}

// known returns a name if it is that of a person. Another one is not written down: people enter
// passwords in the field of the name.
func (d *Desk) known(name string) string {
	if _, ok := d.Person(name); ok {
		return name
	}
	return ""
}
