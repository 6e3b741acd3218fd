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

// assignees returns the logins that a write needs for an account id.
func (c *Client) assignees(ctx context.Context, r request, v connectors.Value) ([]string, error) {
	if v.Text == "" {
		return []string{}, nil
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if err != nil || n < 1 {
		return nil, r.err(connectors.Rejected, fmt.Errorf("assignee %q is no account id", v.Text))
	}
	c.mu.Lock()
	login := c.logins[v.Text]
	c.mu.Unlock()
	if login != "" {
		return []string{login}, nil
	}
	var w wireUser
	_, err = c.fetch(ctx, request{op: r.op, ref: r.ref, method: http.MethodGet, path: "user/" + v.Text}, &w)
	if e, ok := errors.AsType[*connectors.Error](err); ok && e.Kind == connectors.NotFound {
		return nil, r.err(connectors.Rejected, fmt.Errorf("there is no account %s", v.Text))
	}
	if err != nil {
		return nil, err
	}
	c.user(&w)
	return []string{w.Login}, nil
}
