package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// The limits of tokens.
const (
	mostTokens   = 20 // that a person has at a time
	longestName  = 60 // of a token, in characters
	longestYears = 1  // that a token counts
)

// A TokenAsk is what somebody asks of a new token.
type TokenAsk struct {
	Name   string
	Scopes []access.Scope // each has those before it in access.Scopes
	Until  string         // last day in UTC, 2026-12-18
}

// A NewToken is a token that was made, with the secret that nothing shows again.
type NewToken struct {
	store.Token
	Secret string
}

// check returns what is wrong with an ask of a person with some roles.
func (a *TokenAsk) check(roles []access.Role, today time.Time) *RefusedError {
	no := func(what, remedy string) *RefusedError { return &RefusedError{CodeTokenAsk, what, remedy} }
	a.Name = strings.TrimSpace(a.Name)
	for _, s := range a.Scopes {
		if !slices.Contains(access.Scopes(), s) {
			return no(fmt.Sprintf("%q is no scope", s), "the scopes are read, act and approve")
		}
	}
	most := access.ScopeRead
	for _, s := range access.Scopes() {
		if slices.Contains(a.Scopes, s) {
			most = s
		}
	}
	wanted := access.Scopes()[:slices.Index(access.Scopes(), most)+1]
	a.Scopes = wanted
	until, err := time.Parse(time.DateOnly, a.Until)
	first := today.UTC().Truncate(24 * time.Hour)
	last := first.AddDate(longestYears, 0, 0)
	switch {
	case a.Name == "" || len([]rune(a.Name)) > longestName || strings.ContainsFunc(a.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return no("A token has a name", fmt.Sprintf("say which program has it, in at most %d characters", longestName))
	case len(access.Allowed(wanted, roles)) < len(wanted):
		return no("The token of somebody who only reads cannot act", "ask for the scope read alone")
	case err != nil:
		return no("A token has a last day", "write it like "+first.AddDate(0, 3, 0).Format(time.DateOnly))
	case until.Before(first) || until.After(last):
		return no("The last day is "+a.Until, "it may be from "+first.Format(time.DateOnly)+" to "+last.Format(time.DateOnly))
	}
	return nil
}

// MakeToken makes a token for a person with some roles. The error is a *RefusedError if the ask is
// not taken.
func MakeToken(ctx context.Context, st *store.Store, person string, roles []access.Role, ask TokenAsk, by audit.Actor, trigger audit.Trigger, now time.Time) (NewToken, error) {
	if no := ask.check(roles, now); no != nil {
		return NewToken{}, no
	}
	k := NewToken{Secret: newSecret()}
	k.Token = store.Token{
		ID: strings.ToLower(rand.Text()[:10]), Digest: digest(k.Secret), Person: person, Name: ask.Name, Scopes: scopeWords(ask.Scopes), Until: ask.Until, Made: now.UTC().Truncate(time.Millisecond),
	}
	return k, st.Write(ctx, func(t *store.Tx) error {
		all, err := t.Tokens(ctx, person)
		if err != nil {
			return err
		}
		if len(slices.DeleteFunc(all, func(k store.Token) bool { return !Counts(k, now) })) >= mostTokens {
			return &RefusedError{CodeTokenAsk, fmt.Sprintf("%s has %d tokens", person, mostTokens), "revoke one that is not needed"}
		}
		t.Audit(ofToken(audit.TokenMade, k.Token, by, trigger))
		return t.PutToken(ctx, k.Token)
	})
}

// RevokeToken ends a token by its id; of that person, for a person that is given. The error is
// store.ErrNotFound if there is no such token that counts.
func RevokeToken(ctx context.Context, st *store.Store, id, person string, by audit.Actor, trigger audit.Trigger) error {
	return st.Write(ctx, func(t *store.Tx) error {
		all, err := t.Tokens(ctx, person)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(k store.Token) bool { return k.ID == id })
		if i < 0 {
			return store.ErrNotFound
		}
		t.Audit(ofToken(audit.TokenRevoked, all[i], by, trigger))
		return t.RevokeToken(ctx, id)
	})
}

func ofToken(verb audit.Verb, k store.Token, by audit.Actor, trigger audit.Trigger) audit.Entry {
	e := audit.Entry{
		Verb: verb, Actor: by, Origin: audit.Origin{Trigger: trigger}, Subject: aPerson(k.Person),
		Changes: []audit.FieldChange{{Field: "token", After: audit.NewText(k.ID + " " + k.Name)}},
	}
	if verb == audit.TokenMade {
		e.Changes = append(e.Changes, audit.FieldChange{Field: "scopes", After: audit.NewText(k.Scopes)}, audit.FieldChange{Field: "until", After: audit.NewText(k.Until)})
	}
	return e
}

