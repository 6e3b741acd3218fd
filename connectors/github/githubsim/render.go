package githubsim

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"time"
)

// stamp is a time as GitHub writes it.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func stampOrNil(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := stamp(t)
	return &s
}

func node(kind string, id int64) string {
	return base64.StdEncoding.EncodeToString([]byte("0" + itoa(len(kind)) + ":" + kind + itoa(id)))
}

// renderUser is the short form of an account, which is in every issue; it is
// kept rendered.
func (s *Server) renderUser(a *account) any {
	if a == nil {
		return nil
	}
	key := s.base + " " + a.login
	if b, ok := s.cache[key]; ok {
		return json.RawMessage(b)
	}
	b, err := json.Marshal(s.userMap(a))
	if err != nil {
		return nil
	}
	s.cache[key] = b
	return json.RawMessage(b)
}

func (s *Server) userMap(a *account) map[string]any {
	api := s.base + s.prefix + "/users/" + url.PathEscape(a.login)
	return map[string]any{
		"login": a.login, "id": a.id, "node_id": node("User", a.id),
		"avatar_url": s.base + "/avatars/u/" + itoa(a.id), "gravatar_id": "",
		"url": api, "html_url": s.base + "/" + url.PathEscape(a.login),
		"followers_url": api + "/followers", "following_url": api + "/following{/other_user}",
		"gists_url": api + "/gists{/gist_id}", "starred_url": api + "/starred{/owner}{/repo}",
		"subscriptions_url": api + "/subscriptions", "organizations_url": api + "/orgs",
		"repos_url": api + "/repos", "events_url": api + "/events{/privacy}",
		"received_events_url": api + "/received_events", "type": a.kind, "site_admin": false,
	}
}

func (c *call) renderProfile(a *account) any {
	m := c.s.userMap(a)
	maps.Copy(m, map[string]any{
		"name": a.name, "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z",
	})
	if c.who == a {
		for _, k := range []string{"private_gists", "total_private_repos", "owned_private_repos", "disk_usage", "collaborators"} {
			m[k] = 0
		}
		m["two_factor_authentication"] = true
	}
	return m
}

func (s *Server) renderUsers(as []*account) []any {
	out := make([]any, 0, len(as))
	for _, a := range as {
		out = append(out, s.renderUser(a))
	}
	return out
}

type labelJSON struct {
	ID          int64   `json:"id"`
	NodeID      string  `json:"node_id"`
	URL         string  `json:"url"`
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Color       string  `json:"color"`
	Default     bool    `json:"default"`
}

func (s *Server) renderLabel(r *repo, l *label) labelJSON {
	j := labelJSON{
		ID: l.id, NodeID: node("Label", l.id), Name: l.name, Color: l.color,
		URL: s.repoURL(r) + "/labels/" + url.PathEscape(l.name),
	}
	if l.description != "" {
		j.Description = &l.description
	}
	return j
}

func (s *Server) renderLabels(r *repo, ls []*label) []labelJSON {
	out := make([]labelJSON, 0, len(ls))
	for _, l := range ls {
		out = append(out, s.renderLabel(r, l))
	}
	return out
}

type issueJSON struct {
	URL           string         `json:"url"`
	RepositoryURL string         `json:"repository_url"`
	LabelsURL     string         `json:"labels_url"`
	CommentsURL   string         `json:"comments_url"`
	EventsURL     string         `json:"events_url"`
	HTMLURL       string         `json:"html_url"`
	ID            int64          `json:"id"`
	NodeID        string         `json:"node_id"`
	Number        int            `json:"number"`
	Title         string         `json:"title"`
	User          any            `json:"user"`
	Labels        []labelJSON    `json:"labels"`
	State         string         `json:"state"`
	Locked        bool           `json:"locked"`
	Assignee      any            `json:"assignee"`
	Assignees     []any          `json:"assignees"`
	Milestone     any            `json:"milestone"`
	Comments      int            `json:"comments"`
	CreatedAt     string         `json:"created_at"`
	UpdatedAt     string         `json:"updated_at"`
	ClosedAt      *string        `json:"closed_at"`
	Association   string         `json:"author_association"`
	LockReason    any            `json:"active_lock_reason"`
	Draft         *bool          `json:"draft,omitempty"`
	PullRequest   map[string]any `json:"pull_request,omitempty"`
	Body          *string        `json:"body"`
	ClosedBy      any            `json:"closed_by,omitempty"`
	Reactions     map[string]any `json:"reactions"`
	TimelineURL   string         `json:"timeline_url"`
	App           any            `json:"performed_via_github_app"`
	StateReason   *string        `json:"state_reason"`
	Type          *any           `json:"type,omitempty"` // absent without issue types
}

