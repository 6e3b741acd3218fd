package github_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/transport"
)

// FuzzHint: a body that nobody signed is believed of nobody; a signed one gives
// hints about what it names and nothing else, or is Malformed.
func FuzzHint(f *testing.F) {
	files, err := filepath.Glob("testdata/webhooks/*.json")
	must(f, err)
	for _, name := range files {
		body, err := os.ReadFile(name)
		must(f, err)
		event, _, _ := strings.Cut(filepath.Base(name), ".")
		f.Add(event, "sha256=00", body, false)
	}
	own := `"repository":{"id":1,"full_name":"Codertocat/Hello-World"}}`
	for _, body := range []string{
		`{"action":"opened","issue":{"id":7,"number":3},` + own, `{"action":"opened","issue":{"number":3},` + own, `{"issue":{"id":-7,"number":-3},` + own,
		`{"action":"transferred","issue":{"id":7,"number":3},"changes":{"new_issue":{"number":4}},` + own, `{` + own, `null`, `[]`,
	} {
		f.Add("issues", "", []byte(body), false)
		f.Add("issue_comment", sign(ourHook, []byte(body)), []byte("payload="+url.QueryEscape(body)), true)
	}
	c, err := github.New(github.Config{Owner: "Codertocat", Repo: "Hello-World", Auth: github.Auth{Token: "x"}, WebhookSecrets: []transport.Secret{ourHook}})
	must(f, err)
	f.Fuzz(func(t *testing.T, event, signature string, body []byte, form bool) {
		h := http.Header{}
		h.Set("X-GitHub-Event", event)
		h.Set("X-Hub-Signature-256", signature)
		if form {
			h.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		if d, err := connectors.Hint(c, h, body); !strings.EqualFold(signature, sign(ourHook, body)) &&
			(connectors.KindOf(err) != connectors.Forged || d.ID != "" || d.Event != "" || len(d.Issues) > 0 || d.All) {
			t.Errorf("Hint = %+v, %v of %q signed %q, want Forged alone", d, err, body, signature)
		}
		h.Set("X-Hub-Signature-256", sign(ourHook, body))
		d, err := connectors.Hint(c, h, body)
		if err != nil && (connectors.KindOf(err) != connectors.Malformed || len(d.Issues) > 0) {
			t.Errorf("Hint = %+v, %v of an authentic body, want none or Malformed alone", d, err)
		}
		if form {
			v, _ := url.ParseQuery(string(body))
			body = []byte(v.Get("payload"))
		}
		said := map[string]bool{}
		var doc any
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.UseNumber()
		if dec.Decode(&doc) == nil {
			words(doc, said)
		}
		for _, r := range d.Issues {
			repo, number, _ := strings.Cut(r.Key, "#")
			if !positive.MatchString(r.ID) || !said[r.ID] || r.Key != "" && (!said[repo] || !said[number]) {
				t.Errorf("Hint of %q names %+v, which is not in it", body, r)
			}
		}
	})
}

// words collects the numbers and texts of a document.
func words(doc any, into map[string]bool) {
	switch x := doc.(type) {
	case map[string]any:
		for _, v := range x {
			words(v, into)
		}
	case []any:
		for _, v := range x {
			words(v, into)
		}
	case json.Number:
		into[x.String()] = true
	case string:
		into[x] = true
	}
}
