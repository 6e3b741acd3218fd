package jirasim_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
)

// A person with curl.
type curl struct {
	t     *testing.T
	url   string
	login string
	token string
}

func start(t *testing.T, o jirasim.Options) (*jirasim.Server, curl) {
	t.Helper()
	s := jirasim.New(o)
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		server.Close()
		s.Close()
	})
	c := curl{t: t, url: server.URL, login: "erik@example.com", token: "erik-token"}
	if o.Deployment == jirasim.DataCenter {
		c.login = "erik"
	}
	return s, c
}

func (c curl) do(method, path string, body any) (answer, map[string]any) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, bytes.NewReader(raw))
	if err != nil {
		c.t.Fatal(err)
	}
	req.SetBasicAuth(c.login, c.token)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	m := map[string]any{}
	if raw, err = io.ReadAll(resp.Body); err != nil {
		c.t.Fatal(err)
	}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &m); err != nil {
			c.t.Fatal(err)
		}
	}
	return answer{resp.StatusCode, resp.Header}, m
}

// An answer is what came back beside the body.
type answer struct {
	StatusCode int
	Header     http.Header
}

func (c curl) status(method, path string, body any) int {
	c.t.Helper()
	resp, _ := c.do(method, path, body)
	return resp.StatusCode
}

// find returns the keys that a search finds, and the status of the answer.
func (c curl) find(jql string) ([]string, int) {
	c.t.Helper()
	resp, m := c.do("GET", "/rest/api/2/search/jql?fields=summary&jql="+url.QueryEscape(jql), nil)
	var keys []string
	list, _ := m["issues"].([]any)
	for _, x := range list {
		is, _ := x.(map[string]any)
		key, _ := is["key"].(string)
		keys = append(keys, key)
	}
	return keys, resp.StatusCode
}

func file(t *testing.T, s *jirasim.Server, who, kind string, fields map[string]any) (id, key string) {
	t.Helper()
	id, key, err := s.Person(who).File(kind, "summary", fields)
	if err != nil {
		t.Fatal(err)
	}
	return id, key
}

func TestJQL(t *testing.T) {
	clock := simkit.NewClock(time.Date(2026, 11, 24, 12, 0, 30, 0, time.UTC))
	s, c := start(t, jirasim.Options{Clock: clock})
	file(t, s, "erik", "Nonconformity", map[string]any{"labels": []string{"x"}})
	clock.Advance(time.Hour)
	id2, _ := file(t, s, "olga", "Preventive case", map[string]any{"labels": []string{"x", "y"}})
	ms := clock.Now().Add(-time.Minute).UnixMilli()
	for jql, want := range map[string][]string{
		`project = ISMS ORDER BY created`:                             {"ISMS-1", "ISMS-2"},
		`project = "isms" order by created desc`:                      {"ISMS-2", "ISMS-1"},
		`issuetype in (Nonconformity, "Preventive case") ORDER BY id`: {"ISMS-1", "ISMS-2"},
		`labels = y`:                    {"ISMS-2"},
		`labels in (x) AND labels != y`: {"ISMS-1"},
		`(labels = y OR reporter = currentUser()) AND project = ISMS ORDER BY id`: {"ISMS-1", "ISMS-2"},
		`creator = currentUser()`:                   {"ISMS-1"},
		`status = Reported AND NOT labels = y`:      {"ISMS-1"},
		`id in (` + id2 + `)`:                       {"ISMS-2"},
		`updated >= ` + jsonInt(ms):                 {"ISMS-2"},
		`created < ` + jsonInt(ms):                  {"ISMS-1"},
		`updated >= "2026-11-24 14:00"`:             {"ISMS-2"}, // Berlin: 13:00 UTC
		`updated >= "2026-11-24 13:00" ORDER BY id`: {"ISMS-1", "ISMS-2"},
		`assignee is EMPTY ORDER BY id`:             {"ISMS-1", "ISMS-2"},
		`labels = "a\"b\\c"`:                        nil,
	} {
		got, status := c.find(jql)
		if status != http.StatusOK || !cmp.Equal(got, want) {
			t.Errorf("%s = %v (%d), want %v", jql, got, status, want)
		}
	}
	for _, jql := range []string{
		``, `order by created`, `project = NONE`, `status = "No such status"`, `foo = bar`, `project ~ ISMS`, `project = ISMS AND`,
		`(project = ISMS`, `labels = "open`, `updated >= "yesterday"`, `project = ISMS; drop`, `labels = now()`, `project = ISMS ORDER BY summary`, `labels = "\q"`,
	} {
		if _, status := c.find(jql); status != http.StatusBadRequest {
			t.Errorf("%q = %d, want 400", jql, status)
		}
	}
}

