package githubsim_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

// TestContract sends requests of every kind and checks them and their answers
// against GitHub's own description of its API.
func TestContract(t *testing.T) {
	for spec, ghes := range map[string]bool{"api.github.com": false, "ghes-3.17": true} {
		t.Run(spec, func(t *testing.T) {
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			must(t, err)
			s := githubsim.New(githubsim.Options{
				Owner: "acme", Repo: "isms", GHES: ghes, Limits: githubsim.Limits{PerHour: 1000}, WebhookSecret: "s",
				IssueTypes: []string{"Task", "Nonconformity"},
				App:        &githubsim.App{ID: 7, Slug: "conformd", InstallationID: 5, PublicKey: &key.PublicKey},
				Users: []githubsim.User{
					{Login: "alice", ID: 1, Token: "a", Role: githubsim.Admin}, {Login: "rita", ID: 2, Token: "r", Role: githubsim.Read},
				},
			})
			defer s.Close()
			s.AddRepo("platform")
			web := httptest.NewServer(s)
			defer web.Close()
			prefix := ""
			if ghes {
				prefix = "/api/v3"
			}
			c := newContract(t, spec, web.URL+prefix)
			jwt := appToken(t, key, 7)
			const repo = "/repos/acme/isms"
			var hookID, deliveryID, commentID, reactionID json.Number
			var token string
			for _, x := range []struct {
				method, path, as, body string
				want                   int
				keep                   func(map[string]any)
			}{
				{"GET", "/user", "a", "", 200, nil},
				{"GET", "/user", "wrong", "", 401, nil},
				{"GET", "/user/1", "a", "", 200, nil},
				{"GET", "/users/rita", "a", "", 200, nil},
				{"GET", "/users/nobody", "a", "", 404, nil},
				{"GET", "/rate_limit", "a", "", 200, nil},
				{"GET", "/app", jwt, "", 200, nil},
				{"POST", "/app/installations/5/access_tokens", jwt, "", 201, func(m map[string]any) { token, _ = m["token"].(string) }},
				{"GET", repo + "/installation", jwt, "", 200, nil},
				{"GET", repo, "a", "", 200, nil},
				{"GET", "/repos/acme/nothing", "a", "", 404, nil},
				{"POST", repo + "/issues", "a", `{"title":"One","body":"text","labels":["bug","new"],"assignees":["rita"]}`, 201, nil},
				{"POST", repo + "/issues", "r", `{"title":"Two","labels":["bug"]}`, 201, nil},
				{"PATCH", repo + "/issues/2", "a", `{"type":"Nonconformity"}`, 200, nil},
				{"PATCH", repo + "/issues/2", "a", `{"type":null}`, 200, nil},
				{"POST", repo + "/issues", "a", `{"title":" "}`, 422, nil},
				{"POST", repo + "/issues", "a", `{"title":"x","assignees":["nobody"]}`, 422, nil},
				{"GET", repo + "/issues", "a", "", 200, nil},
				{"GET", repo + "/issues?state=all&sort=updated&direction=asc&since=2020-01-01T00:00:00Z&per_page=100&page=1", "a", "", 200, nil},
				{"GET", repo + "/issues?state=bad", "a", "", 422, nil},
				{"GET", "/search/issues?q=repo:acme/isms+is:issue+label:bug&per_page=1", "a", "", 200, nil},
				{"GET", "/search/issues?q=repo:acme/isms", "a", "", 422, nil},
				{"GET", "/search/issues?q=repo:acme/nothing+is:issue", "a", "", 422, nil},
				{"GET", repo + "/issues/1", "a", "", 200, nil},
				{"GET", repo + "/issues/99", "a", "", 404, nil},
				{"PATCH", repo + "/issues/1", "a", `{"title":"Uno","state":"closed","state_reason":"not_planned","labels":[]}`, 200, nil},
				{"PATCH", repo + "/issues/1", "a", `{"state":"open","assignees":[]}`, 200, nil},
				{"PATCH", repo + "/issues/1", "r", `{"title":"mine"}`, 403, nil},
				{"POST", repo + "/issues/1/comments", "r", `{"body":"hello"}`, 201, func(m map[string]any) { commentID, _ = m["id"].(json.Number) }},
				{"POST", repo + "/issues/1/comments", "r", `{"body":" "}`, 422, nil},
				{"GET", repo + "/issues/1/comments", "a", "", 200, nil},
				{"GET", repo + "/issues/comments?sort=updated&direction=asc", "a", "", 200, nil},
				{"PATCH", repo + "/issues/comments/{comment}", "r", `{"body":"hello again"}`, 200, nil},
				{"GET", repo + "/issues/comments/{comment}", "a", "", 200, nil},
				{"POST", repo + "/issues/comments/{comment}/reactions", "a", `{"content":"+1"}`, 201, func(m map[string]any) { reactionID, _ = m["id"].(json.Number) }},
				{"POST", repo + "/issues/comments/{comment}/reactions", "a", `{"content":"+1"}`, 200, nil},
				{"POST", repo + "/issues/comments/{comment}/reactions", "r", `{"content":"-1"}`, 201, nil},
				{"POST", repo + "/issues/comments/{comment}/reactions", "r", `{"content":"maybe"}`, 422, nil},
				{"POST", repo + "/issues/comments/999999/reactions", "r", `{"content":"-1"}`, 404, nil},
				{"GET", repo + "/issues/comments/{comment}/reactions?content=-1", "a", "", 200, nil},
				{"GET", repo + "/issues/comments/{comment}", "a", "", 200, nil},
				{"DELETE", repo + "/issues/comments/{comment}/reactions/{reaction}", "r", "", 404, nil},
				{"DELETE", repo + "/issues/comments/{comment}/reactions/{reaction}", "a", "", 204, nil},
				{"GET", repo + "/issues/1/events", "a", "", 200, nil},
				{"GET", repo + "/issues/events?per_page=100", "a", "", 200, nil},
				{"POST", repo + "/issues/1/labels", "a", `{"labels":[{"name":"documentation"}]}`, 200, nil},
				{"GET", repo + "/issues/1/labels", "a", "", 200, nil},
				{"DELETE", repo + "/issues/1/labels/documentation", "a", "", 200, nil},
				{"GET", repo + "/labels", "a", "", 200, nil},
				{"POST", repo + "/labels", "a", `{"name":"capa","color":"ff0000","description":"clause 10"}`, 201, nil},
				{"POST", repo + "/labels", "a", `{"name":"capa","color":"ff0000"}`, 422, nil},
				{"POST", repo + "/labels", "a", `{"name":"x","color":"red"}`, 422, nil},
				{"PATCH", repo + "/labels/capa", "a", `{"new_name":"capa2"}`, 200, nil},
				{"GET", repo + "/labels/capa2", "a", "", 200, nil},
				{"DELETE", repo + "/labels/capa2", "a", "", 204, nil},
				{"GET", repo + "/assignees", "a", "", 200, nil},
				{"GET", repo + "/assignees/rita", "a", "", 204, nil},
				{"GET", repo + "/assignees/nobody", "a", "", 404, nil},
				{"POST", repo + "/hooks", "a", `{"name":"web","events":["issues"],"config":{"url":"http://127.0.0.1:9/x","content_type":"json","secret":"s"}}`, 201, func(m map[string]any) { hookID, _ = m["id"].(json.Number) }},
				{"POST", repo + "/hooks", "r", `{"config":{"url":"http://127.0.0.1:9/y"}}`, 404, nil},
				{"GET", repo + "/hooks", "a", "", 200, nil},
				{"POST", repo + "/hooks/{hook}/pings", "a", "", 204, nil},
				{"GET", repo + "/hooks/{hook}/deliveries", "a", "", 200, nil},
				{"GET", repo + "/hooks/{hook}/deliveries/{delivery}", "a", "", 200, nil},
				{"POST", repo + "/hooks/{hook}/deliveries/{delivery}/attempts", "a", "", 202, nil},
				{"GET", repo + "/issues", "TOKEN", "", 200, nil},
				{"GET", "/orgs/acme/repos", "a", "", 200, nil},
				{"GET", "/orgs/acme/repos?per_page=1&page=2", "r", "", 200, nil},
				{"GET", "/orgs/nobody/repos", "a", "", 404, nil},
				{"GET", "/installation/repositories", "TOKEN", "", 200, nil},
				{"GET", "/installation/repositories", "a", "", 403, nil},
				{"GET", "/user", "TOKEN", "", 403, nil},
				{"DELETE", repo + "/issues/comments/{comment}", "r", "", 204, nil},
				{"PATCH", repo, "a", `{"name":"isms2"}`, 200, nil},
				{"GET", repo + "/issues/1", "a", "", 301, nil},
				{"PATCH", repo, "a", `{"has_issues":false}`, 307, nil},
				{"PATCH", "/repos/acme/isms2", "a", `{"has_issues":false}`, 200, nil},
				{"GET", "/repos/acme/isms2/issues/1", "a", "", 410, nil},
			} {
				path := strings.NewReplacer("{hook}", hookID.String(), "{delivery}", deliveryID.String(), "{comment}", commentID.String(), "{reaction}", reactionID.String()).Replace(x.path)
				as := x.as
				if as == "TOKEN" {
					as = token
				}
				m := c.call(x.method, path, as, x.body, x.want)
				if x.keep != nil {
					x.keep(m)
				}
				if strings.HasSuffix(path, "/deliveries") {
					must(t, s.Courier().Wait(t.Context()))
					if list := c.last; len(list) > 0 {
						deliveryID, _ = list[0]["id"].(json.Number)
					} else {
						t.Fatal("no delivery of the ping")
					}
				}
			}
		})
	}
}

