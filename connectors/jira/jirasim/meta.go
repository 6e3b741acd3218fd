package jirasim

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) renderType(t *issueType) any {
	return map[string]any{
		"self": s.base + "/rest/api/2/issuetype/" + t.id, "id": t.id, "name": t.name, "description": "",
		"iconUrl": s.base + "/images/icons/issuetypes/" + t.id + ".svg", "subtask": false,
	}
}

func (s *Server) renderProject(p *project) map[string]any {
	return map[string]any{
		"self": s.base + "/rest/api/2/project/" + p.id, "id": p.id, "key": p.key, "name": p.name,
		"projectTypeKey": "business", "avatarUrls": map[string]any{"48x48": s.base + "/secure/projectavatar?pid=" + p.id},
	}
}

func (s *Server) renderStatus(st *Status) map[string]any {
	cat := map[string]any{"new": []any{2, "blue-gray", "To Do"}, "indeterminate": []any{4, "yellow", "In Progress"}, "done": []any{3, "green", "Done"}}[st.Category].([]any)
	return map[string]any{
		"self": s.base + "/rest/api/2/status/" + st.ID, "description": "", "iconUrl": s.base + "/images/icons/statuses/generic.png",
		"name": st.Name, "id": st.ID, "statusCategory": map[string]any{
			"self": s.base + "/rest/api/2/statuscategory/" + itoa(int64(cat[0].(int))), "id": cat[0], "key": st.Category,
			"colorName": cat[1], "name": cat[2],
		},
	}
}

func (s *Server) renderPriority(p string) any {
	id := itoa(int64(slices.Index(priorities(), p) + 1))
	return map[string]any{
		"self": s.base + "/rest/api/2/priority/" + id, "iconUrl": s.base + "/images/icons/priorities/" + strings.ToLower(p) + ".svg",
		"name": p, "id": id,
	}
}

func (s *Server) renderResolution(r string) any {
	id := s.flow.resolutionID(r)
	return map[string]any{"self": s.base + "/rest/api/2/resolution/" + id, "id": id, "description": "", "name": r}
}

func (s *Server) serverInfo(c *call) {
	m := map[string]any{
		"baseUrl": s.base, "deploymentType": "Server", "version": "10.3.24", "versionNumbers": []int{10, 3, 24},
		"buildNumber": 10030024, "buildDate": "2025-11-03T00:00:00.000+0000", "scmInfo": "0000000000000000000000000000000000000000",
		"serverTime": stamp(s.now(), c.a), "serverTitle": "Jira",
	}
	if s.cloud {
		m["deploymentType"], m["version"], m["versionNumbers"], m["buildNumber"] = "Cloud", "1001.0.0-SNAPSHOT", []int{1001, 0, 0}, 100290
		m["serverTimeZone"] = "Etc/UTC"
	}
	c.reply(http.StatusOK, m)
}

func (s *Server) myself(c *call) {
	m := s.renderUser(c.a).(map[string]any)
	m["emailAddress"], m["locale"] = c.a.Email, "en_US"
	c.reply(http.StatusOK, m)
}

// permissionKeys are the project permissions the simulator checks.
func permissionKeys() []string {
	return []string{"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ASSIGN_ISSUES", "TRANSITION_ISSUES", "RESOLVE_ISSUES", "ADD_COMMENTS", "EDIT_OWN_COMMENTS", "CREATE_ATTACHMENTS", "DELETE_ISSUES", "ADMINISTER"}
}

func (s *Server) myPermissions(c *call) {
	if key := c.query.Get("projectKey"); key != "" && (s.project(key) == nil || !c.a.may("BROWSE_PROJECTS")) {
		c.fail(http.StatusNotFound, "No project could be found with key '"+key+"'.")
		return
	}
	asked := split(c.query["permissions"])
	if len(asked) == 0 {
		if s.cloud {
			c.fail(http.StatusBadRequest, "The 'permissions' query parameter is required.")
			return
		}
		asked = permissionKeys()
	}
	out := map[string]any{}
	for i, key := range permissionKeys() {
		if !slices.Contains(asked, key) && s.cloud {
			continue
		}
		have := c.a.may(key)
		if key == "ADMINISTER" {
			have = c.a.Admin
		}
		out[key] = map[string]any{"id": itoa(int64(i + 10)), "key": key, "name": strings.ReplaceAll(key, "_", " "), "type": "PROJECT", "description": "", "havePermission": have}
	}
	for _, key := range asked {
		if s.cloud && !slices.Contains(permissionKeys(), key) {
			c.fail(http.StatusBadRequest, "Unrecognized permission(s): "+key)
			return
		}
	}
	c.reply(http.StatusOK, map[string]any{"permissions": out})
}

