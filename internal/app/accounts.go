package app

import (
	"context"
	"errors"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/config"
)

// Accounts asks the trackers for each account that the configuration names by login alone.
// The result is keyed by the place of the login in the configuration
// ("people[0].accounts[1].login"). The error joins the errors of the logins that were not found.
func Accounts(ctx context.Context, c *config.Config) (map[string]connectors.User, error) {
	a := asking(c)
	found := map[string]connectors.User{}
	var errs []error
	for i, person := range c.People {
		for j, acc := range person.Accounts {
			if acc.ID != "" {
				continue
			}
			u, err := a.account(ctx, acc)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			found[accountKey(i, j)+".login"] = u
		}
	}
	return found, errors.Join(errs...)
}

// asking returns an app that can send requests to the trackers but has no register.
func asking(c *config.Config) *App {
	return &App{Config: c, Log: zap.NewNop(), credentials: newCredentials(c, time.Now)}
}

// accountKey is the key of an account in the configuration.
func accountKey(person, account int) string {
	return "people[" + strconv.Itoa(person) + "].accounts[" + strconv.Itoa(account) + "]"
}

// account asks the tracker of an account for its id.
func (a *App) account(ctx context.Context, acc config.Account) (connectors.User, error) {
	t, err := a.at(acc)
	if err != nil {
		return connectors.User{}, err
	}
	d, ok := t.(connectors.Directory)
	if !ok {
		return connectors.User{}, errors.New("the tracker " + acc.Site + " cannot be asked for accounts")
	}
	return d.Account(ctx, acc.Login)
}

// at returns the connection to the site of an account: that of one of its bindings.
func (a *App) at(acc config.Account) (connectors.Tracker, error) {
	for i := range a.Config.Bindings {
		if b := &a.Config.Bindings[i]; a.Config.HasAccount(b, acc) {
			return a.connection(*b)
		}
	}
	for _, p := range a.Config.Patterns {
		if b := p.Template(); a.Config.HasAccount(&b, acc) {
			b.ID = p.Entry
			return a.connection(b)
		}
	}
	return nil, errors.New("no binding uses the tracker " + acc.Site)
}

func (a *App) connection(b config.Binding) (connectors.Tracker, error) {
	bound, _, err := a.bind(&b, Options{})
	if err != nil {
		return nil, err
	}
	return bound.Tracker, nil
}