// A contract sends requests and checks both sides of each.
type contract struct {
	t       *testing.T
	base    string
	doc     map[string]any
	schemas *jsonschema.Compiler
	last    []map[string]any // the latest list that was answered
}

func newContract(t *testing.T, spec, base string) *contract {
	t.Helper()
	b, err := os.ReadFile("testdata/openapi/" + spec + ".json")
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	must(t, err)
	allowNull(doc)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft4) // the dialect of OpenAPI 3.0 is nearest to it
	c.AssertFormat()
	must(t, c.AddResource("openapi.json", doc))
	m, _ := doc.(map[string]any)
	return &contract{t: t, base: base, doc: m, schemas: c}
}

// allowNull turns OpenAPI's "nullable" into what JSON Schema knows.
func allowNull(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			allowNull(x)
		}
	case map[string]any:
		for _, x := range v {
			allowNull(x)
		}
		if v["nullable"] != true {
			return
		}
		if kind, ok := v["type"].(string); ok {
			v["type"] = []any{kind, "null"}
		}
		if values, ok := v["enum"].([]any); ok && !slices.Contains(values, nil) {
			v["enum"] = append(values, nil)
		}
	}
}

// find returns the pointer of an operation in the description.
func (c *contract) find(method, path string) string {
	elements := strings.Split(strings.TrimPrefix(path, "/"), "/")
	paths, _ := c.doc["paths"].(map[string]any)
	best, literal := "", -1
	for p, ops := range paths {
		want := strings.Split(strings.TrimPrefix(p, "/"), "/")
		fits, n := len(want) == len(elements), 0
		for k := 0; fits && k < len(want); k++ {
			switch {
			case want[k] == elements[k]:
				n++
			case !strings.HasPrefix(want[k], "{"):
				fits = false
			}
		}
		if m, _ := ops.(map[string]any); fits && n > literal && m[strings.ToLower(method)] != nil {
			best, literal = pointer("#", "paths", p, strings.ToLower(method)), n
		}
	}
	return best
}

