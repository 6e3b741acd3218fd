package jira_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/transport"
)

// FuzzHint: a body that nobody signed is believed of nobody; a signed one gives
// hints about what it names and nothing else, or is Malformed.
func FuzzHint(f *testing.F) {
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		body, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "sha256=00")
	}
	for _, body := range []string{
		`{"issue":{"id":"1"}}`, `null`, `{"issue":{"id":"1e5","key":"ISMS-1"}}`, `{"issue":{"id":-1}}`, `{"issue":{"key":"ISMS-1"}}`,
		`{"webhookEvent":"issuelink_created","issueLink":{"sourceIssueId":1,"destinationIssueId":2}}`, `{"webhookEvent":"worklog_created","worklog":{"issueId":"3"}}`,
		`{"comment":{"self":"https://acme.example/rest/api/2/issue/10/comment/2"}}`,
	} {
		f.Add([]byte(body), sign([]byte(body)))
	}
	c, err := jira.New(jira.Config{BaseURL: "http://127.0.0.1:1", Project: "P", WebhookSecrets: []transport.Secret{"hook-secret"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		h := http.Header{}
		h.Set("X-Hub-Signature", signature)
		if d, err := connectors.Hint(c, h, body); !strings.EqualFold(signature, sign(body)) &&
			(connectors.KindOf(err) != connectors.Forged || d.Event != "" || len(d.Issues) > 0 || d.All) {
			t.Errorf("Hint = %+v, %v of %q signed %q, want Forged alone", d, err, body, signature)
		}
		h.Set("X-Hub-Signature", sign(body))
		d, err := connectors.Hint(c, h, body)
		if err != nil && (connectors.KindOf(err) != connectors.Malformed || len(d.Issues) > 0) {
			t.Errorf("Hint = %+v, %v of an authentic body, want none or Malformed alone", d, err)
		}
		said := map[string]bool{}
		var doc any
		dec := json.NewDecoder(strings.NewReader(string(body)))
		dec.UseNumber()
		if dec.Decode(&doc) == nil {
			words(doc, said)
		}
		named := map[string]bool{}
		for _, r := range d.Issues {
			if r.ID != "" && !digits.MatchString(r.ID) || r.ID == "" && r.Key == "" || r.ID != "" && named[r.ID] {
				t.Errorf("Hint of %q names %+v, want an id or a key, once", body, r)
			}
			if r.ID != "" && !said[r.ID] || r.Key != "" && !said[r.Key] {
				t.Errorf("Hint of %q names %+v, which is not in it", body, r)
			}
			named[r.ID] = true
		}
	})
}

// words collects the numbers and texts of a document, and the issues that the
// addresses of its comments lead to.
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
		for part := range strings.SplitSeq(x, "/") {
			into[part] = true
		}
	}
}
