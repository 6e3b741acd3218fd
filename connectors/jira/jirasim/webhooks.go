package jirasim

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
)

// A hook is a webhook that an administrator installed.
type hook struct {
	id                int64
	name, url, secret string
	events            []string // none: all
	enabled           bool
}

// AddWebhook installs a webhook for all events and returns its id. secret ""
// leaves deliveries unsigned.
func (s *Server) AddWebhook(url, secret string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	h := &hook{id: s.id(), name: "webhook", url: url, secret: secret, enabled: true}
	s.hooks = append(s.hooks, h)
	return itoa(h.id)
}

// An event is what webhooks tell.
type event struct {
	name, kind string // webhookEvent and issue_event_type_name
	is         *issue
	by         *account
	change     *history
	comment    *comment
}

// emit makes the deliveries of e. Data Center tells of a comment twice: as an
// update of the issue and by itself, then without the issue. The caller holds
// the lock; the deliveries leave when it is released.
func (s *Server) emit(e event) {
	if !s.cloud && e.comment != nil {
		kind := map[string]string{"comment_created": "issue_commented", "comment_updated": "issue_comment_edited", "comment_deleted": "issue_comment_deleted"}[e.name]
		s.deliver("jira:issue_updated", s.payload("jira:issue_updated", kind, e))
	}
	s.deliver(e.name, s.payload(e.name, e.kind, e))
}

func (s *Server) payload(name, kind string, e event) map[string]any {
	v := &view{a: e.by, all: true, fields: map[string]bool{"comment": !s.cloud}, comments: 5000, rest: s.base + "/rest/api/2"}
	m := map[string]any{"timestamp": s.now().UnixMilli(), "webhookEvent": name}
	if e.comment != nil {
		m["comment"] = s.renderComment(e.is, e.comment, v)
		if !s.cloud && name != "jira:issue_updated" {
			return m // Data Center leaves out the issue, and who did it
		}
	}
	if s.cloud && e.comment != nil {
		// Cloud shows six fields of the issue, and not who did it.
		v.all, v.fields = false, map[string]bool{"summary": true, "issuetype": true, "project": true, "assignee": true, "priority": true, "status": true}
		issue := s.renderIssue(e.is, e.is.now, v)
		delete(issue, "expand")
		m["issue"], m["eventType"] = issue, "primaryAction"
		return m
	}
	m["user"] = s.renderUser(e.by)
	if name != "jira:issue_deleted" {
		m["issue_event_type_name"] = kind
	}
	m["issue"] = s.renderIssue(e.is, e.is.now, v)
	if e.change != nil {
		m["changelog"] = map[string]any{"id": e.change.id, "items": e.change.items}
	}
	return m
}

func (s *Server) deliver(name string, payload map[string]any) {
	var body []byte
	for _, h := range s.hooks {
		if !h.enabled || len(h.events) > 0 && !slices.Contains(h.events, name) {
			continue
		}
		if body == nil {
			var err error
			if body, err = json.Marshal(payload); err != nil {
				return
			}
		}
		d := simkit.Delivery{
			ID: "delivery-" + itoa(h.id) + "-" + itoa(s.id()), URL: h.url, Body: body,
			Header: http.Header{"Content-Type": {"application/json; charset=utf-8"}, "User-Agent": {"Atlassian Webhook HTTP Client"}},
		}
		d.Header.Set("X-Atlassian-Webhook-Identifier", d.ID)
		if s.cloud {
			d.Header.Set("X-Atlassian-Webhook-Flow", "Primary")
		}
		if h.secret != "" {
			d.Sign = func(body []byte) (string, string) {
				mac := hmac.New(sha256.New, []byte(h.secret))
				mac.Write(body)
				return "X-Hub-Signature", "sha256=" + hex.EncodeToString(mac.Sum(nil))
			}
		}
		s.outgoing = append(s.outgoing, d)
	}
}

// retries repeats a delivery that was not taken, as Cloud does: on 408, 409,
// 425, 429, 5xx and lost connections, up to five times. The waits are those of a
// simulator.
type retries struct {
	next http.RoundTripper
	wait time.Duration
}

// RoundTrip sends r until it is taken.
func (t retries) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err := errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	for n := 0; ; n++ {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		if n > 0 {
			again.Header.Set("X-Atlassian-Webhook-Retry", strconv.Itoa(n))
		}
		resp, err := t.next.RoundTrip(again)
		if n == 5 || err == nil && !retried(resp.StatusCode) {
			return resp, err
		}
		if err == nil {
			if err := resp.Body.Close(); err != nil {
				return nil, err
			}
		}
		select {
		case <-time.After(t.wait << n):
		case <-r.Context().Done():
			return nil, r.Context().Err()
		}
	}
}

func retried(status int) bool {
	return slices.Contains([]int{408, 409, 425, 429}, status) || status >= 500
}
