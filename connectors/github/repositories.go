package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// mostRepositories bounds how many pages of repositories are read: 10,000 repositories.
const mostRepositories = 100

// Repositories lists those of an organisation that our account reaches. An app asks for
// those of its installation (GET /installation/repositories), because a public repository
// in which it is not installed is none that it may write to. A token asks for those of
// the organisation (GET /orgs/{org}/repos).
func (c *Client) Repositories(ctx context.Context, owner string) ([]connectors.Repository, error) {
	r := request{op: "repositories", method: http.MethodGet}
	list := "orgs/" + url.PathEscape(owner) + "/repos"
	if c.app != nil {
		list = "installation/repositories"
	}
	var out []connectors.Repository
	seen := map[int64]bool{}
	for page := 1; page <= mostRepositories; page++ {
		r.path = fmt.Sprintf("%s?per_page=%d&page=%d", list, perPage, page)
		rows, more, err := c.repositories(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, w := range rows {
			if has, _, _ := strings.Cut(w.FullName, "/"); seen[w.ID] || !strings.EqualFold(has, owner) {
				continue
			}
			seen[w.ID] = true
			out = append(out, connectors.Repository{ID: w.ID, Name: w.FullName, Idle: w.Archived || !w.HasIssues})
		}
		if !more {
			return out, nil
		}
	}
	return nil, r.err(connectors.Malformed, errors.New("the listing has no end"))
}

// repositories reads one page of a listing, and reports whether another one follows.
func (c *Client) repositories(ctx context.Context, r request) (rows []wireRepo, more bool, err error) {
	if c.app != nil {
		var w wireRepos
		a, err := c.fetch(ctx, r, &w)
		return w.Repositories, a.hasNext(), err
	}
	var w wireRepoList
	a, err := c.fetch(ctx, r, &w)
	return w, a.hasNext(), err
}

// wireRepos is the answer to an app.
type wireRepos struct {
	Repositories wireRepoList `json:"repositories"`
}

func (w *wireRepos) complete() bool { return w.Repositories.complete() }

type wireRepoList []wireRepo

func (w *wireRepoList) complete() bool {
	for i := range *w {
		if !(*w)[i].complete() {
			return false
		}
	}
	return *w != nil
}
