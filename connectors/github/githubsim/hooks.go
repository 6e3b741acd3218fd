package githubsim

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
)

func (s *Server) renderHook(r *repo, h *hook) map[string]any {
	u := s.repoURL(r) + "/hooks/" + itoa(h.id)
	config := map[string]any{"url": h.url, "content_type": h.contentType, "insecure_ssl": "0"}
	if h.secret != "" {
		config["secret"] = "********"
	}
	return map[string]any{
		"type": "Repository", "id": h.id, "name": "web", "active": h.active, "events": h.events, "config": config,
		"created_at": stamp(h.created), "updated_at": stamp(h.created), "url": u, "test_url": u + "/test",
		"ping_url": u + "/pings", "deliveries_url": u + "/deliveries",
		"last_response": map[string]any{"code": nil, "status": "unused", "message": nil},
	}
}

// hookAdmin reports whether the caller may manage webhooks; to others they do
// not exist.
func (c *call) hookAdmin() bool { return c.who.may(c.repo, Admin) }

func (c *call) listHooks() reply {
	if !c.hookAdmin() {
		return notFound()
	}
	out := []any{}
	for _, h := range paginate(c, c.repo.hooks) {
		out = append(out, c.s.renderHook(c.repo, h))
	}
	return ok(out)
}

func (c *call) postHook() reply {
	if !c.hookAdmin() {
		return notFound()
	}
	q := struct {
		Events []string
		Active *bool
		Config struct {
			URL         string `json:"url"`
			Secret      string `json:"secret"`
			ContentType string `json:"content_type"`
		}
	}{Events: []string{"push"}}
	if rp, ok := c.decode(&q); !ok {
		return rp
	}
	if u, err := url.Parse(q.Config.URL); err != nil || u.Host == "" {
		return invalid(fieldError{Resource: "Hook", Code: "custom", Field: "url", Message: "config.url is missing or invalid"})
	}
	if slices.ContainsFunc(c.repo.hooks, func(h *hook) bool { return h.url == q.Config.URL }) {
		return invalid(fieldError{Resource: "Hook", Code: "custom", Message: "Hook already exists on this repository"})
	}
	if len(c.repo.hooks) >= 20 {
		return invalid(fieldError{Resource: "Hook", Code: "custom", Message: "The \"push\" event cannot have more than 20 hooks"})
	}
	h := &hook{
		id: c.s.id(), url: q.Config.URL, secret: q.Config.Secret, events: q.Events, created: c.s.now(),
		contentType: textOr(&q.Config.ContentType, "form"), active: q.Active == nil || *q.Active,
	}
	c.repo.hooks = append(c.repo.hooks, h)
	c.s.ping(c.repo, h, c.who)
	return reply{http.StatusCreated, c.s.renderHook(c.repo, h)}
}

func (s *Server) ping(r *repo, h *hook, by *account) {
	s.send(h, r, "ping", map[string]any{"zen": "Keep it logically awesome.", "hook_id": h.id, "hook": s.renderHook(r, h)}, by)
}

func (c *call) hook() *hook {
	if !c.hookAdmin() {
		return nil
	}
	for _, h := range c.repo.hooks {
		if h.id == c.pathInt("hook") {
			return h
		}
	}
	return nil
}

func (c *call) pingHook() reply {
	h := c.hook()
	if h == nil {
		return notFound()
	}
	c.s.ping(c.repo, h, c.who)
	return reply{status: http.StatusNoContent}
}

// status is the HTTP status that the receiver answered, 0 while nothing has.
func (s *Server) status(guid string) int {
	sent := s.post.Deliveries()
	for _, d := range slices.Backward(sent) {
		if d.ID == guid {
			return d.Status
		}
	}
	return 0
}

func (s *Server) renderDelivery(d *delivery) map[string]any {
	code := s.status(d.guid)
	words := "OK"
	switch {
	case code == 0:
		words = "failed to connect to host"
	case code >= 300:
		words = "Invalid HTTP Response: " + itoa(code)
	}
	m := map[string]any{
		"id": d.id, "guid": d.guid, "delivered_at": stamp(d.at), "redelivery": d.redelivery, "duration": 0.1,
		"status": words, "status_code": code, "event": d.event, "action": nil, "installation_id": nil,
		"repository_id": d.repo.id, "throttled_at": nil,
	}
	if d.action != "" {
		m["action"] = d.action
	}
	return m
}

func (c *call) listDeliveries() reply {
	h := c.hook()
	if h == nil {
		return notFound()
	}
	var all []*delivery
	for _, d := range c.s.hookLog {
		if d.hook == h {
			all = append(all, d)
		}
	}
	slices.Reverse(all) // newest first
	out := []any{}
	for _, d := range paginate(c, all) {
		out = append(out, c.s.renderDelivery(d))
	}
	return ok(out)
}

func (c *call) delivery() *delivery {
	h := c.hook()
	for _, d := range c.s.hookLog {
		if h != nil && d.hook == h && d.id == c.pathInt("delivery") {
			return d
		}
	}
	return nil
}

func (c *call) getDelivery() reply {
	d := c.delivery()
	if d == nil {
		return notFound()
	}
	m := c.s.renderDelivery(d)
	head := map[string]string{}
	for k := range d.header {
		head[k] = d.header.Get(k)
	}
	m["url"] = d.hook.url
	m["request"] = map[string]any{"headers": head, "payload": json.RawMessage(d.payload)}
	m["response"] = map[string]any{"headers": map[string]string{}, "payload": nil}
	return ok(m)
}

// redeliver sends a delivery again under the same GUID. GitHub never does so by
// itself.
func (c *call) redeliver() reply {
	d := c.delivery()
	if d == nil {
		return notFound()
	}
	again := *d
	again.id, again.at, again.redelivery = c.s.id(), c.s.now(), true
	c.s.hookLog = append(c.s.hookLog, &again)
	c.s.post.Redeliver(d.guid)
	return reply{http.StatusAccepted, struct{}{}}
}
