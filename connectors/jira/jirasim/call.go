package jirasim

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/conformd/conformd/connectors/simkit"
)

// A call is one request being answered.
type call struct {
	r       *http.Request
	a       *account
	query   url.Values
	body    []byte
	id      string // request id
	gateway bool
	v3      bool

	header http.Header
	status int
	answer any
}

func (c *call) reply(status int, v any) { c.status, c.answer = status, v }

// fail answers in Jira's form of an error collection.
func (c *call) fail(status int, messages ...string) {
	if messages == nil {
		messages = []string{}
	}
	c.reply(status, map[string]any{"errorMessages": messages, "errors": map[string]string{}})
}

func (c *call) failFields(errs map[string]string) {
	c.reply(http.StatusBadRequest, map[string]any{"errorMessages": []string{}, "errors": errs})
}

func (c *call) noIssue() {
	c.fail(http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
}

// decode reads the body; what cannot be read is answered with 400.
func (c *call) decode(v any) bool {
	if err := json.Unmarshal(c.body, v); err != nil {
		c.fail(http.StatusBadRequest, "Unexpected character or invalid JSON in the request body.")
		return false
	}
	return true
}

// keys tells which members the body has and refuses those that are not known.
func (c *call) keys(known ...string) bool {
	var m map[string]json.RawMessage
	if !c.decode(&m) {
		return false
	}
	for _, k := range known {
		delete(m, k)
	}
	if len(m) > 0 {
		c.fail(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
		return false
	}
	return true
}

// maxRequest is the size of a request that is read.
const maxRequest = 10 << 20

// serveAPI authenticates, counts against the limits, dispatches and answers.
func (s *Server) serveAPI(t *table) http.HandlerFunc {
	gateway := regexp.MustCompile(`^/ex/jira/([^/]+)(/.*)$`)
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
		if err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		c := &call{r: r, query: r.URL.Query(), body: body, header: http.Header{}}
		path := r.URL.Path
		if m := gateway.FindStringSubmatch(path); m != nil && s.cloud && (s.opts.CloudID == "" || s.opts.CloudID == m[1]) {
			c.gateway, path = true, m[2]
		}
		s.mu.Lock()
		s.answer(t, c, path)
		now := s.now()
		s.unlock()

		h := w.Header()
		maps.Copy(h, c.header)
		h.Set("Date", now.Format(http.TimeFormat))
		h.Set("X-Arequestid", c.id)
		if s.cloud {
			h.Set("Atl-Traceid", c.id)
		}
		if c.answer == nil {
			w.WriteHeader(c.status)
			return
		}
		h.Set("Content-Type", "application/json;charset=UTF-8")
		w.WriteHeader(c.status)
		if err := json.NewEncoder(w).Encode(c.answer); err != nil {
			return // the client has gone
		}
	}
}

// answer serves one call under the lock.
func (s *Server) answer(t *table, c *call, path string) {
	s.nextReq++
	c.id = fmt.Sprintf("%08x", s.nextReq)
	if s.opts.URL == "" && c.r.Host != "" {
		s.base = "http://" + c.r.Host
	}
	if c.a = s.authenticate(c.r, c.gateway); c.a == nil {
		c.header.Set("X-Seraph-Loginreason", "AUTHENTICATED_FAILED")
		c.header.Set("Www-Authenticate", "OAuth realm=\""+s.base+"\"")
		c.fail(http.StatusUnauthorized, "You are not authenticated. Authentication required to perform this operation.")
		return
	}
	simkit.Identify(c.r, c.a.Name)
	if s.limited(c, path) {
		return
	}
	c.v3 = strings.HasPrefix(path, "/rest/api/3/")
	r := c.r.WithContext(context.WithValue(c.r.Context(), callKey{}, c))
	u := *r.URL
	u.Path, u.RawPath = path, ""
	r.URL = &u
	t.of(path).ServeHTTP(nowhere{http.Header{}}, r)
	if c.status == 0 {
		c.fail(http.StatusNotFound, "null for uri: "+path)
	}
}

// nowhere takes what a ServeMux says about paths it does not know; the call
// has the answer.
type nowhere struct{ h http.Header }

func (n nowhere) Header() http.Header         { return n.h }
func (n nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (n nowhere) WriteHeader(int)             {}

// callKey is where the context of a request holds its call.
type callKey struct{}

// on makes an endpoint a handler. It answers into the call, not the writer.
func (s *Server) on(endpoint func(*Server, *call)) http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		c, ok := r.Context().Value(callKey{}).(*call)
		if !ok {
			return
		}
		c.r = r
		endpoint(s, c)
	})
}

// unlock releases the lock and then sends the webhooks that arose under it.
func (s *Server) unlock() {
	out := s.outgoing
	s.outgoing = nil
	s.mu.Unlock()
	for _, d := range out {
		s.post.Send(d)
	}
}
