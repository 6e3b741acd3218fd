package app

import (
	"context"
	"errors"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

// NewToken makes a token for the person who sits at this terminal. The error is a [NotAllowedError] if
// nobody could use it, and a *signin.RefusedError if the ask is not taken.
func (a *App) NewToken(ctx context.Context, person string, ask signin.TokenAsk, by Account) (signin.NewToken, error) {
	if !a.Config.SignsIn() {
		return signin.NewToken{}, &NotAllowedError{"nobody signs in to the pages: pages_without_login is true", "remove it from the configuration first"}
	}
	if err := AtTerminal(a.Config, person, by); err != nil {
		return signin.NewToken{}, err
	}
	now := a.Reconciler.Now()
	who, refusal := accessRules(a.Config).Who(access.Identity{Issuer: access.Local, Subject: person}, now)
	if refusal != access.NotRefused {
		return signin.NewToken{}, &NotAllowedError{"the access of " + person + " has ended", "move sign_in.until of the person in the configuration"}
	}
	actor := audit.Actor{Kind: audit.Operator, ID: person, How: audit.ByLocal, Account: "os:" + by.ID}
	return signin.MakeToken(ctx, a.Store, person, who.Roles, ask, actor, audit.TriggerManual, now)
}

// RevokeToken ends a token of anybody. The error may be a [NotAllowedError].
func (a *App) RevokeToken(ctx context.Context, id string) error {
	err := signin.RevokeToken(ctx, a.Store, id, "", a.operator(), audit.TriggerManual)
	if errors.Is(err, store.ErrNotFound) {
		return &NotAllowedError{"no token that counts has this id", "conformd user token list shows the ids"}
	}
	return err
}
