package github

import (
	"context"
	"fmt"
	"iter"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Servers of others speak only a part of GitHub's API. What conformd can do without is
// replaced by more requests, and the check says so.

// partialProblems finds out what the server lacks. The repository is known to be
// readable, so a 404 speaks of the request.
func (c *Client) partialProblems(ctx context.Context, self connectors.User) ([]connectors.Problem, error) {
	var out []connectors.Problem
	feed, err := c.answers(ctx, c.path("issues/comments?per_page=1"))
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	c.noFeed = !feed
	c.mu.Unlock()
	if !feed {
		out = append(out, connectors.Problem{
			Code: "partial-server", What: "the server does not list the comments of all issues (GET /repos/{owner}/{repo}/issues/comments), so they are read issue by issue",
			Remedy: "nothing has to be done; each changed issue costs one request more",
		})
	}
	if c.app != nil {
		return out, nil // an app's installation acts as a bot, for which the next proves nothing
	}
	byID, err := c.answers(ctx, "user/"+self.ID)
	if err == nil && !byID {
		out = append(out, connectors.Problem{
			Code: "partial-server", What: "the server does not show accounts by their id (GET /user/{id}), so the people who can be assigned are searched for them",
			Remedy: "nothing has to be done; an account that cannot be assigned in this repository is not found",
		})
	}
	return out, err
}

// answers reports whether the server knows a request.
func (c *Client) answers(ctx context.Context, path string) (bool, error) {
	_, err := c.do(ctx, request{op: "check", method: http.MethodGet, path: path})
	if connectors.KindOf(err) == connectors.NotFound {
		return false, nil
	}
	return err == nil, err
}

// commentsByIssue lists comments as CommentsSince does, one issue after the other: a
// comment changes the time of its issue. Who wants all comments of some issues asks for
// each of them in no more requests.
func (c *Client) commentsByIssue(ctx context.Context, since time.Time) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		r := request{op: "comments", method: http.MethodGet, path: c.path("issues")}
		query := url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"asc"}}
		if since.IsZero() && !yield(connectors.CommentPage{More: math.MaxInt}, nil) {
			return
		}
		byID := map[string]connectors.Comment{}
		for p, err := range changes[wireIssue](ctx, c, r, query, since) {
			if err == nil {
				err = c.commentsOf(ctx, p.rows, since, byID)
			}
			if err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
		}
		all := make([]connectors.Comment, 0, len(byID))
		for _, x := range byID {
			all = append(all, x)
		}
		slices.SortStableFunc(all, func(a, b connectors.Comment) int {
			if d := a.Updated.Compare(b.Updated); d != 0 {
				return d
			}
			return strings.Compare(fmt.Sprintf("%20s", a.ID), fmt.Sprintf("%20s", b.ID))
		})
		yield(connectors.CommentPage{Comments: all}, nil)
	}
}

// commentsOf reads the comments of issues that changed at or after since.
func (c *Client) commentsOf(ctx context.Context, issues []wireIssue, since time.Time, into map[string]connectors.Comment) error {
	for n := range issues {
		w := &issues[n]
		if w.isPull() || w.Comments != nil && *w.Comments == 0 {
			continue
		}
		ref := connectors.Ref{ID: decimal(w.ID), Key: c.key(w)}
		cs, err := connectors.AllComments(c.Comments(ctx, ref, ""))
		if k := connectors.KindOf(err); k == connectors.NotFound || k == connectors.Gone {
			continue // gone since it was listed
		}
		if err != nil {
			return err
		}
		for _, x := range cs {
			if !x.Updated.Before(since.Truncate(time.Second)) {
				x.Issue = connectors.Ref{Key: ref.Key} // as the listing of all shows it
				into[x.ID] = x
			}
		}
	}
	return nil
}

// assignable searches the accounts that can be assigned for the login of one.
func (c *Client) assignable(ctx context.Context, r request, id string) (string, error) {
	list := request{op: r.op, ref: r.ref, method: http.MethodGet, path: c.path("assignees")}
	for p, err := range pages[wireUser](ctx, c, list, nil) {
		if connectors.KindOf(err) == connectors.NotFound {
			break // that is not known either; the issue is not what was not found
		}
		if err != nil {
			return "", err
		}
		for _, u := range p.rows {
			if c.user(&u); decimal(u.ID) == id {
				return u.Login, nil
			}
		}
	}
	return "", r.refusedField(connectors.Assignee, "there is no account "+id)
}
