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

// Accounts asks the trackers for the accounts that people have by login alone, by the
// key of the login in the configuration ("people[0].accounts[1].login"). The error joins
// those of the logins that could not be found.
func Accounts(ctx context.Context, c *config.Config) (map[string]connectors.User, error) {
	a := &App{Config: c, Log: zap.NewNop(), credentials: newCredentials(c, time.Now)}
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
			found["people["+strconv.Itoa(i)+"].accounts["+strconv.Itoa(j)+"].login"] = u
		}
	}
	return found, errors.Join(errs...)
}

// account asks the tracker of an account for its id.
func (a *App) account(ctx context.Context, acc config.Account) (connectors.User, error) {
	for i := range a.Config.Bindings {
		if !a.Config.HasAccount(&a.Config.Bindings[i], acc) {
			continue
		}
		b, _, err := a.bind(&a.Config.Bindings[i], Options{})
		if err != nil {
			return connectors.User{}, err
		}
		if d, ok := b.Tracker.(connectors.Directory); ok {
			return d.Account(ctx, acc.Login)
		}
	}
	return connectors.User{}, errors.New("the tracker " + acc.Site + " cannot be asked for accounts")
}