func jsonInt(n int64) string {
	raw, _ := json.Marshal(n)
	return string(raw)
}

// Search is behind the truth; reading by id is not, and reconcileIssues is not.
func TestTheIndexLags(t *testing.T) {
	clock := simkit.NewClock(time.Time{})
	s, c := start(t, jirasim.Options{Clock: clock, IndexLag: time.Minute})
	id, key := file(t, s, "erik", "Nonconformity", nil)
	if got, _ := c.find("project = ISMS"); got != nil {
		t.Errorf("found %v at once, want nothing", got)
	}
	if got := c.status("GET", "/rest/api/2/issue/"+key, nil); got != http.StatusOK {
		t.Errorf("GET = %d, want 200", got)
	}
	_, m := c.do("POST", "/rest/api/2/search/jql", map[string]any{"jql": "project = ISMS", "reconcileIssues": []json.Number{json.Number(id)}})
	if list, _ := m["issues"].([]any); len(list) != 1 {
		t.Errorf("reconciled search found %d, want 1", len(list))
	}
	clock.Advance(time.Minute)
	if got, _ := c.find("project = ISMS"); len(got) != 1 {
		t.Errorf("found %v after the lag, want the issue", got)
	}
	if err := s.Person("admin").Delete(key); err != nil {
		t.Fatal(err)
	}
	if got, _ := c.find("project = ISMS"); len(got) != 1 {
		t.Errorf("found %v after the deletion, want the stale entry", got)
	}
	if got := c.status("GET", "/rest/api/2/issue/"+id, nil); got != http.StatusNotFound {
		t.Errorf("GET of a deleted issue = %d, want 404", got)
	}
	clock.Advance(time.Minute)
	if got, _ := c.find("project = ISMS"); got != nil {
		t.Errorf("found %v, want nothing", got)
	}
}

// Each kind of Jira lacks the other's search.
func TestSearchesOfTheOtherKindAreGone(t *testing.T) {
	_, cloud := start(t, jirasim.Options{})
	if got := cloud.status("GET", "/rest/api/2/search?jql=project=ISMS", nil); got != http.StatusGone {
		t.Errorf("old search on Cloud = %d, want 410", got)
	}
	_, dc := start(t, jirasim.Options{Deployment: jirasim.DataCenter})
	for _, path := range []string{"/rest/api/2/search/jql?jql=project=ISMS", "/rest/api/2/issue/1/changelog"} {
		if got := dc.status("GET", path, nil); got != http.StatusNotFound {
			t.Errorf("%s on Data Center = %d, want 404", path, got)
		}
	}
	if got := cloud.status("POST", "/rest/api/2/search/jql", map[string]any{"jql": "project = ISMS", "startAt": 0}); got != http.StatusBadRequest {
		t.Errorf("startAt on Cloud = %d, want 400", got)
	}
}

