package jira

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/conformd/conformd/connectors"
)

// A site is the answer of serverInfo.
type site struct {
	cloud   bool
	version string
	at      time.Time // the server's clock at the answer
}

// where asks once whether the server is Cloud or Data Center.
func (c *Client) where(ctx context.Context) (*site, error) {
	c.mu.Lock()
	known := c.site
	c.mu.Unlock()
	if known != nil {
		return known, nil
	}
	return c.askSite(ctx)
}

func (c *Client) askSite(ctx context.Context) (*site, error) {
	var info wireSite
	a, err := c.do(ctx, request{op: "serverInfo", method: http.MethodGet, path: "rest/api/2/serverInfo"}, &info)
	if err != nil {
		return nil, err
	}
	s := &site{cloud: info.Deployment == "Cloud", version: info.Version, at: a.date()}
	c.mu.Lock()
	c.site = s
	c.mu.Unlock()
	return s, nil
}

// me asks once which account we use.
func (c *Client) me(ctx context.Context) (connectors.User, error) {
	c.mu.Lock()
	known := c.self
	c.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	var u wireUser
	if _, err := c.do(ctx, request{op: "myself", method: http.MethodGet, path: "rest/api/2/myself"}, &u); err != nil {
		return connectors.User{}, err
	}
	self := u.user()
	c.mu.Lock()
	c.self = &self
	c.mu.Unlock()
	return self, nil
}

// fieldsLife is how long the list of fields is cached. A rename of a field in Jira is noticed
// at the latest after this time.
const fieldsLife = 10 * time.Minute

// fieldList returns the fields of the site.
func (c *Client) fieldList(ctx context.Context) (*fieldIndex, error) {
	c.mu.Lock()
	known, fresh := c.fields, time.Since(c.fieldsAt) < fieldsLife
	c.mu.Unlock()
	if known != nil && fresh {
		return known, nil
	}
	var list fieldInfos
	if _, err := c.do(ctx, request{op: "fields", method: http.MethodGet, path: "rest/api/2/field"}, &list); err != nil {
		return nil, err
	}
	idx := newFieldIndex(list)
	c.mu.Lock()
	c.fields, c.fieldsAt = idx, time.Now()
	c.mu.Unlock()
	return idx, nil
}

// loginsLife is how long a login is cached after the last answer that showed it. An account
// may be renamed, and another one may get its login.
const loginsLife = 10 * time.Minute

// A login is the name of an account in writes on Data Center, as last seen.
type login struct {
	name string
	at   time.Time
}

// remember keeps the logins of accounts that an answer shows.
func (c *Client) remember(users map[string]connectors.User) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, u := range users {
		if u.Login != "" {
			c.logins[key] = login{u.Login, time.Now()}
		}
	}
}

// forgetLogins makes the next write ask for logins again, after a refusal that an old login may
// have caused.
func (c *Client) forgetLogins() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.logins)
}

// login returns the name for a user key, which a write on Data Center needs.
func (c *Client) login(ctx context.Context, op, key string) (string, error) {
	c.mu.Lock()
	known, ok := c.logins[key]
	c.mu.Unlock()
	if ok && time.Since(known.at) < loginsLife {
		return known.name, nil
	}
	var u wireUser
	q := request{op: op, method: http.MethodGet, path: "rest/api/2/user", query: url.Values{"key": {key}}}
	if _, err := c.do(ctx, q, &u); err != nil {
		if connectors.KindOf(err) == connectors.NotFound {
			return "", rejected(op, connectors.Ref{}, "no user with key "+key)
		}
		return "", err
	}
	if u.Name == "" {
		// Writing an empty name would remove the assignee.
		return "", &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("answer names no login")}
	}
	c.remember(map[string]connectors.User{key: {Login: u.Name}})
	return u.Name, nil
}

// rejected is the error for a request that was not sent.
func rejected(op string, ref connectors.Ref, why string) error {
	return &connectors.Error{Op: op, Ref: ref, Kind: connectors.Rejected, Detail: why}
}

// lens holds what the conversion of issues needs to know.
type lens struct {
	cloud  bool
	self   connectors.User
	of     string // the installation of this conformd
	index  *fieldIndex
	custom map[string]*fieldInfo // selector → field; unknown ones are missing
	only   []string              // ids of the fields to ask for; nil: all that are read
	size   int                   // of a page of a listing; 0: pageSize
}

func (c *Client) lens(ctx context.Context) (*lens, error) {
	s, err := c.where(ctx)
	if err != nil {
		return nil, err
	}
	self, err := c.me(ctx)
	if err != nil {
		return nil, err
	}
	idx, err := c.fieldList(ctx)
	if err != nil {
		return nil, err
	}
	l := &lens{cloud: s.cloud, self: self, of: c.cfg.Installation, index: idx, custom: map[string]*fieldInfo{}}
	for _, sel := range c.cfg.Fields {
		if f, problem := idx.resolve(sel); problem == "" {
			l.custom[sel] = f
		}
	}
	return l, nil
}