// Counts reports whether a token was neither revoked nor has ended. Whether its person has access still
// is another question.
func Counts(k store.Token, now time.Time) bool {
	return k.Revoked.IsZero() && now.UTC().Format(time.DateOnly) <= k.Until
}

func scopeWords(scopes []access.Scope) string {
	words := make([]string, len(scopes))
	for i, s := range scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// NewToken makes a token for who is signed in, and who proved that at most five minutes ago.
func (d *Desk) NewToken(ctx context.Context, w access.Who, s Signed, ask TokenAsk) (NewToken, error) {
	now := d.o.Now()
	mine, refusal := d.o.Rules.Who(access.Identity{Issuer: access.Local, Subject: w.Person}, now)
	switch {
	case w.Person == "" || refusal != access.NotRefused:
		return NewToken{}, &RefusedError{CodeTokenAsk, "Only people of the register have tokens", "ask whoever runs conformd to add you to people in its configuration"}
	case w.Has(access.Auditor) && !mine.Has(access.Auditor):
		return NewToken{}, &RefusedError{CodeTokenAsk, "You audit by a group of the provider, which a token does not show", "ask whoever runs conformd to give you the role auditor in people"}
	case !d.Fresh(s):
		return NewToken{}, &RefusedError{CodeNotFresh, "You signed in more than five minutes ago", "sign out, sign in again, and make the token within five minutes"}
	}
	return MakeToken(ctx, d.o.Store, w.Person, mine.Roles, ask, Actor(w, s), audit.TriggerPage, now)
}

// Tokens returns the tokens of a person, the newest first.
func (d *Desk) Tokens(ctx context.Context, person string) ([]store.Token, error) {
	return d.o.Store.Tokens(ctx, person)
}

// Revoke ends a token of who is signed in. The error is store.ErrNotFound if they have no such token.
func (d *Desk) Revoke(ctx context.Context, w access.Who, s Signed, id string) error {
	if w.Person == "" {
		return store.ErrNotFound
	}
	return RevokeToken(ctx, d.o.Store, id, w.Person, Actor(w, s), audit.TriggerPage)
}

// Program returns for whom a program speaks that sends the secret of a token, and what the token may be
// used for. The error is a *RefusedError if the token opens nothing.
//
// The provider is not asked: roles that a group gives, or that take a group, do not count.
func (d *Desk) Program(ctx context.Context, secret string) (access.Who, Signed, []access.Scope, error) {
	none := func(e *RefusedError, k store.Token) (access.Who, Signed, []access.Scope, error) {
		d.logRefused(ctx, string(e.Code), k.ID, d.person(k.Person))
		return access.Who{}, Signed{}, nil, e
	}
	if !isToken(secret) {
		return none(&RefusedError{CodeNoToken, "This is no token of conformd", "a token begins with cfd_ and has 53 characters; check that the whole of it was copied"}, store.Token{})
	}
	k, err := d.o.Store.Token(ctx, digest(secret))
	now := d.o.Now()
	id := access.Identity{Issuer: access.Local, Subject: k.Person}
	w, refusal := d.o.Rules.Who(id, now)
	const again = "make a new one in the pages, under your name"
	switch {
	case errors.Is(err, store.ErrNotFound):
		return none(&RefusedError{CodeNoToken, "The register does not know this token", again}, k)
	case err != nil:
		return access.Who{}, Signed{}, nil, err
	case !k.Revoked.IsZero():
		return none(&RefusedError{CodeTokenRevoked, "The token " + k.ID + " was revoked", again}, k)
	case !Counts(k, now):
		return none(&RefusedError{CodeTokenEnded, "The last day of the token " + k.ID + " was " + k.Until, again}, k)
	case refusal != access.NotRefused:
		return none(refusedIdentity(id, refusal), k)
	}
	d.used(ctx, k, now)
	var scopes []access.Scope
	for s := range strings.FieldsSeq(k.Scopes) {
		scopes = append(scopes, access.Scope(s))
	}
	return w, Signed{Identity: id, Opened: k.Made, Token: k.ID}, access.Allowed(scopes, w.Roles), nil
}

// used notes the day. A full disk is no reason to refuse the request.
func (d *Desk) used(ctx context.Context, k store.Token, now time.Time) {
	day := now.UTC().Format(time.DateOnly)
	if k.Used >= day {
		return
	}
	if err := d.o.Store.Write(ctx, func(t *store.Tx) error { return t.UsedToken(ctx, k.ID, day) }); err != nil && ctx.Err() == nil {
		d.o.Log.Error("the day on which a token was used could not be noted", zap.Error(err))
	}
}
