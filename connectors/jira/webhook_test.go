package jira_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/transport"
)

func hint(t *testing.T, c *jira.Client, body []byte) (connectors.Delivery, error) {
	t.Helper()
	h := http.Header{}
	h.Set("X-Hub-Signature", sign(body))
	return connectors.Hint(c, h, body)
}

// Captured deliveries of real servers lead to the issue they speak of.
func TestCapturedWebhooks(t *testing.T) {
	c := open(t, jirasim.Options{}, nil).client
	issues := map[string]connectors.Ref{
		"webhook-cloud-comment-created":            {ID: "10040", Key: "TES-41"},
		"webhook-cloud-issue-updated-custom-field": {ID: "10368", Key: "TES-14"},
		"webhook-server-comment-created":           {ID: "10013"}, // from comment.self
	}
	files, err := filepath.Glob("testdata/webhooks/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("captures = %v, %v", files, err)
	}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		got, err := hint(t, c, body)
		if err != nil {
			t.Errorf("%s: Hint = %v", name, err)
			continue
		}
		if name == "example_anomalous_payload" {
			if len(got.Issues) != 0 || got.All {
				t.Errorf("%s: %+v, want a harmless nothing", name, got)
			}
			continue
		}
		if len(got.Issues) != 1 || got.Issues[0].ID == "" || got.Event == "" {
			t.Errorf("%s: %+v, want one issue with its id and an event", name, got)
		} else if want := issues[name]; want != (connectors.Ref{}) && got.Issues[0] != want {
			t.Errorf("%s: issue = %+v, want %+v", name, got.Issues[0], want)
		}
		if want := strings.Contains(name, "comment"); got.Comment != want {
			t.Errorf("%s: Comment = %t, want %t", name, got.Comment, want)
		}
	}
}

// Old servers do not say what kind of update it is.
func TestWebhooksWithoutAKind(t *testing.T) {
	c := open(t, jirasim.Options{}, nil).client
	for body, want := range map[string]bool{
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1"},"comment":{"self":"https://x/rest/api/2/issue/1/comment/2"}}`:     true,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1"},"changelog":{"items":[{"field":"Comment","fromString":"gone"}]}}`: true,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1"},"changelog":{"items":[{"field":"summary"}]}}`:                     false,
	} {
		if got, err := hint(t, c, []byte(body)); err != nil || got.Comment != want || len(got.Issues) != 1 {
			t.Errorf("Hint(%s) = %+v, %v, want Comment %t", body, got, err, want)
		}
	}
}

// Trap: the header is X-Hub-Signature, without the -256 that GitHub has, and
// holds a SHA-256 all the same (trackers.md 5).
func TestWebhookHeaderNameWithout256(t *testing.T) {
	c := open(t, jirasim.Options{}, nil).client
	body := []byte(`{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"ISMS-1"}}`)
	for _, x := range []struct {
		name, header, value string
		want                connectors.Kind
	}{
		{"right", "X-Hub-Signature", sign(body), ""},
		{"GitHub's name", "X-Hub-Signature-256", sign(body), connectors.Forged},
		{"none", "", "", connectors.Forged},
		{"SHA-1", "X-Hub-Signature", "sha1=" + strings.TrimPrefix(sign(body), "sha256=")[:40], connectors.Forged},
		{"other body", "X-Hub-Signature", sign([]byte("{}")), connectors.Forged},
		{"no digits", "X-Hub-Signature", "sha256=zz", connectors.Forged},
		{"cut", "X-Hub-Signature", sign(body)[:20], connectors.Forged},
	} {
		h := http.Header{}
		if x.header != "" {
			h.Set(x.header, x.value)
		}
		if _, err := connectors.Hint(c, h, body); connectors.KindOf(err) != x.want {
			t.Errorf("%s: Hint = %v, want kind %q", x.name, err, x.want)
		}
	}
}

// An empty secret signs nothing, an old and a new one may be valid together.
func TestWebhookSecrets(t *testing.T) {
	body := []byte(`{}`)
	h := http.Header{}
	h.Set("X-Hub-Signature", sign(body))
	for _, x := range []struct {
		secrets []transport.Secret
		want    connectors.Kind
	}{
		{nil, connectors.Forged},
		{[]transport.Secret{""}, connectors.Forged},
		{[]transport.Secret{"new", "hook-secret"}, ""},
		{[]transport.Secret{"hook-secret", "new"}, ""},
		{[]transport.Secret{"other"}, connectors.Forged},
	} {
		c := open(t, jirasim.Options{}, func(c *jira.Config) { c.WebhookSecrets = x.secrets }).client
		if _, err := connectors.Hint(c, h, body); connectors.KindOf(err) != x.want {
			t.Errorf("with %d secrets: Hint = %v, want kind %q", len(x.secrets), err, x.want)
		}
	}
	// HMAC with the empty key is a valid signature only for who has no secret.
	c := open(t, jirasim.Options{}, func(c *jira.Config) { c.WebhookSecrets = []transport.Secret{""} }).client
	h.Set("X-Hub-Signature", "sha256=b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad") // of "" with key ""
	if _, err := connectors.Hint(c, h, nil); connectors.KindOf(err) != connectors.Forged {
		t.Errorf("Hint signed with an empty secret = %v, want %v", err, connectors.Forged)
	}
}

