package githubsim

import (
	"net/http"
	"slices"
	"strings"
)

func (c *call) getRepo() reply { return ok(c.s.renderRepo(c.repo, c.who)) }

// orgRepos lists the repositories of an organisation that the caller may see.
func (c *call) orgRepos() reply {
	owner := c.s.byLogin[strings.ToLower(c.r.PathValue("org"))]
	if owner == nil || !strings.EqualFold(owner.login, c.s.opts.Owner) {
		return notFound()
	}
	return ok(c.renderRepos(paginate(c, c.visible(owner))))
}

// installationRepos lists the repositories that the installation of an app reaches. Only
// its own token may ask.
func (c *call) installationRepos() reply {
	if c.who == nil || c.who.app == nil {
		return fail(http.StatusForbidden, "You must authenticate with an installation access token in order to list repositories for an installation.")
	}
	all := c.visible(c.s.byLogin[strings.ToLower(c.s.opts.Owner)])
	return ok(map[string]any{"total_count": len(all), "repository_selection": "all", "repositories": c.renderRepos(paginate(c, all))})
}

// visible returns the repositories of an owner that the caller may see, oldest first.
func (c *call) visible(owner *account) []*repo {
	var out []*repo
	for _, r := range c.s.repos {
		if r.owner == owner && (!r.private || c.who.may(r, Read)) {
			out = append(out, r)
		}
	}
	return out
}

func (c *call) renderRepos(rs []*repo) []map[string]any {
	out := []map[string]any{}
	for _, r := range rs {
		out = append(out, c.s.renderRepo(r, c.who))
	}
	return out
}

// patchRepo renames, archives, or switches issues on and off.
func (c *call) patchRepo() reply {
	r := c.repo
	if !c.who.may(r, Admin) {
		return forbidden()
	}
	var q struct {
		Name      *string `json:"name"`
		HasIssues *bool   `json:"has_issues"`
		Archived  *bool   `json:"archived"`
		Private   *bool   `json:"private"`
	}
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if q.Name != nil && *q.Name != "" && *q.Name != r.name {
		if other, renamed := c.s.repoNamed(r.owner.login, *q.Name); other != nil && !renamed {
			return invalid(fieldError{Resource: "Repository", Code: "custom", Field: "name", Message: "name already exists on this account"})
		}
		old := r.name
		r.oldNames = append(slices.DeleteFunc(r.oldNames, func(n string) bool { return n == *q.Name }), old)
		r.name = *q.Name
		c.s.log(r.full(), c.who, c.id, "repository", old, r.name)
		c.s.hooks(r, "repository", map[string]any{
			"action": "renamed", "changes": map[string]any{"repository": map[string]any{"name": map[string]string{"from": old}}},
		}, c.who)
	}
	if q.HasIssues != nil {
		r.noIssues = !*q.HasIssues
	}
	if q.Archived != nil {
		r.archived = *q.Archived
	}
	if q.Private != nil {
		r.private = *q.Private
	}
	return ok(c.s.renderRepo(r, c.who))
}