func (s *Server) allPermissions(c *call) {
	out := map[string]any{}
	for _, key := range permissionKeys() {
		out[key] = map[string]any{"key": key, "name": strings.ReplaceAll(key, "_", " "), "type": "PROJECT", "description": ""}
	}
	c.reply(http.StatusOK, map[string]any{"permissions": out})
}

func (s *Server) listFields(c *call) {
	out := []any{}
	for _, f := range s.fields {
		m := map[string]any{
			"id": f.ID, "name": f.Name, "custom": f.custom, "orderable": !f.readOnly, "navigable": true,
			"searchable": true, "clauseNames": f.clauses(), "schema": f.schema(),
		}
		if s.cloud {
			m["key"] = f.ID
		}
		out = append(out, m)
	}
	c.reply(http.StatusOK, out)
}

// visibleProject finds the project of the path, nil after answering 404.
func (s *Server) visibleProject(c *call) *project {
	key := c.r.PathValue("project")
	p := s.project(key)
	if p == nil || !c.a.may("BROWSE_PROJECTS") {
		c.fail(http.StatusNotFound, "No project could be found with key '"+key+"'.")
		return nil
	}
	return p
}

func (s *Server) getProject(c *call) {
	if p := s.visibleProject(c); p != nil {
		m := s.renderProject(p)
		types := []any{}
		for _, t := range s.types {
			types = append(types, s.renderType(t))
		}
		m["issueTypes"], m["lead"] = types, s.renderUser(s.users[0])
		c.reply(http.StatusOK, m)
	}
}

func (s *Server) projectStatuses(c *call) {
	if s.visibleProject(c) == nil {
		return
	}
	statuses := []any{}
	for i := range s.flow.Statuses {
		statuses = append(statuses, s.renderStatus(&s.flow.Statuses[i]))
	}
	out := []any{}
	for _, t := range s.types {
		out = append(out, map[string]any{
			"self": s.base + "/rest/api/2/issuetype/" + t.id, "id": t.id, "name": t.name, "subtask": false, "statuses": statuses,
		})
	}
	c.reply(http.StatusOK, out)
}

func (s *Server) listStatuses(c *call) {
	out := []any{}
	for i := range s.flow.Statuses {
		out = append(out, s.renderStatus(&s.flow.Statuses[i]))
	}
	c.reply(http.StatusOK, out)
}

func (s *Server) listPriorities(c *call) {
	out := []any{}
	for _, p := range priorities() {
		out = append(out, s.renderPriority(p))
	}
	c.reply(http.StatusOK, out)
}

func (s *Server) listResolutions(c *call) {
	out := []any{}
	for _, r := range s.flow.Resolutions {
		out = append(out, s.renderResolution(r))
	}
	c.reply(http.StatusOK, out)
}

// getUser shows an account: by accountId on Cloud, by username or key on Data
// Center.
func (s *Server) getUser(c *call) {
	q := c.query
	if s.cloud && (q.Has("username") || q.Has("key")) {
		c.fail(http.StatusBadRequest, "Query parameters 'username' and 'key' are no longer supported; use 'accountId'.")
		return
	}
	for _, a := range s.users {
		if s.cloud && a.AccountID == q.Get("accountId") || !s.cloud && (a.Name == q.Get("username") || a.Key == q.Get("key")) {
			c.reply(http.StatusOK, s.renderUser(a))
			return
		}
	}
	c.fail(http.StatusNotFound, "The user does not exist or you do not have permission to view it.")
}

// findUsers searches accounts by the beginning of a word of their name or by
// their address; nobody without a match.
func (s *Server) findUsers(c *call) {
	name := "username"
	if s.cloud {
		name = "query"
	}
	want := strings.ToLower(c.query.Get(name))
	out := []any{}
	for _, a := range s.users {
		words := append(strings.Fields(strings.ToLower(a.Display)), strings.ToLower(a.Name), strings.ToLower(a.Email))
		if !a.Inactive && slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, want) }) {
			out = append(out, s.renderUser(a))
		}
	}
	c.reply(http.StatusOK, out)
}