// renderIssue is the REST form of one version of an issue; full adds what
// listings leave out.
func (s *Server) renderIssue(i *issue, v *version, full bool) issueJSON {
	r := i.repo
	u := s.repoURL(r) + "/issues/" + itoa(v.number)
	j := issueJSON{
		URL: u, RepositoryURL: s.repoURL(r), LabelsURL: u + "/labels{/name}", CommentsURL: u + "/comments",
		EventsURL: u + "/events", TimelineURL: u + "/timeline", HTMLURL: s.htmlURL(i), ID: v.id,
		NodeID: node("Issue", v.id), Number: v.number, Title: v.title, User: s.renderUser(v.author),
		Labels: s.renderLabels(r, v.labels), State: v.state, Locked: v.locked, Assignees: s.renderUsers(v.assignees),
		Comments: v.comments, CreatedAt: stamp(v.created), UpdatedAt: stamp(v.updated), ClosedAt: stampOrNil(v.closed),
		Association: "NONE", Body: v.body, Reactions: summary(u, nil),
	}
	if v.author.roleIn(r).rank() >= Write.rank() {
		j.Association = "MEMBER"
	}
	if len(v.assignees) > 0 {
		j.Assignee = j.Assignees[0]
	}
	if v.reason != "" {
		j.StateReason = &v.reason
	}
	if len(s.opts.IssueTypes) > 0 {
		kind := s.renderType(v.kind)
		j.Type = &kind
	}
	if full && v.closedBy != nil {
		j.ClosedBy = s.renderUser(v.closedBy)
	}
	if v.pull {
		draft := false
		pull := s.repoURL(r) + "/pulls/" + itoa(v.number)
		j.Draft = &draft
		j.PullRequest = map[string]any{
			"url": pull, "html_url": j.HTMLURL, "diff_url": j.HTMLURL + ".diff",
			"patch_url": j.HTMLURL + ".patch", "merged_at": nil,
		}
	}
	return j
}

func (s *Server) renderType(name string) any {
	id := int64(slices.Index(s.opts.IssueTypes, name))
	if id < 0 {
		return nil
	}
	return map[string]any{
		"id": id + 1, "node_id": node("IssueType", id+1), "name": name, "description": nil, "color": "gray",
		"created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z", "is_enabled": true,
	}
}

func (s *Server) htmlURL(i *issue) string {
	kind := "/issues/"
	if i.pull {
		kind = "/pull/"
	}
	return s.base + "/" + i.repo.full() + kind + itoa(i.number)
}

// summary counts reactions by their content.
func summary(u string, rs []*reaction) map[string]any {
	count := map[string]int{}
	for _, r := range rs {
		count[r.content]++
	}
	m := map[string]any{"url": u + "/reactions", "total_count": len(rs)}
	for _, content := range contents() {
		m[content] = count[content]
	}
	return m
}

func (s *Server) renderComment(cm *comment) map[string]any {
	r := cm.issue.repo
	u := s.repoURL(r) + "/issues/comments/" + itoa(cm.id)
	association := "NONE"
	if cm.author.roleIn(r).rank() >= Write.rank() {
		association = "MEMBER"
	}
	return map[string]any{
		"url": u, "html_url": s.htmlURL(cm.issue) + "#issuecomment-" + itoa(cm.id),
		"issue_url": s.repoURL(r) + "/issues/" + itoa(cm.issue.number), "id": cm.id,
		"node_id": node("IssueComment", cm.id), "user": s.renderUser(cm.author),
		"created_at": stamp(cm.created), "updated_at": stamp(cm.updated), "author_association": association,
		"body": cm.body, "reactions": summary(u, cm.reactions), "performed_via_github_app": nil,
	}
}

func (s *Server) renderEvent(i *issue, e *event) map[string]any {
	m := map[string]any{
		"id": e.id, "node_id": node(e.graphKind(), e.id), "url": s.repoURL(i.repo) + "/issues/events/" + itoa(e.id),
		"actor": s.renderUser(e.actor), "event": e.kind, "commit_id": nil, "commit_url": nil,
		"created_at": stamp(e.at), "performed_via_github_app": nil,
	}
	switch e.kind {
	case "labeled", "unlabeled":
		m["label"] = map[string]any{"name": e.label.name, "color": e.label.color}
	case "assigned", "unassigned":
		m["assignee"], m["assigner"] = s.renderUser(e.assignee), s.renderUser(e.actor)
	case "renamed":
		m["rename"] = map[string]any{"from": e.from, "to": e.to}
	case "closed", "reopened":
		m["state_reason"] = e.reason
	}
	return m
}

func (s *Server) renderApp(a *App) map[string]any {
	return map[string]any{
		"id": a.ID, "slug": a.Slug, "node_id": node("Integration", a.ID), "name": a.Slug,
		"owner": s.renderUser(s.accounts[0]), "description": "", "external_url": "https://example.com",
		"html_url": s.base + "/apps/" + a.Slug, "created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z",
		"permissions": a.permissions(), "events": []string{"issues", "issue_comment"},
		"installations_count": 1,
	}
}