// The life of a nonconformity, with everybody's rights.
func TestWorkflow(t *testing.T) {
	s, c := start(t, jirasim.Options{})
	id, key := file(t, s, "erik", "Nonconformity", map[string]any{"assignee": "rita"})
	refused := func(who, transition string, fields map[string]any) {
		t.Helper()
		if err := s.Person(who).Move(key, transition, fields); err == nil {
			t.Errorf("%s may %q, want it refused", who, transition)
		}
	}
	move := func(who, transition string, fields map[string]any) {
		t.Helper()
		if err := s.Person(who).Move(key, transition, fields); err != nil {
			t.Fatal(err)
		}
	}
	refused("erik", "Approve plan", nil) // not from here
	move("erik", "Accept into register", map[string]any{"NC grade": "Minor"})
	move("erik", "Plan actions", nil)
	refused("erik", "Submit plan", nil) // the validator wants a cause
	move("erik", "Submit plan", map[string]any{"Root cause": "x", "Cause category": "Process", "Effectiveness criteria": "y"})
	refused("erik", "Approve plan", nil) // not a manager
	move("irene", "Approve plan", nil)
	move("erik", "Request closure", nil)
	refused("rita", "Confirm effective", nil) // reviewer, but the assignee
	if err := s.Person("erik").Edit(key, map[string]any{"assignee": "erik"}); err != nil {
		t.Fatal(err)
	}
	refused("erik", "Confirm effective", nil) // no reviewer
	move("rita", "Confirm effective", nil)
	if got, _ := s.Snapshot(id); got.Status != "Closed" || got.Resolution != "Effective" {
		t.Errorf("closed as %s, %s, want Closed, Effective", got.Status, got.Resolution)
	}
	move("olga", "Reopen", nil)
	if got, _ := s.Snapshot(id); got.Status != "Analysis" || got.Resolution != "" {
		t.Errorf("reopened as %s, %q, want Analysis without a resolution", got.Status, got.Resolution)
	}
	refused("irene", "Reject", nil) // the resolution is required
	// A status in an edit is ignored without a word.
	if got := c.status("PUT", "/rest/api/2/issue/"+key, map[string]any{"fields": map[string]any{"status": map[string]any{"name": "Closed"}}}); got != http.StatusNoContent {
		t.Errorf("PUT of a status = %d, want 204", got)
	}
	if got, _ := s.Snapshot(id); got.Status != "Analysis" {
		t.Errorf("status = %s after an edit, want Analysis still", got.Status)
	}
	s.Deny("erik", "TRANSITION_ISSUES")
	if _, m := c.do("GET", "/rest/api/2/issue/"+key+"/transitions", nil); len(m["transitions"].([]any)) != 0 {
		t.Errorf("transitions = %v without the permission, want none", m["transitions"])
	}
	var by []string
	for _, x := range s.Truth().All() {
		if x.Field == "status" {
			by = append(by, x.By+" "+x.To)
		}
	}
	want := []string{"erik Analysis", "erik Action plan", "erik Plan approval", "irene Implementing", "erik Effectiveness check", "rita Closed", "olga Analysis"}
	if diff := cmp.Diff(want, by); diff != "" {
		t.Errorf("ground truth (-want +got):\n%s", diff)
	}
}

func TestPermissions(t *testing.T) {
	s, c := start(t, jirasim.Options{})
	_, key := file(t, s, "olga", "Nonconformity", nil)
	issue := "/rest/api/2/issue/" + key
	s.Deny("erik", "EDIT_ISSUES", "ADD_COMMENTS")
	if got := c.status("PUT", issue, map[string]any{"fields": map[string]any{"summary": "x"}}); got != http.StatusForbidden {
		t.Errorf("edit = %d, want 403", got)
	}
	if got := c.status("POST", issue+"/comment", map[string]any{"body": "x"}); got != http.StatusForbidden {
		t.Errorf("comment = %d, want 403", got)
	}
	s.Deny("erik", "BROWSE_PROJECTS")
	for _, path := range []string{issue, "/rest/api/2/project/ISMS"} {
		if got := c.status("GET", path, nil); got != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, got)
		}
	}
	s.Allow("erik")
	if err := s.Hide(key, "erik", false); err != nil {
		t.Fatal(err)
	}
	if got := c.status("GET", issue, nil); got != http.StatusNotFound {
		t.Errorf("hidden issue = %d, want 404", got)
	}
	c.token = "wrong"
	if got := c.status("GET", "/rest/api/2/myself", nil); got != http.StatusUnauthorized {
		t.Errorf("wrong token = %d, want 401", got)
	}
}