// What the simulator sends has the shapes of the captures, and the connector
// understands it.
func TestSimulatedWebhooks(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		var mu sync.Mutex
		var got []string
		down := 1
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			body, err := io.ReadAll(q.Body)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if down > 0 && r.cloud() { // Cloud repeats what fails, Data Center does not
				down--
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			d, err := connectors.Hint(r.client, q.Header, body)
			if err != nil || d.ID == "" || len(d.Issues) != 1 {
				t.Errorf("Hint = %+v, %v, want an id and one issue", d, err)
				return
			}
			got = append(got, d.Event+" "+d.Issues[0].ID)
		}))
		defer receiver.Close()
		r.sim.AddWebhook(receiver.URL, "hook-secret")
		ref := r.file(t, "heard of", nil)
		id, err := r.sim.Person("erik").Comment(ref.ID, "hello")
		must(t, err)
		must(t, r.sim.Person("erik").EditComment(ref.ID, id, "hello again"))
		must(t, r.sim.Person("erik").Move(ref.ID, "Accept into register", nil))
		must(t, r.sim.Person("erik").Delete(ref.ID))
		must(t, r.sim.Courier().Wait(t.Context()))
		want := []string{"jira:issue_created", "comment_created", "comment_updated", "jira:issue_updated", "jira:issue_deleted"}
		if !r.cloud() {
			want = []string{"jira:issue_created", "jira:issue_updated", "comment_created", "jira:issue_updated", "comment_updated", "jira:issue_updated", "jira:issue_deleted"}
		}
		for i := range want {
			want[i] += " " + ref.ID
		}
		mu.Lock()
		defer mu.Unlock()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("deliveries (-want +got):\n%s", diff)
		}
	})
}

// The simulated deliveries have the members of captured ones.
func TestSimulatedWebhooksLookLikeCaptures(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		var mu sync.Mutex
		sent := map[string]map[string]any{}
		receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
			var m map[string]any
			if err := json.NewDecoder(q.Body).Decode(&m); err != nil {
				t.Error(err)
				return
			}
			name, _ := m["webhookEvent"].(string)
			kind, _ := m["issue_event_type_name"].(string)
			mu.Lock()
			defer mu.Unlock()
			sent[name] = m
			sent[name+" "+kind] = m
		}))
		defer receiver.Close()
		r.sim.AddWebhook(receiver.URL, "")
		ref := r.file(t, "heard of", nil)
		_, err := r.sim.Person("erik").Comment(ref.ID, "hello")
		must(t, err)
		must(t, r.sim.Person("erik").Edit(ref.ID, map[string]any{"Root cause": "x"}))
		must(t, r.sim.Person("erik").Delete(ref.ID))
		must(t, r.sim.Courier().Wait(t.Context()))
		mu.Lock()
		defer mu.Unlock()
		captures := map[string]string{
			"comment_created": "comment_created_with_account_mention", "jira:issue_updated issue_updated": "webhook-cloud-issue-updated-custom-field",
			"jira:issue_deleted": "webhook-issue-deleted",
		}
		if !r.cloud() {
			captures = map[string]string{
				"comment_created": "webhook-server-comment-created", "jira:issue_updated issue_commented": "webhook-server-issue-updated-commented-2",
			}
		}
		for event, file := range captures {
			raw, err := os.ReadFile("testdata/webhooks/" + file + ".json")
			must(t, err)
			var captured map[string]any
			must(t, json.Unmarshal(raw, &captured))
			if diff := cmp.Diff(slices.Sorted(maps.Keys(captured)), slices.Sorted(maps.Keys(sent[event]))); diff != "" {
				t.Errorf("%s: members (-captured +sent):\n%s", event, diff)
			}
			for _, part := range []string{"comment", "changelog"} {
				c, _ := captured[part].(map[string]any)
				s, _ := sent[event][part].(map[string]any)
				if diff := cmp.Diff(slices.Sorted(maps.Keys(c)), slices.Sorted(maps.Keys(s))); diff != "" {
					t.Errorf("%s: members of %s (-captured +sent):\n%s", event, part, diff)
				}
			}
		}
	})
}

// What a payload proves to be unrelated need not be read; what it leaves open must be.
func TestPayloadsOfUnselectedIssues(t *testing.T) {
	c := open(t, jirasim.Options{}, func(c *jira.Config) { c.IssueTypes = []string{"Nonconformity"} }).client
	for body, want := range map[string]bool{
		`{"webhookEvent":"jira:issue_created","issue":{"id":"1","key":"ISMS-1","fields":{"project":{"key":"ISMS"},"issuetype":{"name":"nonconformity"}}}}`: false,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"ISMS-1","fields":{"project":{"key":"ISMS"},"issuetype":{"name":"Story"}}}}`:         true,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"TEAM-1","fields":{"project":{"key":"TEAM"},"issuetype":{"name":"Nonconformity"}}}}`: true,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"ISMS-1"}}`:                                                                          false,
		`{"webhookEvent":"jira:issue_updated","issue":{"id":"1","key":"ISMS-1","fields":{"project":{"key":"ISMS"}}}}`:                                      false,
		`{"webhookEvent":"jira:issue_deleted","issue":{"id":"1","key":"ISMS-1","fields":{"project":{"key":"ISMS"}}}}`:                                      true,
		`{"webhookEvent":"comment_created","comment":{"self":"https://x/rest/api/2/issue/1/comment/2"}}`:                                                   false,
		`{"webhookEvent":"issuelink_created","issueLink":{"sourceIssueId":1,"destinationIssueId":2}}`:                                                      false,
	} {
		if d, err := hint(t, c, []byte(body)); err != nil || len(d.Issues) == 0 || d.Unselected != want {
			t.Errorf("Hint(%s) = %+v, %v, want Unselected %t", body, d, err, want)
		}
	}
}
