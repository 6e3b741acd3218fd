package githubsim

import "slices"

func (c *call) getRepo() reply { return ok(c.s.renderRepo(c.repo, c.who)) }

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
