package githubsim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

func users() []githubsim.User {
	return []githubsim.User{
		{Login: "alice", ID: 1, Token: "a", Role: githubsim.Admin},
		{Login: "will", ID: 2, Token: "w", Role: githubsim.Write},
		{Login: "tess", ID: 3, Token: "t", Role: githubsim.Triage},
		{Login: "rita", ID: 4, Token: "r", Role: githubsim.Read},
		{Login: "otto", ID: 5, Token: "o"},
	}
}

type site struct {
	*githubsim.Server
	t   *testing.T
	url string
}

func open(t *testing.T, o githubsim.Options) *site {
	t.Helper()
	o.Owner, o.Repo, o.Users = "acme", "isms", users()
	s := &site{Server: githubsim.New(o), t: t}
	web := httptest.NewServer(s.Server)
	t.Cleanup(func() { web.Close(); s.Close() })
	s.url = web.URL
	return s
}

// call sends a request as curl would and decodes the answer.
func (s *site) call(method, path, token, body string) (int, map[string]any, http.Header) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	must(s.t, err)
	if token != "" {
		req.Header.Set("Authorization", "token "+token)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(s.t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	must(s.t, err)
	m := map[string]any{}
	if json.Unmarshal(b, &m) != nil {
		m["list"] = string(b)
	}
	return resp.StatusCode, m, resp.Header
}

func TestPermissions(t *testing.T) {
	s := open(t, githubsim.Options{})
	const issue = "/repos/acme/isms/issues/1"
	if _, err := s.As("rita").Open("one", "text", "bug"); err != nil {
		t.Fatal(err)
	}
	if got := s.Issue(1).Labels; len(got) != 0 {
		t.Errorf("labels of a reader = %v, want them dropped", got)
	}
	for _, x := range []struct {
		who, token, method, path, body string
		want                           int
	}{
		{"nobody", "", "GET", issue, "", 404},
		{"a stranger", "o", "GET", issue, "", 404},
		{"a wrong token", "x", "GET", issue, "", 401},
		{"the author", "r", "PATCH", issue, `{"title":"uno"}`, 200},
		{"triage", "t", "PATCH", issue, `{"labels":["bug"],"state":"closed"}`, 200},
		{"triage", "t", "POST", "/repos/acme/isms/labels", `{"name":"x","color":"ffffff"}`, 403},
		{"write", "w", "POST", "/repos/acme/isms/labels", `{"name":"x","color":"ffffff"}`, 201},
		{"write", "w", "GET", "/repos/acme/isms/hooks", "", 404},
		{"admin", "a", "GET", "/repos/acme/isms/hooks", "", 200},
		{"write", "w", "PATCH", "/repos/acme/isms", `{"archived":true}`, 403},
		{"admin", "a", "PATCH", "/repos/acme/isms", `{"archived":true}`, 200},
		{"admin", "a", "PATCH", issue, `{"title":"x"}`, 403},
		{"admin", "a", "PATCH", "/repos/acme/isms", `{"archived":false}`, 200},
		{"admin", "a", "PUT", issue, `{}`, 404},
	} {
		if got, m, _ := s.call(x.method, x.path, x.token, x.body); got != x.want {
			t.Errorf("%s: %s %s = %d %v, want %d", x.who, x.method, x.path, got, m, x.want)
		}
	}
	if got := s.Issue(1); got.Title != "uno" || got.State != "closed" || len(got.Labels) != 1 {
		t.Errorf("issue = %+v, want the changes of its author and of triage", got)
	}
}

func TestTruthNamesWhoDidWhat(t *testing.T) {
	s := open(t, githubsim.Options{})
	_, err := s.As("will").Open("one", "It broke.")
	must(t, err)
	s.call("PATCH", "/repos/acme/isms/issues/1", "a", `{"title":"uno","labels":["bug"],"state":"closed","state_reason":"not_planned"}`)
	s.call("PATCH", "/repos/acme/isms/issues/1", "a", `{"title":"uno"}`) // changes nothing
	_, err = s.As("will").Open("two", "", "bug")
	must(t, err)
	var got []string
	for _, c := range s.Truth().All() {
		got = append(got, fmt.Sprintf("%s %s %s %q %q", c.By, c.Issue, c.Field, c.From, c.To))
	}
	want := []string{
		`will acme/isms#1 created "" "one"`, `will acme/isms#1 body "" "It broke."`, `alice acme/isms#1 title "one" "uno"`, `alice acme/isms#1 label "" "bug"`,
		`alice acme/isms#1 state "open" "closed/not_planned"`, `will acme/isms#2 created "" "two"`, `will acme/isms#2 label "" "bug"`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("truth (-want +got):\n%s", d)
	}
	_, _, h := s.call("GET", "/repos/acme/isms/issues/1/events", "a", "")
	if h.Get("X-GitHub-Request-Id") == "" {
		t.Error("no request id")
	}
	_, m, _ := s.call("GET", "/_sim/log?since=4", "", "")
	if list, _ := m["list"].(string); !strings.Contains(list, "closed/not_planned") || strings.Contains(list, "uno") {
		t.Errorf("control log = %v, want the last changes alone", m)
	}
}

// A label that is deleted is gone from every issue, in listings that lag too, and leaves
// their times alone.
func TestDeletedLabel(t *testing.T) {
	s := open(t, githubsim.Options{ListLag: time.Hour})
	for _, title := range []string{"one", "two"} {
		_, err := s.As("alice").Open(title, "", "capa", "grade/minor")
		must(t, err)
	}
	before := s.Issue(1)
	if status, _, _ := s.call("DELETE", "/repos/acme/isms/labels/grade%2Fminor", "t", ""); status != http.StatusForbidden {
		t.Errorf("DELETE by somebody who may only triage = %d, want 403", status)
	}
	if status, _, _ := s.call("DELETE", "/repos/acme/isms/labels/grade%2Fminor", "w", ""); status != http.StatusNoContent {
		t.Errorf("DELETE = %d, want 204", status)
	}
	if status, _, _ := s.call("DELETE", "/repos/acme/isms/labels/grade%2Fminor", "w", ""); status != http.StatusNotFound {
		t.Errorf("DELETE once more = %d, want 404", status)
	}
	for _, is := range s.Issues() {
		if diff := cmp.Diff([]string{"capa"}, is.Labels); diff != "" {
			t.Errorf("labels of #%d (-want +got):\n%s", is.Number, diff)
		}
	}
	if after := s.Issue(1); !after.Updated.Equal(before.Updated) {
		t.Errorf("updated = %s, want %s", after.Updated, before.Updated)
	}
	if slices.Contains(s.LabelNames(), "grade/minor") {
		t.Errorf("labels of the repository = %q, want it gone", s.LabelNames())
	}
}

func TestListDefaults(t *testing.T) {
	s := open(t, githubsim.Options{})
	for k := range 35 {
		_, err := s.As("will").Open(fmt.Sprint(k+1), "")
		must(t, err)
		s.Clock().Advance(time.Second)
	}
	must(t, s.As("will").Close(35, ""))
	_, m, h := s.call("GET", "/repos/acme/isms/issues", "r", "")
	var rows []struct{ Number int }
	list, _ := m["list"].(string)
	must(t, json.Unmarshal([]byte(list), &rows))
	if len(rows) != 30 || rows[0].Number != 34 {
		t.Errorf("default listing = %d rows from #%d, want the 30 newest open ones from #34", len(rows), rows[0].Number)
	}
	if link := h.Get("Link"); !strings.Contains(link, `page=2>; rel="next"`) || !strings.Contains(link, s.url+"/repos/acme/isms/issues?") {
		t.Errorf("Link = %q", link)
	}
}

// GitHub never repeats a delivery by itself; people and clients may ask for it.
func TestRedelivery(t *testing.T) {
	var mu sync.Mutex
	var guids []string
	broken := true
	in := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		guids = append(guids, r.Header.Get("X-GitHub-Delivery"))
		if broken {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer in.Close()
	s := open(t, githubsim.Options{WebhookURL: in.URL, WebhookSecret: "s"})
	_, err := s.As("will").Open("one", "")
	must(t, err)
	must(t, s.Courier().Wait(t.Context()))
	mu.Lock()
	broken = false
	mu.Unlock()
	var hooks, deliveries []struct {
		ID         int64
		GUID       string
		Code       int `json:"status_code"`
		Redelivery bool
	}
	_, m, _ := s.call("GET", "/repos/acme/isms/hooks", "a", "")
	must(t, json.Unmarshal([]byte(m["list"].(string)), &hooks))
	at := fmt.Sprintf("/repos/acme/isms/hooks/%d/deliveries", hooks[0].ID)
	_, m, _ = s.call("GET", at, "a", "")
	must(t, json.Unmarshal([]byte(m["list"].(string)), &deliveries))
	if len(deliveries) != 1 || deliveries[0].Code != 503 || deliveries[0].Redelivery {
		t.Fatalf("deliveries = %+v, want one that failed", deliveries)
	}
	if code, _, _ := s.call("POST", fmt.Sprintf("%s/%d/attempts", at, deliveries[0].ID), "a", ""); code != 202 {
		t.Errorf("redelivery = %d, want 202", code)
	}
	must(t, s.Courier().Wait(t.Context()))
	_, m, _ = s.call("GET", at, "a", "")
	must(t, json.Unmarshal([]byte(m["list"].(string)), &deliveries))
	if len(deliveries) != 2 || deliveries[0].Code != 200 || !deliveries[0].Redelivery || deliveries[0].GUID != deliveries[1].GUID {
		t.Errorf("deliveries = %+v, want the second under the same GUID", deliveries)
	}
	if len(guids) != 2 || guids[0] != guids[1] {
		t.Errorf("received %v, want the same GUID twice", guids)
	}
}

func TestLoadRecorded(t *testing.T) {
	s := open(t, githubsim.Options{})
	f, err := os.Open("testdata/recorded_issues.csv")
	must(t, err)
	defer func() { _ = f.Close() }()
	n, err := s.LoadRecorded(f)
	must(t, err)
	if n != 11 {
		t.Errorf("LoadRecorded = %d, want 11: one row is there twice", n)
	}
	if got := s.Issue(5); got.ID != 346842831 || got.Author != "pathbox" || got.State != "closed" || got.Labels[0] != "question" {
		t.Errorf("issue 5 = %+v, want it as recorded", got)
	}
	if code, m, _ := s.call("GET", "/repos/acme/isms/issues/4", "r", ""); code != 200 || m["pull_request"] == nil {
		t.Errorf("issue 4 = %d %v, want a pull request", code, m["title"])
	}
	if code, _, _ := s.call("GET", "/repos/acme/isms/issues/7", "r", ""); code != 410 {
		t.Errorf("issue 7, which was not recorded = %d, want 410", code)
	}
	if _, err := s.LoadRecorded(strings.NewReader("a,b\n1,2\n")); err == nil {
		t.Error("LoadRecorded accepted a table without a data column")
	}
	must(t, s.As("will").Retitle(5, "edited"))
}

func TestControlPlaysTheWebPages(t *testing.T) {
	s := open(t, githubsim.Options{})
	s.AddRepo("platform")
	for range 2 {
		_, err := s.As("will").Open("x", "")
		must(t, err)
	}
	if code, m, _ := s.call("POST", "/_sim/transfer", "", `{"as":"alice","number":1,"to":"platform"}`); code != 200 || m["number"] != 1.0 {
		t.Errorf("transfer = %d %v", code, m)
	}
	if code, _, _ := s.call("POST", "/_sim/delete", "", `{"as":"will","number":2}`); code != 422 {
		t.Errorf("deletion without the right = %d, want 422", code)
	}
	if code, _, _ := s.call("POST", "/_sim/delete", "", `{"as":"alice","number":2}`); code != 200 {
		t.Errorf("deletion = %d, want 200", code)
	}
	if got := s.Issues(); len(got) != 0 {
		t.Errorf("%d issues left, want none", len(got))
	}
	code, _, h := s.call("PATCH", "/repos/acme/isms/issues/1", "a", `{"title":"y"}`)
	if code != 301 || !strings.Contains(h.Get("Location"), "/repositories/") {
		t.Errorf("write to a transferred issue = %d to %q, want 301 by repository id", code, h.Get("Location"))
	}
	code, m, _ := s.call("GET", strings.TrimPrefix(h.Get("Location"), s.url), "a", "")
	if code != 200 || m["title"] != "x" {
		t.Errorf("the new place = %d %v, want the issue unchanged", code, m["title"])
	}
}
