package githubsim

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/connectors/simkit"
)

// A route is a method and a path, whose elements in braces match anything.
type route struct {
	method, path string
	serve        func(*call) reply
}

// routes is the table of what the API serves, on the paths of github.com.
func routes() []route {
	const repo = "/repos/{owner}/{repo}"
	return []route{
		{"GET", "/", (*call).root},
		{"GET", "/meta", (*call).meta},
		{"GET", "/user", (*call).user},
		{"GET", "/user/{id}", (*call).userByID},
		{"GET", "/users/{login}", (*call).userByLogin},
		{"GET", "/rate_limit", (*call).rateLimit},
		{"GET", "/app", (*call).thisApp},
		{"POST", "/app/installations/{installation}/access_tokens", (*call).installationToken},
		{"GET", "/installation/repositories", (*call).installationRepos},
		{"GET", "/orgs/{org}/repos", (*call).orgRepos},
		{"GET", "/search/issues", (*call).searchIssues},

		{"GET", repo, (*call).getRepo},
		{"PATCH", repo, (*call).patchRepo},
		// Before the routes by number: the first that matches serves.
		{"GET", repo + "/issues/comments", (*call).listComments},
		{"GET", repo + "/issues/events", (*call).repoEvents},
		{"GET", repo + "/issues/comments/{comment}", (*call).getComment},
		{"PATCH", repo + "/issues/comments/{comment}", (*call).patchComment},
		{"DELETE", repo + "/issues/comments/{comment}", (*call).deleteComment},
		{"GET", repo + "/issues/comments/{comment}/reactions", (*call).listReactions},
		{"POST", repo + "/issues/comments/{comment}/reactions", (*call).postReaction},
		{"DELETE", repo + "/issues/comments/{comment}/reactions/{reaction}", (*call).deleteReaction},
		{"GET", repo + "/issues", (*call).listIssues},
		{"POST", repo + "/issues", (*call).postIssue},
		{"GET", repo + "/issues/{number}", (*call).getIssue},
		{"PATCH", repo + "/issues/{number}", (*call).patchIssue},
		{"GET", repo + "/issues/{number}/events", (*call).issueEvents},
		{"GET", repo + "/issues/{number}/timeline", (*call).issueTimeline},
		{"GET", repo + "/issues/{number}/labels", (*call).issueLabels},
		{"POST", repo + "/issues/{number}/labels", (*call).addIssueLabels},
		{"DELETE", repo + "/issues/{number}/labels/{name}", (*call).removeIssueLabel},
		{"GET", repo + "/issues/{number}/comments", (*call).listIssueComments},
		{"POST", repo + "/issues/{number}/comments", (*call).postComment},
		{"GET", repo + "/labels", (*call).listLabels},
		{"POST", repo + "/labels", (*call).postLabel},
		{"GET", repo + "/labels/{name}", (*call).getLabel},
		{"PATCH", repo + "/labels/{name}", (*call).patchLabel},
		{"DELETE", repo + "/labels/{name}", (*call).deleteLabel},
		{"GET", repo + "/assignees", (*call).listAssignees},
		{"GET", repo + "/assignees/{login}", (*call).checkAssignee},
		{"GET", repo + "/installation", (*call).repoInstallation},
		{"GET", repo + "/hooks", (*call).listHooks},
		{"POST", repo + "/hooks", (*call).postHook},
		{"POST", repo + "/hooks/{hook}/pings", (*call).pingHook},
		{"GET", repo + "/hooks/{hook}/deliveries", (*call).listDeliveries},
		{"GET", repo + "/hooks/{hook}/deliveries/{delivery}", (*call).getDelivery},
		{"POST", repo + "/hooks/{hook}/deliveries/{delivery}/attempts", (*call).redeliver},
	}
}

// serve finds the route of a request. What has none is not found, as are
// repositories that the caller may not see.
func (c *call) serve(path string) reply {
	elements := strings.Split(strings.TrimPrefix(path, "/"), "/")
	for _, r := range c.s.table {
		if r.method != c.r.Method || !c.match(r.path, elements) {
			continue
		}
		if strings.HasPrefix(r.path, "/repos/") {
			if rp, ok := c.enter(); !ok {
				return rp
			}
		}
		return r.serve(c)
	}
	return notFound()
}

func (c *call) match(pattern string, elements []string) bool {
	want := strings.Split(strings.TrimPrefix(pattern, "/"), "/")
	if len(want) != len(elements) {
		return false
	}
	for n, w := range want {
		got, err := url.PathUnescape(elements[n])
		switch {
		case strings.HasPrefix(w, "{") && err == nil:
			c.r.SetPathValue(strings.Trim(w, "{}"), got)
		case w != got:
			return false
		}
	}
	return true
}

// serveAPI answers one API request. Everything but the writing of the answer
// happens under the lock, so requests take effect one after the other.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request) {
	s.answer(r).write(w)
}

