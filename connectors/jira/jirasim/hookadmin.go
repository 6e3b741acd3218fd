package jirasim

import (
	"net/http"
	"slices"
)

// admin answers 403 unless the caller administers Jira.
func (s *Server) admin(c *call) bool {
	if !c.a.Admin {
		c.fail(http.StatusForbidden, "You do not have permission to administer webhooks.")
	}
	return c.a.Admin
}

func (s *Server) renderHook(h *hook) map[string]any {
	events := h.events
	if events == nil {
		events = []string{"jira:issue_created", "jira:issue_updated", "jira:issue_deleted", "comment_created", "comment_updated", "comment_deleted"}
	}
	return map[string]any{
		"name": h.name, "url": h.url, "events": events, "enabled": h.enabled, "excludeBody": false,
		"isSigned": h.secret != "", "self": s.base + "/rest/webhooks/1.0/webhook/" + itoa(h.id),
	}
}

func (s *Server) listWebhooks(c *call) {
	if !s.admin(c) {
		return
	}
	out := []any{}
	for _, h := range s.hooks {
		out = append(out, s.renderHook(h))
	}
	c.reply(http.StatusOK, out)
}

func (s *Server) createWebhook(c *call) {
	var b struct {
		Name   string   `json:"name"`
		URL    string   `json:"url"`
		Secret string   `json:"secret"`
		Events []string `json:"events"`
	}
	if !s.admin(c) || !c.decode(&b) {
		return
	}
	if b.Name == "" || b.URL == "" {
		c.fail(http.StatusBadRequest, "A webhook needs a name and a url.")
		return
	}
	h := &hook{id: s.id(), name: b.Name, url: b.URL, secret: b.Secret, events: b.Events, enabled: true}
	s.hooks = append(s.hooks, h)
	c.reply(http.StatusCreated, s.renderHook(h))
}

func (s *Server) deleteWebhook(c *call) {
	if !s.admin(c) {
		return
	}
	n := len(s.hooks)
	s.hooks = slices.DeleteFunc(s.hooks, func(h *hook) bool { return itoa(h.id) == c.r.PathValue("id") })
	if len(s.hooks) == n {
		c.fail(http.StatusNotFound, "No webhook with that id exists.")
		return
	}
	c.reply(http.StatusNoContent, nil)
}
