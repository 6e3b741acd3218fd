package jira

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// refusal makes the error for an answer that is not a success.
func refusal(q request, a *answer, now time.Time) error {
	e := &connectors.Error{Op: q.op, Ref: q.ref, Kind: kindOf(q, a), Status: a.status}
	w := explained(a)
	e.Detail = w.text(nil)
	if e.Kind == connectors.Limited {
		e.Until, e.Scope = until(a, now), scope(a.header)
	}
	return e
}

// kindOf classifies by status.
func kindOf(q request, a *answer) connectors.Kind {
	switch s := a.status; {
	case s == http.StatusUnauthorized, refusedLogin(a.header):
		return connectors.Unauthenticated
	case s == http.StatusForbidden:
		return connectors.Denied
	case s == http.StatusNotFound:
		return connectors.NotFound
	case s == http.StatusGone:
		return connectors.Gone
	case s == http.StatusConflict, s == http.StatusPreconditionFailed:
		return connectors.Conflict
	case s == http.StatusTooManyRequests:
		return connectors.Limited
	case s >= 400 && s < 500:
		return connectors.Rejected
	case s == http.StatusMovedPermanently, s == http.StatusPermanentRedirect:
		return connectors.Moved
	case s < 400: // a redirect of a proxy or a login page, which is not followed: nothing happened
		return connectors.Unavailable
	case q.write:
		return connectors.Unknown
	}
	return connectors.Unavailable
}

// refusedLogin reports whether Jira says in a header that it refused the
// credential. It may then go on as for an anonymous caller, with a 404 for what
// the public cannot see, or demand a CAPTCHA with a 403.
func refusedLogin(h http.Header) bool {
	reason := h.Get("X-Seraph-Loginreason")
	return strings.Contains(reason, "AUTHENTICATED_FAILED") || strings.Contains(reason, "AUTHENTICATION_DENIED") ||
		h.Get("X-Authentication-Denied-Reason") != ""
}

// scope reads what a rate limit of Cloud applies to. An unknown reason counts as
// a quota (https://developer.atlassian.com/cloud/jira/platform/rate-limiting/).
func scope(h http.Header) connectors.Scope {
	switch reason := h.Get("Ratelimit-Reason"); {
	case strings.Contains(reason, "per-issue"):
		return connectors.ScopeIssue
	case strings.Contains(reason, "burst"):
		return connectors.ScopeRoute
	}
	return connectors.ScopeAll
}

// until is when a limited request may be made again, by our clock.
func until(a *answer, now time.Time) time.Time {
	if t, ok := transport.RetryAfter(a.header, now); ok {
		return t
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00"} {
		if t, err := time.Parse(layout, a.header.Get("X-Ratelimit-Reset")); err == nil {
			wait := t.Sub(now)
			if sent, err := http.ParseTime(a.header.Get("Date")); err == nil {
				wait = t.Sub(sent)
			}
			return now.Add(min(max(wait, 0), 24*time.Hour))
		}
	}
	return now.Add(time.Minute)
}

// words are the messages of a refusal: general ones, and those about a field by its id.
type words struct {
	messages []string
	fields   map[string]string
}

// explained reads a refusal. The members of errors are usually texts; lists and objects occur,
// too.
func explained(a *answer) words {
	var body struct {
		Messages []string                   `json:"errorMessages"`
		Errors   map[string]json.RawMessage `json:"errors"`
		Message  string                     `json:"message"`
	}
	shown := a.body[:min(len(a.body), transport.RefusalBytes)]
	if json.Unmarshal(shown, &body) != nil {
		if strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
			return words{messages: []string{string(shown)}}
		}
		return words{}
	}
	w := words{messages: body.Messages, fields: map[string]string{}}
	for id, raw := range body.Errors {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		w.fields[id] = transport.Detail([]byte(text))
	}
	if len(w.messages) == 0 && len(w.fields) == 0 && body.Message != "" {
		w.messages = []string{body.Message}
	}
	return w
}

// text joins the messages. It adds the name of a field, if names has it and the message does
// not contain it.
func (w words) text(names map[string]string) string {
	parts := slices.Clone(w.messages)
	for _, id := range slices.Sorted(maps.Keys(w.fields)) {
		name, text := names[id], w.fields[id]
		if name == "" {
			name = id
		}
		if !strings.Contains(strings.ToLower(text), strings.ToLower(name)) {
			text = name + ": " + text
		}
		parts = append(parts, text)
	}
	return transport.Detail([]byte(strings.Join(parts, "; ")))
}
