//go:build unix

package blackbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

const bot = "conformd"

// A tracker is a simulator in a process of its own.
type tracker struct {
	*lane
	name, url string
	client    *http.Client
	fields    map[string]string // Jira: ids of the custom fields, by name
}

// A refusal is an answer that says no.
type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d: %s", r.status, r.body) }

// call sends a request as somebody would with curl; "" is nobody.
func (t *tracker) call(who, method, path string, body any) ([]byte, error) {
	var in io.Reader = http.NoBody
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		in = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(t.ctx, callMost)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, t.url+path, in)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	switch {
	case who == "":
	case t.name == "github":
		r.Header.Set("Authorization", "Bearer "+who+"-token")
	case t.options.Deployment == "dc":
		r.SetBasicAuth(who, who+"-token")
	default:
		r.SetBasicAuth(who+"@example.com", who+"-token")
	}
	resp, err := t.client.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= 300 {
		err = &refusal{resp.StatusCode, string(b)}
	}
	return b, err
}

// must is for requests that nothing disturbs.
func (t *tracker) must(who, method, path string, body, into any) {
	t.Helper()
	b, err := t.call(who, method, path, body)
	if err == nil && into != nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatalf("%s %s %s: %v\n%s", t.name, method, path, err, b)
	}
}

func (t *tracker) control(what string, body any) {
	t.Helper()
	t.must("", http.MethodPost, "/_sim/"+what, body, nil)
}

func (t *tracker) disarm() {
	t.Helper()
	t.must("", http.MethodDelete, "/_sim/faults", nil, nil)
}

// A change is something that took effect, by the tracker's own account.
type change struct {
	Seq                                 int64
	At                                  time.Time
	Issue, Field, From, To, By, Request string
}

func (t *tracker) truth() []change {
	t.Helper()
	var out []change
	t.must("", http.MethodGet, "/_sim/log", nil, &out)
	return out
}

// A request is one that the tracker received.
type request struct {
	Method, Path, By string
	Status           int
	Began, At        time.Time
}

func (t *tracker) requests() []request {
	t.Helper()
	var out []request
	t.must("", http.MethodGet, "/_sim/requests", nil, &out)
	for i := range out {
		out[i].By, _, _ = strings.Cut(out[i].By, "@")
	}
	return out
}

// looks counts the daemon's looks at what has changed, and writes its requests that
// may change something.
func (t *tracker) looks() (looks, writes int) {
	t.Helper()
	for _, r := range t.requests() {
		switch {
		case r.By != bot:
		case r.writes():
			writes++
		case strings.HasSuffix(r.Path, "/issues") || strings.Contains(r.Path, "/search"):
			looks++
		}
	}
	return looks, writes
}

// writes reports whether a request may change something. Some requests
// only read and are sent as POST: what they ask does not fit into an address.
func (r request) writes() bool {
	reads := strings.Contains(r.Path, "/search") || strings.HasSuffix(r.Path, "/list") || strings.HasSuffix(r.Path, "/graphql") || strings.HasSuffix(r.Path, "/bulkfetch")
	return r.Method != http.MethodGet && !reads
}