func (s *Server) answer(r *http.Request) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nextReq++
	c := &call{s: s, r: r.Clone(r.Context()), id: requestID(s.nextReq), head: http.Header{}}
	c.head.Set("X-GitHub-Request-Id", c.id)
	c.head.Set("X-GitHub-Api-Version-Selected", "2022-11-28")
	c.head.Set("Date", s.clock.Now().UTC().Format(http.TimeFormat))
	if s.opts.GHES {
		c.head.Set("X-GitHub-Enterprise-Version", ghesVersion)
	}
	if s.opts.URL == "" {
		s.base = "http://" + r.Host
		if r.TLS != nil {
			s.base = "https://" + r.Host
		}
	}
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), s.prefix)
	c.graph = r.URL.Path == s.graphPath()
	if !ok && !c.graph || c.graph && slices.Contains(s.opts.Lacks, "POST /graphql") {
		return c.render(notFound())
	}
	if rp, ok := s.authenticate(c); !ok {
		return c.render(rp)
	}
	if c.who != nil {
		simkit.Identify(r, c.who.login)
	}
	if rp, ok := s.spend(c); !ok {
		return c.render(rp)
	}
	if c.graph {
		return c.render(c.serveGraph())
	}
	path = s.byRepositoryID(path)
	c.r.URL.RawPath, c.r.URL.Path = "", path // links are made of it
	return c.render(c.serve(path))
}

// byRepositoryID turns /repositories/{id}/… into the path by name.
func (s *Server) byRepositoryID(path string) string {
	rest, ok := strings.CutPrefix(path, "/repositories/")
	if !ok {
		return path
	}
	id, rest, _ := strings.Cut(rest, "/")
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return path
	}
	for _, r := range s.repos {
		if r.id == n {
			return strings.TrimSuffix("/repos/"+r.full()+"/"+rest, "/")
		}
	}
	return path
}

// enter finds the repository of a request and whether the caller may see it.
func (c *call) enter() (reply, bool) {
	r, renamed := c.s.repoNamed(c.r.PathValue("owner"), c.r.PathValue("repo"))
	if r == nil || r.private && c.app == nil && !c.who.may(r, Read) {
		return notFound(), false
	}
	reads := c.r.Method == http.MethodGet || c.r.Method == http.MethodHead
	if renamed {
		rest := strings.SplitN(c.r.URL.EscapedPath(), "/", 5) // "", repos, owner, name, rest
		to := "/repositories/" + itoa(r.id)
		if len(rest) == 5 {
			to += "/" + rest[4]
		}
		if c.r.URL.RawQuery != "" {
			to += "?" + c.r.URL.RawQuery
		}
		// A read is moved for good; a write is to be repeated as it is.
		if reads {
			return c.redirect(http.StatusMovedPermanently, to), false
		}
		return c.redirect(http.StatusTemporaryRedirect, to), false
	}
	c.repo = r
	if !reads {
		if c.who == nil && c.app == nil {
			return fail(http.StatusUnauthorized, "Requires authentication"), false
		}
		unarchives := c.r.Method == http.MethodPatch && strings.Count(c.r.URL.Path, "/") == 3
		if r.archived && !unarchives {
			return fail(http.StatusForbidden, "Repository was archived so is read-only."), false
		}
	}
	return reply{}, true
}

func (c *call) redirect(status int, path string) reply {
	to := c.url(path)
	c.head.Set("Location", to)
	return reply{status, map[string]string{
		"message": http.StatusText(status), "url": to, "documentation_url": "https://docs.github.com/rest",
	}}
}

func requestID(n int64) string {
	s := strings.ToUpper(strconv.FormatInt(n, 16))
	return "C0DE:" + strings.Repeat("0", max(0, 8-len(s))) + s
}

func (c *call) root() reply {
	return ok(map[string]string{"current_user_url": c.url("/user"), "repository_url": c.url("/repos/{owner}/{repo}")})
}

func (c *call) meta() reply {
	m := map[string]any{"verifiable_password_authentication": false}
	if c.s.opts.GHES {
		m["installed_version"] = ghesVersion
	}
	return ok(m)
}

func (c *call) userByLogin() reply {
	if a := c.s.byLogin[strings.ToLower(c.r.PathValue("login"))]; a != nil {
		return ok(c.renderProfile(a))
	}
	return notFound()
}

func (c *call) userByID() reply {
	for _, a := range c.s.accounts {
		if a.id == c.pathInt("id") {
			return ok(c.renderProfile(a))
		}
	}
	return notFound()
}

func (c *call) repoInstallation() reply {
	if c.app == nil {
		return fail(http.StatusUnauthorized, "A JSON web token could not be decoded")
	}
	u := c.url("/app/installations/" + itoa(c.app.InstallationID))
	return ok(map[string]any{
		"id": c.app.InstallationID, "account": c.s.renderUser(c.repo.owner), "app_id": c.app.ID, "app_slug": c.app.Slug,
		"repository_selection": "all", "target_id": c.repo.owner.id, "target_type": "Organization",
		"permissions": c.app.permissions(), "events": []string{"issues", "issue_comment"}, "single_file_name": nil,
		"access_tokens_url": u + "/access_tokens", "repositories_url": c.url("/installation/repositories"),
		"html_url":   c.s.base + "/organizations/" + c.repo.owner.login + "/settings/installations/" + itoa(c.app.InstallationID),
		"created_at": stamp(c.repo.created), "updated_at": stamp(c.repo.created), "suspended_by": nil, "suspended_at": nil,
	})
}

// permissions are what the app's role amounts to.
func (a *App) permissions() map[string]string {
	issues := "write"
	if a.Role == Read {
		issues = "read"
	}
	return map[string]string{"issues": issues, "metadata": "read"}
}
