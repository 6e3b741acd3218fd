package jira

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// permissions are the project permissions that a binding uses, and for what.
func permissions() []struct{ key, use string } {
	return []struct{ key, use string }{
		{"BROWSE_PROJECTS", "read issues"},
		{"CREATE_ISSUES", "file issues"},
		{"EDIT_ISSUES", "write fields and labels"},
		{"TRANSITION_ISSUES", "change statuses"},
		{"ASSIGN_ISSUES", "set assignees"},
		{"ADD_COMMENTS", "post comments"},
		{"EDIT_OWN_COMMENTS", "keep its own comments up to date"},
	}
}

// Check asks which account we use, and whether the project, issue type, statuses, fields and
// permissions of the configuration exist.
func (c *Client) Check(ctx context.Context) (connectors.Report, error) {
	var r connectors.Report
	c.mu.Lock()
	c.self, c.fields = nil, nil // the cached values may be old
	c.mu.Unlock()
	for _, step := range []func(context.Context, *connectors.Report) error{
		c.checkServer, c.checkProject, c.checkPermissions, c.checkStatuses, c.checkFields,
	} {
		if err := step(ctx, &r); err != nil {
			if connectors.KindOf(err) != connectors.Unauthenticated {
				return r, err
			}
			r.Problems = append(r.Problems, connectors.Problem{
				Code: "credential-refused", What: "Jira refuses the credential", Fatal: true,
				Remedy: "give a valid token; a scoped token of Jira Cloud works only at https://api.atlassian.com/ex/jira/{cloudId}",
			})
			return r, nil
		}
		if slices.ContainsFunc(r.Problems, func(p connectors.Problem) bool { return p.Fatal }) {
			return r, nil
		}
	}
	return r, nil
}

func (c *Client) checkServer(ctx context.Context, r *connectors.Report) error {
	s, err := c.askSite(ctx)
	if err != nil {
		return err
	}
	r.Server, r.At = "Jira Cloud", s.at
	if !s.cloud {
		r.Server = "Jira Data Center " + s.version
	}
	r.Self, err = c.me(ctx)
	return err
}

func (c *Client) checkProject(ctx context.Context, r *connectors.Report) error {
	var p struct {
		Types []wireNamed `json:"issueTypes"`
	}
	q := request{op: "check", method: http.MethodGet, path: "rest/api/2/project/" + url.PathEscape(c.cfg.Project)}
	_, err := c.do(ctx, q, &p)
	switch k := connectors.KindOf(err); {
	case k == connectors.NotFound || k == connectors.Denied:
		r.Problems = append(r.Problems, connectors.Problem{
			Code: "missing-project", What: fmt.Sprintf("project %q does not exist, or %s may not see it", c.cfg.Project, who(r.Self)), Fatal: true,
			Remedy: "correct the project key, or give the account the permission Browse projects",
		})
		return nil
	case err != nil:
		return err
	}
	wanted := slices.Sorted(slices.Values(append([]string{c.cfg.IssueType}, c.cfg.IssueTypes...)))
	for _, name := range slices.Compact(wanted) {
		known := func(t wireNamed) bool { return strings.EqualFold(t.Name, name) }
		if name != "" && !slices.ContainsFunc(p.Types, known) {
			r.Problems = append(r.Problems, connectors.Problem{
				Code: "missing-issue-type", What: fmt.Sprintf("project %s has no issue type %q, so none is selected or filed", c.cfg.Project, name),
				Remedy: "correct the issue type, or add it to the project's issue type scheme",
			})
		}
	}
	return nil
}

func who(u connectors.User) string {
	if u.Name != "" {
		return u.Name
	}
	return "the account"
}

func (c *Client) checkPermissions(ctx context.Context, r *connectors.Report) error {
	var keys []string
	for _, p := range permissions() {
		keys = append(keys, p.key)
	}
	var have struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	q := request{op: "check", method: http.MethodGet, path: "rest/api/2/mypermissions", query: url.Values{
		"projectKey": {c.cfg.Project}, "permissions": {strings.Join(keys, ",")},
	}}
	a, err := c.do(ctx, q, &have)
	if err != nil {
		return err
	}
	if have.Permissions == nil {
		return &connectors.Error{Op: q.op, Kind: connectors.Malformed, Status: a.status, Err: errors.New("answer names no permission")}
	}
	for _, p := range permissions() {
		if !have.Permissions[p.key].Have {
			r.Problems = append(r.Problems, connectors.Problem{
				Code: "missing-permission", What: fmt.Sprintf("%s lacks %s in project %s and so cannot %s", who(r.Self), p.key, c.cfg.Project, p.use),
				Remedy: "grant it in the project's permission scheme", Fatal: p.key == "BROWSE_PROJECTS",
			})
		}
	}
	return nil
}

func (c *Client) checkStatuses(ctx context.Context, r *connectors.Report) error {
	var types []struct {
		Statuses []wireStatus `json:"statuses"`
	}
	q := request{op: "check", method: http.MethodGet, path: "rest/api/2/project/" + url.PathEscape(c.cfg.Project) + "/statuses"}
	if _, err := c.do(ctx, q, &types); err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, name := range c.cfg.Statuses {
		if asked[strings.ToLower(name)] {
			continue // several entries of the configuration may name one status
		}
		asked[strings.ToLower(name)] = true
		ids := map[string]bool{}
		for _, t := range types {
			for i := range t.Statuses {
				if t.Statuses[i].is(name) {
					ids[t.Statuses[i].ID] = true
				}
			}
		}
		switch len(ids) {
		case 0:
			r.Problems = append(r.Problems, connectors.Problem{
				Code: "missing-status", What: fmt.Sprintf("no workflow of project %s has a status %q", c.cfg.Project, name),
				Remedy: "correct the name, or use the status id",
			})
		case 1:
		default:
			r.Problems = append(r.Problems, connectors.Problem{
				Code: "ambiguous-status", What: fmt.Sprintf("project %s has %d statuses named %q", c.cfg.Project, len(ids), name),
				Remedy: "use the status id",
			})
		}
	}
	return nil
}

func (c *Client) checkFields(ctx context.Context, r *connectors.Report) error {
	idx, err := c.fieldList(ctx)
	if err != nil {
		return err
	}
	for _, selector := range c.cfg.Fields {
		f, problem := idx.resolve(selector)
		if f != nil {
			if _, _, ok := f.codec(); !ok {
				problem = unsupportedField
			}
		}
		switch problem {
		case unsupportedField:
			r.Problems = append(r.Problems, connectors.Problem{
				Code: problem, Field: connectors.Custom(selector),
				What:   fmt.Sprintf("the field %q is neither read nor written: %s", selector, f.whyUnreadable()),
				Remedy: "map a field of another type, such as a text, a date or a select list",
			})
		case missingField:
			r.Problems = append(r.Problems, connectors.Problem{
				Code: problem, Field: connectors.Custom(selector), What: fmt.Sprintf("Jira has no field %q, or %s may not see it", selector, who(r.Self)),
				Remedy: "correct the name, or create the field and put it on the project's screens",
			})
		case ambiguousField:
			r.Problems = append(r.Problems, connectors.Problem{
				Code: problem, Field: connectors.Custom(selector), What: fmt.Sprintf("Jira has several fields named %q", selector),
				Remedy: "use the field's id, customfield_…",
			})
		}
	}
	return nil
}
