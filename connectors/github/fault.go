package github

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// lost classifies a request without an answer. A write may have happened unless
// it is certain that it never left.
func (r request) lost(err error) *connectors.Error {
	err = transport.Scrub(err)
	if t, ok := errors.AsType[*ghinstallation.HTTPError](err); ok {
		return r.noToken(t)
	}
	if until, paused := transport.Paused(err); paused {
		e := r.err(connectors.Limited, err)
		e.Until, e.Scope = until, connectors.ScopeAll
		return e
	}
	if !r.writes() {
		if errors.Is(err, transport.ErrTooLarge) {
			return r.err(connectors.Malformed, err)
		}
		return r.err(connectors.Unavailable, err)
	}
	if neverLeft(err) {
		return r.err(connectors.Unavailable, err)
	}
	return r.err(connectors.Unknown, err)
}

func neverLeft(err error) bool {
	if errors.Is(err, transport.ErrNotSent) || errors.Is(err, errNoToken) {
		return true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

// noToken classifies a failure to get an installation token; the request itself
// was not sent.
func (r request) noToken(t *ghinstallation.HTTPError) *connectors.Error {
	if t.Response == nil {
		return r.err(connectors.Unavailable, t.RootCause)
	}
	defer func() { _ = t.Response.Body.Close() }()
	e := request{op: r.op, ref: r.ref, method: http.MethodGet}.refused(t.Response, nil)
	e.Detail = "GitHub gives the app no token for this installation"
	if e.Kind == connectors.NotFound || e.Kind == connectors.Denied || e.Kind == connectors.Rejected {
		e.Kind = connectors.Unauthenticated // the app is not installed (any more), or may not be
	}
	return e
}

// unreadable classifies a success whose body broke off.
func (r request) unreadable(resp *http.Response, err error) *connectors.Error {
	e := r.err(connectors.Unavailable, err)
	switch {
	case r.writes():
		e.Kind = connectors.Unknown
	case errors.Is(err, transport.ErrTooLarge):
		e.Kind = connectors.Malformed
	}
	e.Status = resp.StatusCode
	return e
}

// garbage classifies a success whose body is not what was asked for, such as the
// login page of a proxy.
func (r request) garbage(a answer, err error) *connectors.Error {
	// What the decoder says of a value quotes it; of the form it quotes a character.
	_, form := errors.AsType[*json.SyntaxError](err)
	switch {
	case err == nil:
		err = errors.New("fields are missing")
	case !form:
		err = errors.New("the answer is not the JSON expected")
	}
	e := r.err(connectors.Malformed, err)
	if r.writes() {
		e.Kind = connectors.Unknown
	}
	e.Status = a.status
	return e
}

// refused classifies an answer that is no success.
func (r request) refused(resp *http.Response, body []byte) *connectors.Error {
	e := r.err("", nil)
	e.Status, e.Detail = resp.StatusCode, detail(body)
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests, s == http.StatusForbidden && limited(resp.Header, body):
		e.Kind = connectors.Limited
		e.Until, e.Scope = limit(resp.Header, body, time.Now())
	case s == http.StatusUnauthorized:
		e.Kind = connectors.Unauthenticated
	case s == http.StatusForbidden:
		e.Kind = connectors.Denied
	case s == http.StatusNotFound:
		e.Kind = connectors.NotFound
	case s == http.StatusGone:
		e.Kind = connectors.Gone
	case s == http.StatusMovedPermanently, s == http.StatusPermanentRedirect:
		e.Kind = connectors.Moved
	case s >= 300 && s < 400:
		e.Kind = connectors.Unavailable // a proxy or a login in between; nothing happened here
	case s == http.StatusConflict, s == http.StatusPreconditionFailed:
		e.Kind = connectors.Conflict
	case s >= 500 || s == http.StatusAccepted:
		e.Kind = connectors.Unavailable
		if r.writes() {
			e.Kind = connectors.Unknown
		}
	case s >= 400:
		e.Kind = connectors.Rejected
		if r.writes() {
			e.Fields = refusedFields(body)
		}
	default:
		e.Kind = connectors.Malformed
		if r.writes() {
			e.Kind = connectors.Unknown
		}
	}
	return e
}

// limited reports whether a 403 is a rate limit. The primary limit says so in a
// header, secondary limits often only in their text.
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
func limited(h http.Header, body []byte) bool {
	if h.Get("X-RateLimit-Remaining") == "0" || h.Get("Retry-After") != "" {
		return true
	}
	text := strings.ToLower(string(body))
	for _, s := range []string{"rate limit", "abuse detection", "rate-limits-for-the-rest-api", "secondary-rate-limits", "blocked from content creation"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}

// leastWait is what GitHub asks to wait after a secondary limit that names no
// time.
const leastWait = time.Minute

// mostWait bounds the wait for the primary limit, which GitHub renews every hour: a reset
// that lies further away comes from a wrong clock or a damaged header.
const mostWait = 24 * time.Hour

// limit says how long to wait, by our clock, and with what. X-RateLimit-Reset
// counts only when the primary budget is used up: on a secondary limit it is the
// end of the hour, which has nothing to do with it.
func limit(h http.Header, body []byte, now time.Time) (time.Time, connectors.Scope) {
	scope := connectors.ScopeAll
	if strings.Contains(string(body), "content creation") {
		scope = connectors.ScopeWrites
	}
	if r := h.Get("X-RateLimit-Resource"); r == "search" || r == "graphql" { // with a budget of its own
		scope = connectors.ScopeRoute
	}
	until := now.Add(leastWait)
	after, given := transport.RetryAfter(h, now)
	if given {
		until = after
	}
	reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if h.Get("X-RateLimit-Remaining") == "0" && err == nil {
		// The reset is told by GitHub's clock.
		wait := time.Until(time.Unix(reset, 0))
		if d := headerDate(h); !d.IsZero() {
			wait = time.Unix(reset, 0).Sub(d)
		}
		if t := now.Add(min(max(wait, time.Second), mostWait)); !given || t.After(until) {
			until = t
		}
	}
	return until, scope
}

// detail is GitHub's own account of what is wrong, with the fields of a 422.
func detail(body []byte) string {
	body = body[:min(len(body), transport.RefusalBytes)]
	var m struct{ Message string }
	if json.Unmarshal(body, &m) != nil || m.Message == "" {
		return transport.Detail(body)
	}
	text := []string{m.Message}
	for _, f := range faults(body) {
		text = append(text, f.text())
	}
	return transport.Detail([]byte(strings.Join(text, "; ")))
}
