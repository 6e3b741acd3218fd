package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/conformd/conformd/connectors"
)

// identity asks once who we are. Nothing is shown before it is known: our own
// comments must never pass for a person's. A token has GET /user; an app's installation
// may not ask that, and acts as the account "<slug>[bot]".
func (c *Client) identity(ctx context.Context) (connectors.User, error) {
	c.mu.Lock()
	self := c.self
	c.mu.Unlock()
	if self != nil {
		return *self, nil
	}
	r := request{op: "identity", method: http.MethodGet, path: "user"}
	if c.app != nil {
		var app wireApp
		if _, err := c.fetch(ctx, request{op: r.op, method: r.method, path: "app", asApp: true}, &app); err != nil {
			return connectors.User{}, err
		}
		r.path = "users/" + url.PathEscape(app.Slug+"[bot]")
	}
	var w wireUser
	if _, err := c.fetch(ctx, r, &w); err != nil {
		return connectors.User{}, err
	}
	u := connectors.User{ID: decimal(w.ID), Login: w.Login, Name: w.Name, Bot: true}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.self = &u
	c.logins[u.ID] = u.Login
	return u, nil
}

// Account returns the account that has a login today (GET /users/{login}).
func (c *Client) Account(ctx context.Context, login string) (connectors.User, error) {
	var w wireUser
	if _, err := c.fetch(ctx, request{op: "account", method: http.MethodGet, path: "users/" + url.PathEscape(login)}, &w); err != nil {
		return connectors.User{}, err
	}
	return connectors.User{ID: decimal(w.ID), Login: w.Login, Name: w.Name, Bot: w.Type == "Bot"}, nil
}

// AccountByID returns the account that a number stands for (GET /user/{account_id}).
func (c *Client) AccountByID(ctx context.Context, id string) (connectors.User, error) {
	r := request{op: "account", method: http.MethodGet, path: "user/" + url.PathEscape(id)}
	if n, err := strconv.ParseInt(id, 10, 64); err != nil || n < 1 {
		return connectors.User{}, r.err(connectors.NotFound, fmt.Errorf("%q is not the number of an account", id))
	}
	var w wireUser
	if _, err := c.fetch(ctx, r, &w); err != nil {
		return connectors.User{}, err
	}
	return connectors.User{ID: decimal(w.ID), Login: w.Login, Name: w.Name, Bot: w.Type == "Bot"}, nil
}

// assignees returns the logins that a write needs for the accounts of a value: all
// of them, so that the write leaves exactly these assigned.
func (c *Client) assignees(ctx context.Context, r request, v connectors.Value) ([]string, error) {
	ids := v.Items
	if len(ids) == 0 && v.Text != "" {
		ids = []string{v.Text}
	}
	logins := []string{}
	for _, id := range ids {
		login, err := c.login(ctx, r, id)
		if err != nil {
			return nil, err
		}
		logins = append(logins, login)
	}
	return logins, nil
}

// login returns the login of an account id.
func (c *Client) login(ctx context.Context, r request, id string) (string, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1 {
		return "", r.refusedField(connectors.Assignee, fmt.Sprintf("%q is no account id", id))
	}
	c.mu.Lock()
	login := c.logins[id]
	c.mu.Unlock()
	if login != "" {
		return login, nil
	}
	var w wireUser
	_, err = c.fetch(ctx, request{op: r.op, ref: r.ref, method: http.MethodGet, path: "user/" + id}, &w)
	if e, ok := errors.AsType[*connectors.Error](err); ok && e.Kind == connectors.NotFound {
		return c.assignable(ctx, r, id) // or the server has no such request
	}
	if err != nil {
		return "", err
	}
	c.user(&w)
	return w.Login, nil
}
