package github_test

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // what is to be refused
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/transport"
)

func sign(secret string, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

func delivered(event, secret string, body []byte) http.Header {
	h := http.Header{}
	h.Set("X-GitHub-Event", event)
	h.Set("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958")
	h.Set("X-Hub-Signature-256", sign(secret, body))
	return h
}

// receiver is a client of the repository that a payload is about.
func receiver(t *testing.T, full string, secrets ...transport.Secret) *github.Client {
	t.Helper()
	owner, repo, ok := strings.Cut(full, "/")
	if !ok {
		owner, repo = "acme", "isms"
	}
	c, err := github.New(github.Config{Owner: owner, Repo: repo, Auth: github.Auth{Token: "x"}, WebhookSecrets: secrets})
	must(t, err)
	return c
}

func TestHintsOfRecordedWebhooks(t *testing.T) {
	issue := []connectors.Ref{{ID: "444500041", Key: "Codertocat/Hello-World#1"}}
	want := map[string]connectors.Delivery{
		"issues.opened.1":         {Issues: issue},
		"issues.opened.4":         {Issues: issue},
		"issues.edited.1":         {Issues: issue},
		"issues.labeled.1":        {Issues: issue},
		"issues.unlabeled.1":      {Issues: issue},
		"issues.assigned.1":       {Issues: issue},
		"issues.reopened.1":       {Issues: issue},
		"issues.deleted.1":        {Issues: issue, Unselected: true}, // gone
		"issues.locked.1":         {Issues: issue},
		"issues.demilestoned.1":   {}, // a pull request
		"issue_comment.created.1": {Issues: issue, Comment: true},
		"issue_comment.edited.1":  {Issues: issue, Comment: true},
		"issue_comment.deleted.1": {Issues: issue, Comment: true},
		// The destination is told by this event alone.
		"issues.transferred.1": {Issues: []connectors.Ref{
			{ID: "512748900", Key: "octo-org/octo-repo#1"}, {ID: "444500041", Key: "Codertocat/Hello-World#1"},
		}, Unselected: true},
		"label.edited.1":                    {All: true},
		"label.deleted.1":                   {All: true},
		"repository.renamed.1":              {All: true},
		"repository.transferred.1":          {All: true},
		"repository.privatized.1":           {All: true},
		"ping.event.1":                      {},
		"ping.event.4":                      {},
		"milestone.closed.1":                {},
		"installation.created.1":            {},
		"installation_repositories.added.1": {},
	}
	files, err := filepath.Glob("testdata/webhooks/*.json")
	must(t, err)
	if len(files) != len(want) {
		t.Errorf("%d recorded webhooks, want %d", len(files), len(want))
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		body, err := os.ReadFile(f)
		must(t, err)
		var about struct {
			Repository struct {
				FullName string `json:"full_name"`
			}
		}
		must(t, json.Unmarshal(body, &about))
		event, _, _ := strings.Cut(name, ".")
		got, err := connectors.Hint(receiver(t, about.Repository.FullName, ourHook), delivered(event, ourHook, body), body)
		must(t, err)
		if !strings.HasPrefix(got.Event, event) || got.ID == "" {
			t.Errorf("%s: delivery %q of event %q, want its id and event", name, got.ID, got.Event)
		}
		w := want[name]
		w.ID, w.Event = got.ID, got.Event
		if d := cmp.Diff(w, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// An empty secret would accept a signature that anybody can make.
func TestEmptySecretIsRefused(t *testing.T) {
	_, err := github.New(github.Config{Owner: "a", Repo: "b", Auth: github.Auth{Token: "x"}, WebhookSecrets: []transport.Secret{""}})
	if err == nil {
		t.Error("New accepted an empty webhook secret")
	}
	body := []byte(`{}`)
	h := delivered("issues", "", body)
	_, err = connectors.Hint(receiver(t, "acme/isms"), h, body)
	kind(t, "Hint without any secret", err, connectors.Forged)
}

func TestForgedDeliveries(t *testing.T) {
	c := receiver(t, "acme/isms", "old-secret", ourHook)
	body := []byte(`{"action":"opened","issue":{"id":7,"number":3},"repository":{"id":1,"full_name":"acme/isms"}}`)
	sha1sum := hmac.New(sha1.New, []byte(ourHook))
	sha1sum.Write(body)
	good := sign(ourHook, body)
	for name, h := range map[string]map[string]string{
		"no signature":    {},
		"empty":           {"X-Hub-Signature-256": ""},
		"short":           {"X-Hub-Signature-256": good[:20]},
		"no algorithm":    {"X-Hub-Signature-256": strings.TrimPrefix(good, "sha256=")},
		"SHA-1 only":      {"X-Hub-Signature": "sha1=" + hex.EncodeToString(sha1sum.Sum(nil))},
		"another secret":  {"X-Hub-Signature-256": sign("guess", body)},
		"another body":    {"X-Hub-Signature-256": sign(ourHook, []byte(`{}`))},
		"wrong header":    {"X-Hub-Signature": good},
		"no hexadecimals": {"X-Hub-Signature-256": "sha256=" + strings.Repeat("z", 64)},
	} {
		head := http.Header{}
		head.Set("X-GitHub-Event", "issues")
		for k, v := range h {
			head.Set(k, v)
		}
		d, err := connectors.Hint(c, head, body)
		if connectors.KindOf(err) != connectors.Forged || len(d.Issues) > 0 {
			t.Errorf("%s: Hint = %+v, %v, want Forged and nothing else", name, d, err)
		}
	}
	for _, secret := range []string{"old-secret", ourHook} {
		if d, err := connectors.Hint(c, delivered("issues", secret, body), body); err != nil || len(d.Issues) != 1 {
			t.Errorf("a genuine delivery under %q = %+v, %v", secret, d, err)
		}
	}
}

func TestAuthenticDeliveriesOfAllShapes(t *testing.T) {
	c := receiver(t, "acme/isms", ourHook)
	for name, x := range map[string]struct {
		event, body string
		want        connectors.Kind
		issues      int
	}{
		"no JSON":            {"issues", `nonsense`, connectors.Malformed, 0},
		"no issue":           {"issues", `{"action":"opened","repository":{"id":1,"full_name":"acme/isms"}}`, connectors.Malformed, 0},
		"no event":           {"", `{}`, connectors.Malformed, 0},
		"unknown event":      {"sub_issues", `{"action":"sub_issue_added","repository":{"id":1,"full_name":"acme/isms"}}`, "", 0},
		"another repository": {"issues", `{"action":"opened","issue":{"id":7,"number":3},"repository":{"id":2,"full_name":"acme/other"}}`, "", 0},
		"unknown action":     {"issues", `{"action":"typed","issue":{"id":7,"number":3},"repository":{"id":1,"full_name":"ACME/isms"}}`, "", 1},
		"pull request":       {"issue_comment", `{"action":"created","issue":{"id":7,"number":3,"pull_request":{"url":"x"}},"repository":{"id":1,"full_name":"acme/isms"}}`, "", 0},
	} {
		d, err := connectors.Hint(c, delivered(x.event, ourHook, []byte(x.body)), []byte(x.body))
		if connectors.KindOf(err) != x.want || len(d.Issues) != x.issues {
			t.Errorf("%s: Hint = %+v, %v, want kind %q and %d issues", name, d, err, x.want, x.issues)
		}
	}
	// A webhook may be set up to send forms; the signature is over the form.
	form := []byte(url.Values{"payload": {`{"action":"opened","issue":{"id":7,"number":3},"repository":{"id":1,"full_name":"acme/isms"}}`}}.Encode())
	h := delivered("issues", ourHook, form)
	h.Set("Content-Type", "application/x-www-form-urlencoded")
	if d, err := connectors.Hint(c, h, form); err != nil || len(d.Issues) != 1 {
		t.Errorf("form: Hint = %+v, %v, want one issue", d, err)
	}
}

// What the simulator sends, the connector understands.
func TestHintsOfTheSimulator(t *testing.T) {
	type got struct {
		d   connectors.Delivery
		err error
	}
	deliveries := make(chan got, 100)
	var c *github.Client
	in := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d, err := connectors.Hint(c, r.Header, body)
		deliveries <- got{d, err}
		w.WriteHeader(http.StatusAccepted)
	}))
	defer in.Close()
	s := open(t, func(o *githubsim.Options, _ *github.Config) { o.WebhookURL, o.WebhookSecret = in.URL, ourHook })
	c = s.Client
	defer s.Close()
	s.file(t, "a", "b")
	bob := s.As("bob")
	must(t, bob.Retitle(1, "c"))
	must(t, bob.Label(1, "capa"))
	_, err := bob.Comment(1, "x")
	must(t, err)
	must(t, bob.Close(1, "completed"))
	n, err := s.As("alice").Transfer(1, "platform")
	must(t, err)
	must(t, s.Courier().Wait(t.Context()))
	close(deliveries)
	var events []string
	ids := map[string]bool{}
	for g := range deliveries {
		must(t, g.err)
		events = append(events, g.d.Event)
		ids[g.d.ID] = true
		if g.d.Event == "issues.transferred" && g.d.Issues[1].Key != "acme/platform#"+itoa(int64(n)) {
			t.Errorf("transferred = %+v, want the destination", g.d)
		}
		if g.d.Comment != (g.d.Event == "issue_comment.created") {
			t.Errorf("%s: comment = %v", g.d.Event, g.d.Comment)
		}
	}
	want := []string{"issues.opened", "issues.edited", "label.created", "issues.labeled", "issue_comment.created", "issues.closed", "issues.transferred"}
	if d := cmp.Diff(want, events); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	if len(ids) != len(want) {
		t.Errorf("%d delivery ids for %d deliveries", len(ids), len(want))
	}
}

// What a payload proves to be unrelated need not be read; what it leaves open must be.
func TestPayloadsOfUnselectedIssues(t *testing.T) {
	c, err := github.New(github.Config{
		Owner: "acme", Repo: "isms", Auth: github.Auth{Token: "x"}, Labels: []string{"capa", "ISMS"}, WebhookSecrets: []transport.Secret{ourHook},
	})
	must(t, err)
	for name, x := range map[string]struct {
		event, action, issue string
		want                 bool
	}{
		"all labels":           {"issues", "opened", `"labels":[{"name":"Capa"},{"name":"isms"},{"name":"x"}]`, false},
		"one of the labels":    {"issues", "opened", `"labels":[{"name":"capa"}]`, true},
		"no label":             {"issues", "edited", `"labels":[]`, true},
		"labels are not shown": {"issues", "edited", `"title":"x"`, false},
		"a comment elsewhere":  {"issue_comment", "created", `"labels":[{"name":"bug"}]`, true},
		"a comment here":       {"issue_comment", "created", `"labels":[{"name":"isms"},{"name":"capa"}]`, false},
		"moved away":           {"issues", "transferred", `"labels":[{"name":"isms"},{"name":"capa"}]`, true},
		"deleted":              {"issues", "deleted", `"labels":[{"name":"isms"},{"name":"capa"}]`, true},
	} {
		body := []byte(`{"action":"` + x.action + `","issue":{"id":7,"number":3,` + x.issue + `},"repository":{"id":1,"full_name":"acme/isms"}}`)
		d, err := connectors.Hint(c, delivered(x.event, ourHook, body), body)
		if err != nil || len(d.Issues) != 1 || d.Unselected != x.want {
			t.Errorf("%s: Hint = %+v, %v, want one issue and Unselected %t", name, d, err, x.want)
		}
	}
}
