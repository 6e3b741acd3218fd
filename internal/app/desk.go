package app

import (
	"context"
	"fmt"
	"slices"

	"go.uber.org/zap"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
)

// desk returns what signs people in to the pages, nil if nobody signs in.
func (a *App) desk() *signin.Desk {
	c := a.Config
	if !c.SignsIn() {
		return nil
	}
	log := a.Log.Named("signin")
	o := signin.Options{
		Store: a.Store, Rules: accessRules(c), Idle: c.SignIn.Idle, Lifetime: c.SignIn.Lifetime, Secure: c.Behind(), Now: a.Reconciler.Now, Log: log, Fresh: a.fresh,
	}
	if s := c.SignIn.OIDC; s.Issuer != "" {
		scopes := s.Scopes
		if len(scopes) == 0 {
			scopes = []string{"profile"}
		}
		var groups []string
		for _, g := range s.Roles {
			groups = append(groups, g.Group)
		}
		o.Provider = signin.NewProvider(signin.Settings{
			Issuer: s.Issuer, ClientID: s.ClientID, Secret: s.Secret.Reveal(), Redirect: c.Callback(), Scopes: scopes, Claim: s.Claim, Groups: groups,
		}, log)
	}
	return signin.New(o)
}

// accessRules returns who has which roles in the pages. The daemon adopts the people of its
// configuration at its start, so that these are the adopted ones.
func accessRules(c *config.Config) access.Rules {
	r := access.Rules{Issuer: c.SignIn.OIDC.Issuer}
	for _, p := range c.People {
		until, _ := config.Until(p.SignIn.Until) // a valid configuration has days
		r.People = append(r.People, access.Person{ID: p.ID, Name: p.Name, Roles: p.Roles, Subject: p.SignIn.Subject, Until: until})
	}
	for _, g := range c.SignIn.OIDC.Roles {
		until, _ := config.Until(g.Until)
		r.Groups = append(r.Groups, access.GroupRole{Group: g.Group, Role: access.Role(g.Role), Until: until})
	}
	return r
}

// FirstLink makes a one-time link with which the first admin sets a password, if nobody can sign in
// yet. Without an admin it says what to do instead.
func (a *App) FirstLink(ctx context.Context) (x signin.Invitation, remedy string, err error) {
	if !a.Config.SignsIn() || a.Config.SignIn.OIDC.Issuer != "" {
		return x, "", nil
	}
	if has, err := a.Store.HasAccounts(ctx); err != nil || has {
		return x, "", err
	}
	admins := a.Config.Admins()
	if len(admins) == 0 {
		return x, "nobody can sign in to the pages: give the role admin to one of people (roles: [admin]) and start again; pages_without_login: true lets everybody on this machine read them", nil
	}
	x, err = a.inviteAs(ctx, admins[0], store.ForPassword, audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, audit.TriggerStart)
	return x, "", err
}

// Invite makes a one-time link with which a person sets a password. Without a person it is for the
// only admin. The error may be a [NotAllowedError].
func (a *App) Invite(ctx context.Context, person string) (signin.Invitation, error) {
	admins := a.Config.Admins()
	refuse := func(what, remedy string) (signin.Invitation, error) {
		return signin.Invitation{}, &NotAllowedError{what, remedy}
	}
	switch {
	case !a.Config.SignsIn():
		return refuse("nobody signs in to the pages: pages_without_login is true", "remove it from the configuration first")
	case person == "" && len(admins) != 1:
		return refuse(fmt.Sprintf("%d of people have the role admin", len(admins)), "name the person: conformd user setup dana")
	case person == "":
		person = admins[0]
	case !slices.ContainsFunc(a.Config.People, func(p config.Person) bool { return p.ID == person }):
		return signin.Invitation{}, notAPerson(person)
	case a.Config.SignIn.OIDC.Issuer != "" && !slices.Contains(admins, person):
		return refuse(person+" signs in with the provider of sign_in.oidc", "a password is for admins, for the day on which the provider fails: give the role admin, or write the person's sign_in.subject")
	}
	by := a.Operator
	by.Kind, by.How = audit.Operator, audit.ByLocal
	return a.inviteAs(ctx, person, store.ForPassword, by, audit.TriggerManual)
}

// Enter makes a one-time link that signs a person in without a password. Only the demo has such
// links: its people have no password and nothing to lose.
func (a *App) Enter(ctx context.Context, person string) (signin.Invitation, error) {
	return a.inviteAs(ctx, person, store.ForEntering, audit.Actor{Kind: audit.Daemon, How: audit.ByNone}, audit.TriggerStart)
}

// inviteAs makes a one-time link with its whole address.
func (a *App) inviteAs(ctx context.Context, person string, purpose store.Purpose, by audit.Actor, trigger audit.Trigger) (signin.Invitation, error) {
	x, err := signin.Invite(ctx, a.Store, person, purpose, by, trigger)
	base := a.Config.PagesAddress()
	if a.Config.PublicURL == "" && a.pagesAt != nil {
		base = "http://" + a.pagesAt.String() // the port that the system chose
	}
	x.URL = base + x.URL
	return x, err
}

// pruneSessions deletes the sessions and links that have expired.
func (a *App) pruneSessions(ctx context.Context) {
	if _, err := a.Store.PruneSessions(ctx); err != nil && ctx.Err() == nil {
		a.Log.Error("expired sessions were not deleted", zap.Error(err))
	}
}

// rolesOfRegister returns the roles that mean something in the register.
func rolesOfRegister(roles []string) []string {
	return slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == config.RoleAdmin })
}