func pointer(base string, elements ...string) string {
	for _, e := range elements {
		base += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(e)
	}
	return base
}

// at follows a pointer and the references on its way; the pointer that is
// returned leads there directly.
func (c *contract) at(p string) (any, string) {
	var v any = c.doc
	at := "#"
	for _, e := range strings.Split(p, "/")[1:] {
		m, _ := v.(map[string]any)
		v = m[strings.NewReplacer("~1", "/", "~0", "~").Replace(e)]
		at += "/" + e
		if m, _ := v.(map[string]any); m["$ref"] != nil {
			ref, _ := m["$ref"].(string)
			v, at = c.at(ref)
		}
	}
	return v, at
}

// check validates a body against the schema at a pointer.
func (c *contract) check(what, p string, body []byte) {
	c.t.Helper()
	if v, at := c.at(p); v != nil {
		schema, err := c.schemas.Compile("openapi.json" + at)
		must(c.t, err)
		x, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
		must(c.t, err)
		if err := schema.Validate(x); err != nil {
			c.t.Errorf("%s: %.900v", what, err)
		}
		return
	}
	if len(body) > 0 {
		c.t.Errorf("%s: a body that GitHub's description does not have: %.200s", what, body)
	}
}

func (c *contract) call(method, path, token, body string, want int) map[string]any {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(body))
	must(c.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := (&http.Transport{}).RoundTrip(req)
	must(c.t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	must(c.t, err)
	if resp.StatusCode != want {
		c.t.Errorf("%s %s = %d %s, want %d", method, path, resp.StatusCode, b, want)
		return nil
	}
	for _, h := range []string{"X-GitHub-Request-Id", "X-RateLimit-Remaining"} {
		if resp.Header.Get(h) == "" {
			c.t.Errorf("%s %s: no header %s", method, path, h)
		}
	}
	plain, _, _ := strings.Cut(path, "?")
	op := c.find(method, plain)
	if op == "" {
		c.t.Errorf("%s %s is not in GitHub's description", method, path)
		return nil
	}
	what := fmt.Sprintf("%s %s %d", method, path, want)
	if want < 400 && body != "" {
		c.check(what+": the request", pointer(op, "requestBody", "content", "application/json", "schema"), []byte(body))
	}
	// Failures that are common to all operations have no entry of their own.
	answer := pointer(op, "responses", fmt.Sprint(want))
	if v, _ := c.at(answer); v != nil || want < 300 {
		c.check(what+": the answer", pointer(answer, "content", "application/json", "schema"), b)
	} else {
		c.check(what+": the answer", "#/components/schemas/basic-error", b)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var m map[string]any
	if bytes.HasPrefix(b, []byte("[")) {
		c.last = nil
		must(c.t, d.Decode(&c.last))
	} else if len(b) > 0 {
		must(c.t, d.Decode(&m))
	}
	return m
}

func appToken(t *testing.T, key *rsa.PrivateKey, app int64) string {
	t.Helper()
	part := func(v any) string {
		b, err := json.Marshal(v)
		must(t, err)
		return base64.RawURLEncoding.EncodeToString(b)
	}
	now := time.Now()
	head := part(map[string]string{"alg": "RS256", "typ": "JWT"}) + "." +
		part(map[string]any{"iat": now.Add(-30 * time.Second).Unix(), "exp": now.Add(time.Minute).Unix(), "iss": fmt.Sprint(app)})
	sum := sha256.Sum256([]byte(head))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	must(t, err)
	return head + "." + base64.RawURLEncoding.EncodeToString(sig)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
