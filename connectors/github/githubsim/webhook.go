package githubsim

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // GitHub still sends the old signature beside the new one.
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/connectors/simkit"
)

// A hook is an installed webhook.
type hook struct {
	id          int64
	url         string
	secret      string
	events      []string // "*" is all
	contentType string
	active      bool
	created     time.Time
}

// A delivery is one webhook as it was sent.
type delivery struct {
	id         int64
	guid       string
	hook       *hook
	repo       *repo
	event      string
	action     string
	at         time.Time
	redelivery bool
	header     http.Header
	payload    []byte
}

// issueHook sends an issues.* webhook.
func (s *Server) issueHook(i *issue, action string, by *account, extra map[string]any) {
	if i.pull {
		return // these are pull_request.* events, which are of no concern here
	}
	p := map[string]any{"action": action, "issue": s.renderIssue(i, i.version, true)}
	maps.Copy(p, extra)
	s.hooks(i.repo, "issues", p, by)
}

// commentHook sends an issue_comment.* webhook.
func (s *Server) commentHook(cm *comment, action string, by *account, extra map[string]any) {
	p := map[string]any{
		"action": action, "issue": s.renderIssue(cm.issue, cm.issue.version, true), "comment": s.renderComment(cm),
	}
	maps.Copy(p, extra)
	s.hooks(cm.issue.repo, "issue_comment", p, by)
}

// hooks sends one event to every webhook of a repository that wants it.
func (s *Server) hooks(r *repo, name string, payload map[string]any, by *account) {
	for _, h := range r.hooks {
		if h.active && (slices.Contains(h.events, "*") || slices.Contains(h.events, name)) {
			s.send(h, r, name, payload, by)
		}
	}
}

func (s *Server) send(h *hook, r *repo, name string, payload map[string]any, by *account) {
	p := maps.Clone(payload)
	p["repository"], p["sender"] = s.renderRepo(r, nil), s.renderUser(by)
	if r.owner.kind == "Organization" {
		p["organization"] = map[string]any{"login": r.owner.login, "id": r.owner.id}
	}
	body, err := json.Marshal(p)
	if err != nil {
		return
	}
	action, _ := payload["action"].(string)
	d := &delivery{
		id: s.id(), guid: uuid.NewString(), hook: h, repo: r, event: name, action: action, at: s.now(), payload: body,
		header: http.Header{
			"Accept":                                 {"*/*"},
			"Content-Type":                           {"application/json"},
			"User-Agent":                             {"GitHub-Hookshot/sim"},
			"X-GitHub-Event":                         {name},
			"X-GitHub-Hook-ID":                       {itoa(h.id)},
			"X-GitHub-Hook-Installation-Target-ID":   {itoa(r.id)},
			"X-GitHub-Hook-Installation-Target-Type": {"repository"},
		},
	}
	d.header = canonical(d.header)
	d.header.Set("X-GitHub-Delivery", d.guid)
	if h.secret != "" {
		d.header.Set("X-Hub-Signature", "sha1="+signature(sha1.New, h.secret, body))
	}
	s.hookLog = append(s.hookLog, d)
	if n := len(s.hookLog); n > 5000 {
		s.hookLog = slices.Clone(s.hookLog[n-2500:])
	}
	var sign func([]byte) (string, string)
	if secret := h.secret; secret != "" {
		sign = func(b []byte) (string, string) {
			return "X-Hub-Signature-256", "sha256=" + signature(sha256.New, secret, b)
		}
	}
	s.post.Send(simkit.Delivery{ID: d.guid, URL: h.url, Header: d.header.Clone(), Body: body, Sign: sign})
}

func canonical(h http.Header) http.Header {
	out := http.Header{}
	for k, v := range h {
		out.Set(k, v[0])
	}
	return out
}

func signature(h func() hash.Hash, secret string, body []byte) string {
	m := hmac.New(h, []byte(secret))
	m.Write(body)
	return hex.EncodeToString(m.Sum(nil))
}