func TestLimits(t *testing.T) {
	clock := simkit.NewClock(time.Time{})
	s, c := start(t, jirasim.Options{Clock: clock, Limits: jirasim.Limits{PerIssue: 2, PerHour: 9}})
	_, key := file(t, s, "erik", "Nonconformity", nil)
	for i, want := range []int{201, 201, 429} {
		resp, _ := c.do("POST", "/rest/api/2/issue/"+key+"/comment", map[string]any{"body": "x"})
		if resp.StatusCode != want {
			t.Fatalf("comment %d = %d, want %d", i, resp.StatusCode, want)
		}
		if want == 429 && (resp.Header.Get("RateLimit-Reason") != "jira-per-issue-on-write" || resp.Header.Get("Retry-After") == "") {
			t.Errorf("header = %v, want the reason and when to come back", resp.Header)
		}
	}
	clock.Advance(3 * time.Second)
	if got := c.status("POST", "/rest/api/2/issue/"+key+"/comment", map[string]any{"body": "x"}); got != 201 {
		t.Errorf("comment after two seconds = %d, want 201", got)
	}
	var last answer
	for range 10 {
		last, _ = c.do("GET", "/rest/api/2/myself", nil)
	}
	if last.StatusCode != 429 || last.Header.Get("RateLimit-Reason") != "jira-quota-tenant-based" {
		t.Errorf("after the quota = %d %q, want 429 and the quota", last.StatusCode, last.Header.Get("RateLimit-Reason"))
	}
}

// A moved issue keeps its id, and its old key still leads there.
func TestMove(t *testing.T) {
	s, c := start(t, jirasim.Options{})
	s.AddProject("OPS", "")
	id, key := file(t, s, "erik", "Nonconformity", nil)
	if err := s.MoveProject(key, "OPS", "admin"); err != nil {
		t.Fatal(err)
	}
	_, m := c.do("GET", "/rest/api/2/issue/"+key, nil)
	if m["id"] != id || m["key"] != "OPS-1" {
		t.Errorf("old key leads to %v %v, want %s OPS-1", m["id"], m["key"], id)
	}
}

func TestLoadRecorded(t *testing.T) {
	f, err := os.Open("testdata/recorded_issues.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	s, c := start(t, jirasim.Options{})
	if n, err := s.LoadRecorded(f); n != 5 || err != nil {
		t.Fatalf("LoadRecorded = %d, %v, want 5", n, err)
	}
	_, m := c.do("GET", "/rest/api/2/issue/EE-1?expand=changelog", nil)
	fields, _ := m["fields"].(map[string]any)
	status, _ := fields["status"].(map[string]any)
	log, _ := m["changelog"].(map[string]any)
	if m["id"] != "10063" || status["id"] != "10068" || status["name"] != "已完成" || log["total"] != 25.0 {
		t.Errorf("EE-1 = %v, status %v, %v changes, want 10063, 10068 已完成, 25", m["id"], status, log["total"])
	}
	if len(s.Truth().All()) != 0 {
		t.Errorf("ground truth has %d changes, want none for seeds", len(s.Truth().All()))
	}
	if _, err := s.LoadRecorded(strings.NewReader("a,b\n1,2\n")); err == nil {
		t.Error("LoadRecorded of a table without data succeeds")
	}
}

// Ten thousand issues take tens of megabytes, and a page of them some
// milliseconds.
func TestManyIssues(t *testing.T) {
	s, c := start(t, jirasim.Options{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seeds := make([]jirasim.Seed, 10_000)
	for i := range seeds {
		seeds[i] = jirasim.Seed{Fields: map[string]any{"summary": "one of many", "description": strings.Repeat("text ", 40), "labels": []string{"a"}, "Root cause": "because"}}
	}
	if err := s.Seed(seeds...); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if mb := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) >> 20; mb > 64 {
		t.Errorf("10,000 issues take %d MiB, want at most 64", mb)
	}
	if got, status := c.find("project = ISMS ORDER BY updated ASC"); len(got) != 50 || status != http.StatusOK {
		t.Errorf("first page = %d issues (%d), want 50", len(got), status)
	}
}
