package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Check asks who we are, whether the repository can be worked with, and whether
// the configured labels exist.
func (c *Client) Check(ctx context.Context) (connectors.Report, error) {
	self, err := c.identity(ctx)
	if err != nil {
		return connectors.Report{}, err
	}
	rep := connectors.Report{Self: self, Server: "GitHub"}
	name := c.cfg.Owner + "/" + c.cfg.Repo
	var repo wireRepo
	a, err := c.fetch(ctx, request{op: "check", method: http.MethodGet, path: c.path("")}, &repo)
	switch connectors.KindOf(err) {
	case "":
	case connectors.NotFound, connectors.Denied, connectors.Gone, connectors.Moved:
		rep.At = time.Now().UTC()
		rep.Problems = append(rep.Problems, connectors.Problem{
			Code: "missing-repository", Fatal: true,
			What:   fmt.Sprintf("the repository %s does not exist, or %s may not see it", name, self.Login),
			Remedy: "correct owner and repository in the binding, or give the account access to the repository",
		})
		return rep, nil
	default:
		return connectors.Report{}, err
	}
	rep.At = a.date()
	if v := a.head.Get("X-GitHub-Enterprise-Version"); v != "" {
		rep.Server = "GitHub Enterprise Server " + v
	}
	c.mu.Lock()
	c.repoID = repo.ID
	c.mu.Unlock()
	rep.Problems = append(rep.Problems, repoProblems(repo, name)...)
	mayLabel, err := c.mayLabel(ctx, repo)
	if err != nil {
		return connectors.Report{}, err
	}
	if !mayLabel {
		rep.Problems = append(rep.Problems, connectors.Problem{
			Code:   "missing-permission",
			What:   fmt.Sprintf("%s has no triage or write access to %s: GitHub will drop labels and assignees without a word", self.Login, repo.FullName),
			Remedy: "give the account the role Triage or Write in the repository; give an app the permission Issues: read and write",
		})
	}
	if repo.HasIssues {
		missing, err := c.labelProblems(ctx)
		if err != nil {
			return connectors.Report{}, err
		}
		rep.Problems = append(rep.Problems, missing...)
		partial, err := c.partialProblems(ctx, self)
		if err != nil {
			return connectors.Report{}, err
		}
		rep.Problems = append(rep.Problems, partial...)
		untold, err := c.untoldProblem(ctx)
		if err != nil {
			return connectors.Report{}, err
		}
		rep.Problems = append(rep.Problems, untold...)
	}
	low, err := c.budgetProblem(ctx)
	if err != nil {
		return connectors.Report{}, err
	}
	rep.Problems = append(rep.Problems, low...)
	return rep, nil
}

func repoProblems(repo wireRepo, name string) []connectors.Problem {
	var out []connectors.Problem
	if !repo.HasIssues {
		out = append(out, connectors.Problem{
			Code: "issues-disabled", Fatal: true, What: "issues are switched off in " + repo.FullName,
			Remedy: "switch them on in the settings of the repository, under Features",
		})
	}
	if repo.Archived {
		out = append(out, connectors.Problem{
			Code: "repository-archived", Fatal: true, What: repo.FullName + " is archived and cannot be written to",
			Remedy: "unarchive it, or remove the binding",
		})
	}
	if !strings.EqualFold(repo.FullName, name) {
		out = append(out, connectors.Problem{
			Code: "repository-renamed", What: fmt.Sprintf("%s is called %s now", name, repo.FullName),
			Remedy: "write the new name into the binding: the old one works only until somebody else takes it",
		})
	}
	return out
}

// mayLabel reports whether labels and assignees that we write will stay.
func (c *Client) mayLabel(ctx context.Context, repo wireRepo) (bool, error) {
	if c.app == nil {
		p := repo.Permissions
		return p["admin"] || p["maintain"] || p["push"] || p["triage"], nil
	}
	var inst wireInstallation
	_, err := c.fetch(ctx, request{op: "check", method: http.MethodGet, path: c.path("installation"), asApp: true}, &inst)
	return inst.Permissions["issues"] == "write", err
}

// labelProblems names the configured labels that do not exist.
func (c *Client) labelProblems(ctx context.Context) ([]connectors.Problem, error) {
	need := slices.Concat(c.cfg.Labels, c.cfg.NeedLabels)
	if len(need) == 0 {
		return nil, nil
	}
	have := map[string]bool{}
	r := request{op: "check", method: http.MethodGet, path: c.path("labels")}
	for p, err := range pages[wireLabel](ctx, c, r, nil) {
		if err != nil {
			return nil, err
		}
		for _, l := range p.rows {
			have[strings.ToLower(l.Name)] = true
		}
	}
	var out []connectors.Problem
	for _, n := range need {
		if have[strings.ToLower(n)] {
			continue
		}
		have[strings.ToLower(n)] = true // once is enough
		out = append(out, connectors.Problem{
			Code: "missing-label", What: fmt.Sprintf("the repository has no label %q", n),
			Remedy: "create the label, or correct its name in the mapping",
		})
	}
	return out, nil
}

// budgetProblem warns when less than a tenth of the hour's requests is left. An
// Enterprise Server without limits answers 404.
func (c *Client) budgetProblem(ctx context.Context) ([]connectors.Problem, error) {
	var w wireLimits
	_, err := c.fetch(ctx, request{op: "check", method: http.MethodGet, path: "rate_limit"}, &w)
	switch core := w.Resources.Core; {
	case connectors.KindOf(err) == connectors.NotFound:
		return nil, nil
	case err != nil:
		return nil, err
	case core.Remaining >= core.Limit/10:
		return nil, nil
	default:
		return []connectors.Problem{{
			Code:   "rate-limit-low",
			What:   fmt.Sprintf("%d of %d requests are left until %s", core.Remaining, core.Limit, time.Unix(core.Reset, 0).UTC().Format(time.RFC3339)),
			Remedy: "give conformd an account of its own: all tokens of one account share its limit",
		}}, nil
	}
}
