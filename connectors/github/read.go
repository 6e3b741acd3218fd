package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// errNoNumber is why an issue cannot be addressed: the REST API knows issues by
// number only.
var errNoNumber = errors.New("the key names no issue number")

// Get reads one issue. An issue that was transferred to another repository has
// another id there; the error is Moved, with the destination if it may be read.
func (c *Client) Get(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	i, _, err := c.get(ctx, "get", ref)
	if err != nil {
		return nil, err
	}
	if _, err := c.identity(ctx); err != nil {
		return nil, err
	}
	return c.issue(i), nil
}

// Selected reads one issue and returns it if it belongs to the binding. A pull request
// is no issue.
func (c *Client) Selected(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	i, err := c.Get(ctx, ref)
	if err != nil || !c.selected(i) {
		return nil, err
	}
	return i, nil
}

func (c *Client) get(ctx context.Context, op string, ref connectors.Ref) (*wireIssue, answer, error) {
	r := request{op: op, ref: ref, method: http.MethodGet}
	n := numberOf(ref.Key)
	if n == 0 {
		return nil, answer{}, r.err(connectors.Rejected, errNoNumber)
	}
	r.path = c.path(fmt.Sprintf("issues/%d", n))
	var w wireIssue
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return nil, a, err
	}
	if w.isPull() {
		return nil, a, r.err(connectors.NotFound, errors.New("the number is a pull request"))
	}
	// A GET follows the redirect of a transferred issue: what came back may be
	// another issue in another repository.
	elsewhere := false
	switch {
	case ref.ID != "":
		elsewhere = ref.ID != decimal(w.ID)
	case w.Number != n:
		elsewhere = true
	case !strings.EqualFold(repoOf(w.RepositoryURL), c.cfg.Owner+"/"+c.cfg.Repo):
		full, err := c.fullName(ctx, r)
		if err != nil {
			return nil, a, err
		}
		elsewhere = !strings.EqualFold(repoOf(w.RepositoryURL), full)
	}
	if elsewhere {
		e := r.err(connectors.Moved, nil)
		e.Status, e.To = http.StatusMovedPermanently, connectors.Ref{ID: decimal(w.ID), Key: c.key(&w)}
		return nil, a, e
	}
	return &w, a, nil
}

// fullName returns the present name of the configured repository, which follows
// its renames.
func (c *Client) fullName(ctx context.Context, r request) (string, error) {
	var w wireRepo
	if _, err := c.fetch(ctx, request{op: r.op, ref: r.ref, method: http.MethodGet, path: c.path("")}, &w); err != nil {
		return "", err
	}
	return w.FullName, nil
}
