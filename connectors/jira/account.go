package jira

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// Account returns the account that has a login today. Data Center finds people by their
// user name; Cloud has no logins, and finds them by e-mail address or name, if these are
// visible to conformd's account (GET /rest/api/2/user/search).
func (c *Client) Account(ctx context.Context, login string) (connectors.User, error) {
	const op = "account"
	s, err := c.askSite(ctx)
	if err != nil {
		return connectors.User{}, err
	}
	name := "username"
	if s.cloud {
		name = "query"
	}
	var found wireUsers
	q := request{op: op, method: http.MethodGet, path: "rest/api/2/user/search", query: url.Values{name: {login}, "maxResults": {"50"}}}
	if _, err := c.do(ctx, q, &found); err != nil {
		return connectors.User{}, err
	}
	users := found.users()
	if !s.cloud { // the search takes the beginning of a name
		var exact []connectors.User
		for _, u := range users {
			if strings.EqualFold(u.Login, login) {
				exact = append(exact, u)
			}
		}
		users = exact
	}
	if len(users) != 1 {
		return connectors.User{}, &connectors.Error{Op: op, Kind: connectors.NotFound, Err: fmt.Errorf("%d accounts answer to %q", len(users), login)}
	}
	return users[0], nil
}

// AccountByID returns the account with an accountId (Cloud) or user key (Data Center):
// GET /rest/api/2/user.
func (c *Client) AccountByID(ctx context.Context, id string) (connectors.User, error) {
	const op = "account"
	s, err := c.askSite(ctx)
	if err != nil {
		return connectors.User{}, err
	}
	name := "key"
	if s.cloud {
		name = "accountId"
	}
	var w wireAccount
	q := request{op: op, method: http.MethodGet, path: "rest/api/2/user", query: url.Values{name: {id}}}
	if _, err := c.do(ctx, q, &w); err != nil {
		return connectors.User{}, err
	}
	return w.user(), nil
}

// wireAccount is the answer to a request for one account.
type wireAccount struct{ wireUser }

func (w *wireAccount) complete() bool { return w.AccountID+w.Key+w.Name != "" }

// wireUsers is the answer to a search of accounts.
type wireUsers []*wireUser

func (w *wireUsers) complete() bool { return true } // an empty list is a valid answer

func (w *wireUsers) users() (out []connectors.User) {
	for _, u := range *w {
		if user := u.user(); user.ID != "" {
			out = append(out, user)
		}
	}
	return out
}
