package jira_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/connectors/transport"
)

// bodies records what is sent to paths that end so.
func bodies(c *jira.Config, method, suffix string) *[]string {
	var out []string
	net := transport.Pooled()
	c.HTTP.Base = roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Method == method && strings.HasSuffix(r.URL.Path, suffix) && r.Body != nil {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return nil, err
			}
			out = append(out, string(raw))
			r.Body = io.NopCloser(bytes.NewReader(raw))
		}
		return net.RoundTrip(r)
	})
	return &out
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// Trap: go-jira's AddComment sends empty objects for author and visibility, and
// Cloud refuses them (trackers.md 1, bug 1).
func TestAddCommentSendsOnlyTheBody(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		var sent *[]string
		r := open(t, jirasim.Options{Deployment: d}, func(c *jira.Config) { sent = bodies(c, "POST", "/comment") })
		ref := r.file(t, "x", nil)
		if _, err := r.client.PostComment(t.Context(), ref, "text", "comment-0001"); err != nil {
			t.Fatal(err)
		}
		want := `{"body":"text","properties":[{"key":"conformd","value":{"marker":"comment-0001"}}]}`
		if d == jirasim.DataCenter {
			want = `{"body":"text\n{anchor:conformd-id-comment-0001}"}`
		}
		if got := strings.TrimSpace((*sent)[0]); got != want {
			t.Errorf("%s: sent %s, want %s", d, got, want)
		}
	}
}

// Trap: a fetched issue sent back would write every field (bug 3). An edit holds
// what the patch names and nothing else.
func TestAnEditHoldsOnlyWhatIsNamed(t *testing.T) {
	var sent *[]string
	r := open(t, jirasim.Options{}, func(c *jira.Config) { sent = bodies(c, "PUT", "") })
	ref := r.file(t, "x", nil)
	r.update(t, ref, connectors.Patch{
		Set:       map[connectors.Field]connectors.Value{connectors.Title: {Text: "y"}, connectors.Due: {}},
		AddLabels: []string{"a"}, RemoveLabels: []string{"b"},
	})
	want := `{"fields":{"duedate":null,"summary":"y"},"update":{"labels":[{"add":"a"},{"remove":"b"}]}}`
	if got := strings.TrimSpace((*sent)[0]); got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

// Trap: a status in an edit is ignored without a word (trackers.md 9).
func TestPutStatusIsNeverUsed(t *testing.T) {
	var sent *[]string
	r := open(t, jirasim.Options{}, func(c *jira.Config) { sent = bodies(c, "PUT", "") })
	ref := r.file(t, "x", nil)
	r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "Closed", Reason: "Rejected"}})
	if len(*sent) != 0 {
		t.Errorf("a status was sent in an edit: %v", *sent)
	}
	if got := r.get(t, ref).Status; got.Name != "Closed" || got.Reason != "Rejected" {
		t.Errorf("Status = %+v, want Closed, Rejected", got)
	}
}

// Trap: jira.Time reads one form only, and fails the whole issue otherwise (bug
// 6). Here a server, or a proxy before it, writes others.
func TestTimeWithZ(t *testing.T) {
	want := time.Date(2026, 11, 24, 9, 30, 15, 0, time.UTC)
	for _, form := range []string{
		"2026-11-24T09:30:15.000+0000", "2026-11-24T09:30:15Z", "2026-11-24T09:30:15.000Z", "2026-11-24T10:30:15.000+01:00", "2026-11-24T01:30:15-0800",
	} {
		c := replay(t, "Cloud", map[string]string{"/issue/1": `{"id":"1","key":"ISMS-1","fields":{"summary":"x","status":{"name":"Open"},"created":"` + form + `","updated":"` + form + `"}}`})
		is, err := c.Get(t.Context(), connectors.Ref{ID: "1"})
		if err != nil || !is.Created.Equal(want) || !is.Updated.Equal(want) {
			t.Errorf("%s: Get = %+v, %v, want %s", form, is, err, want)
		}
	}
	c := replay(t, "Cloud", map[string]string{"/issue/1": `{"id":"1","key":"ISMS-1","fields":{"created":"yesterday"}}`})
	if _, err := c.Get(t.Context(), connectors.Ref{ID: "1"}); connectors.KindOf(err) != connectors.Malformed {
		t.Errorf("Get of an unreadable time = %v, want %v", err, connectors.Malformed)
	}
}

// replay is a client of a server that answers given bodies.
func replay(t *testing.T, deployment string, answers map[string]string, fields ...string) *jira.Client {
	t.Helper()
	all := map[string]string{
		"/serverInfo": `{"deploymentType":"` + deployment + `","version":"10"}`, "/myself": `{"accountId":"me","key":"me"}`,
		"/field": `[{"id":"summary","name":"Summary"}]`, "/comment/list": `{"values":[]}`,
	}
	maps.Copy(all, answers)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := all[strings.TrimPrefix(r.URL.Path, "/rest/api/2")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
		}
		if _, err := io.WriteString(w, body); err != nil {
			return
		}
	}))
	t.Cleanup(server.Close)
	c, err := jira.New(jira.Config{BaseURL: server.URL, User: "u", Token: "t", Project: "ISMS", Fields: fields, HTTP: transport.Options{Retries: -1}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Issues recorded from a real site are read as they came.
func TestRecordedIssues(t *testing.T) {
	f, err := os.Open("jirasim/testdata/recorded_issues.csv")
	must(t, err)
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	must(t, err)
	column := slices.Index(rows[0], "data")
	for _, row := range rows[1:] {
		var head struct {
			ID, Key string
			Fields  struct {
				Summary string
				Comment *struct{ Total int }
			}
			Changelog struct{ Histories []struct{ Items []any } }
		}
		must(t, json.Unmarshal([]byte(row[column]), &head))
		items := 0
		for _, h := range head.Changelog.Histories {
			items += len(h.Items)
		}
		comments := 0
		if head.Fields.Comment != nil {
			comments = head.Fields.Comment.Total
		}
		c := replay(t, "Cloud", map[string]string{"/issue/" + head.ID: row[column]})
		is, err := c.Get(t.Context(), connectors.Ref{ID: head.ID})
		if err != nil {
			t.Errorf("%s: Get = %v", head.Key, err)
			continue
		}
		if is.Ref.Key != head.Key || is.Fields[connectors.Title].Text != head.Fields.Summary || len(is.Changes) != items || len(is.Comments) != comments || is.Created.IsZero() {
			t.Errorf("%s: %+v with %d changes and %d comments, want %d and %d", head.Key, is.Ref, len(is.Changes), len(is.Comments), items, comments)
		}
		if !slices.IsSortedFunc(is.Changes, func(a, b connectors.Change) int { return a.At.Compare(b.At) }) {
			t.Errorf("%s: changes are not oldest first", head.Key)
		}
	}
}

// Trap: the old search answers 410 on Cloud (CHANGE-2046), the new one 404 on
// Data Center.
func TestOldSearchIsNotUsedOnCloud(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		r.file(t, "x", nil)
		all(t, r.client, time.Time{})
		if _, err := r.client.FindCreated(t.Context(), "marker-0001", time.Now().Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
		unused, used := "/search$", "/search/jql$"
		if !r.cloud() {
			unused, used = used, unused
		}
		if n := r.sim.Faults().Count("", unused); n != 0 {
			t.Errorf("%d requests to %s, want none", n, unused)
		}
		if n := r.sim.Faults().Count("", used); n == 0 {
			t.Errorf("no request to %s", used)
		}
	})
}

// Trap: scoped tokens work only below the gateway prefix, which must survive in
// every address (trackers.md 1).
func TestGatewayPrefixIsKept(t *testing.T) {
	users := append(jirasim.DefaultUsers(), jirasim.User{Name: "scoped", Secret: "scoped-token", Scoped: true})
	o := jirasim.Options{Users: users, CloudID: "11111111-2222"}
	r := open(t, o, func(c *jira.Config) { c.User, c.Token = "scoped@example.com", "scoped-token" })
	ref := r.file(t, "x", nil)
	if _, err := r.client.Get(t.Context(), ref); connectors.KindOf(err) != connectors.Unauthenticated {
		t.Errorf("Get at the site with a scoped token = %v, want %v", err, connectors.Unauthenticated)
	}
	r.cfg.BaseURL, r.cfg.BrowseURL = r.server.URL+"/ex/jira/11111111-2222", "https://acme.atlassian.net/"
	c := r.connect(t)
	is, err := c.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if is.URL != "https://acme.atlassian.net/browse/"+ref.Key {
		t.Errorf("URL = %q, want the address for people", is.URL)
	}
	all(t, c, time.Time{})
	if _, err := c.PostComment(t.Context(), ref, "x", "comment-0001"); err != nil {
		t.Error(err)
	}
}

// Trap: NewJiraError loses the message when errors hold lists or objects.
func TestErrorsThatHoldLists(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	ref := r.file(t, "x", nil)
	r.sim.Faults().Add(simkit.Fault{Method: "PUT", Do: simkit.Status, Status: 400, Body: `{"errorMessages":["first"],"errors":{"b":["one","two"],"a":{"x":1},"c":"text"}}`})
	_, err := r.client.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"x"}})
	for _, part := range []string{"first", "one", `"x":1`, "c: text"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Update = %v, want %q in it", err, part)
		}
	}
}

// Trap: with a wrong credential Jira may go on as for an anonymous caller and
// answer 404, or demand a CAPTCHA with 403; a header tells.
func TestRefusedLoginBehindOtherStatuses(t *testing.T) {
	for status, header := range map[int][2]string{
		404: {"X-Seraph-LoginReason", "AUTHENTICATED_FAILED"},
		403: {"X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://x"},
		200: {"X-Seraph-LoginReason", "AUTHENTICATION_DENIED"},
	} {
		r := open(t, jirasim.Options{}, nil)
		ref := r.file(t, "x", nil)
		r.sim.Faults().Add(simkit.Fault{Method: "GET", Path: "/issue/", Do: simkit.Status, Status: status, Header: map[string]string{header[0]: header[1]}, Body: "{}"})
		if _, err := r.client.Get(t.Context(), ref); connectors.KindOf(err) != connectors.Unauthenticated {
			t.Errorf("%d with %s: Get = %v, want %v", status, header[0], err, connectors.Unauthenticated)
		}
	}
}

// No credential and no query string is in any error, however it is printed.
func TestNoSecretInErrors(t *testing.T) {
	var errs []error
	for _, auth := range []string{jira.AuthBasic, jira.AuthBearer} {
		r := open(t, jirasim.Options{}, func(c *jira.Config) {
			c.Auth, c.Token = auth, "s3cret-token"
			c.HTTP.Retries = -1
		})
		add := func(_ any, err error) { errs = append(errs, err) }
		calls := func(ctx context.Context, c *jira.Client) {
			ref := connectors.Ref{ID: "1", Key: "ISMS-1"}
			add(c.Get(ctx, ref))
			add(c.Check(ctx))
			add(c.Create(ctx, connectors.Draft{Marker: "marker-0001"}))
			add(c.PostComment(ctx, ref, "x", "comment-0001"))
			for _, err := range c.Changed(ctx, time.Time{}) {
				add(nil, err)
			}
		}
		calls(t.Context(), r.client) // 401
		r.server.Close()
		calls(t.Context(), r.connect(t)) // nobody there
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		calls(gone, r.client)
		add(jira.New(jira.Config{BaseURL: "https://user:s3cret-token@host", Project: "P"}))
		add(connectors.Hint(r.client, http.Header{"X-Hub-Signature": {"sha256=00"}}, nil))
		for _, err := range errs {
			text := fmt.Sprintf("%v %+v %#v", err, err, err)
			for _, secret := range []string{"s3cret-token", "hook-secret", "jql=", "fields="} {
				if strings.Contains(text, secret) {
					t.Errorf("error shows %q: %s", secret, text)
				}
			}
		}
		if text := fmt.Sprintf("%v %+v", r.cfg, r.cfg); strings.Contains(text, "s3cret-token") || strings.Contains(text, "hook-secret") {
			t.Errorf("the printed configuration shows a secret")
		}
	}
	if len(errs) < 20 {
		t.Fatalf("only %d calls were made", len(errs))
	}
}

// Whatever a label holds, the quoted JQL finds it and nothing else. A marker is
// such a label, a project key another text in JQL.
func TestQuotingHoldsForEveryText(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	r.file(t, "bystander", map[string]any{"labels": []string{"bystander"}})
	rapid.Check(t, func(rt *rapid.T) {
		project := rapid.StringMatching(`[ -~\n\t"'\\()äß日]{1,20}`).Draw(rt, "project")
		cfg := r.cfg
		cfg.Project = project
		c, err := jira.New(cfg)
		if err != nil {
			rt.Fatal(err)
		}
		for _, err := range c.Changed(rt.Context(), time.Time{}) {
			if err == nil && !strings.EqualFold(project, "ISMS") && project != "10000" {
				rt.Fatalf("project %q finds issues", project)
			}
			if err != nil && !strings.Contains(err.Error(), "does not exist for the field 'project'") {
				rt.Fatalf("project %q: %v, want it taken as a name", project, err)
			}
		}
	})
}

// JQL from the configuration stays within its parentheses.
func TestSelectCannotEscape(t *testing.T) {
	for jql, ok := range map[string]bool{
		"": true, `labels = capa`: true, `issuetype in (Nonconformity, "a) OR (b")`: true, `summary ~ 'it''s'`: true,
		`labels = x) OR (project = OTHER`: false, `(labels = x`: false, `labels = "x`: false, `labels = x ORDER BY created`: false,
		"labels = x order\n by created": false, `labels = "order by"`: true,
	} {
		_, err := jira.New(jira.Config{BaseURL: "https://x", Project: "P", Select: jql})
		if (err == nil) != ok {
			t.Errorf("New with select %q = %v, want success %t", jql, err, ok)
		}
	}
	r := open(t, jirasim.Options{}, func(c *jira.Config) { c.Select = "labels = capa OR labels = nc" })
	r.file(t, "not selected", nil)
	want := r.file(t, "selected", map[string]any{"labels": []string{"nc"}})
	if got := all(t, r.client, time.Time{}); len(got) != 1 || got[0].Ref != want {
		t.Errorf("Changed = %d issues, want the selected one", len(got))
	}
}

// A workflow that takes labels off leaves the property as the only trace.
func TestMarkerSurvivesWithoutItsLabel(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		r.sim.DropLabels(true)
		began := time.Now().Add(-time.Minute)
		d := connectors.Draft{Marker: "marker-0001", Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}}}
		w, err := r.client.Create(t.Context(), d)
		must(t, err)
		if got := r.get(t, w.Ref); got.Marker != d.Marker || len(got.Fields[connectors.Labels].Items) != 0 {
			t.Errorf("Marker = %q, labels %v, want the marker and no label", got.Marker, got.Fields[connectors.Labels].Items)
		}
		refs, err := r.client.FindCreated(t.Context(), d.Marker, began)
		if diff := cmp.Diff([]connectors.Ref{w.Ref}, refs); diff != "" || err != nil {
			t.Errorf("FindCreated = %v (-want +got):\n%s", err, diff)
		}
	})
}

// Somebody who clones our issue or quotes our comment copies the marker with it.
// The copy is not ours.
func TestCopiedMarkersDoNotCount(t *testing.T) {
	deployments(t, func(t *testing.T, r *rig) {
		began := time.Now().Add(-time.Minute)
		clone := r.file(t, "CLONE - x", map[string]any{"labels": []string{"conformd-id-marker-0001", "team"}})
		got := r.get(t, clone)
		if got.Marker != "" || !slices.Equal(got.Fields[connectors.Labels].Items, []string{"team"}) {
			t.Errorf("Marker = %q, labels %v, want none and the label of the team", got.Marker, got.Fields[connectors.Labels].Items)
		}
		if refs, err := r.client.FindCreated(t.Context(), "marker-0001", began); err != nil || len(refs) != 0 {
			t.Errorf("FindCreated = %v, %v, want none", refs, err)
		}
		_, err := r.sim.Person("erik").Comment(clone.ID, "he said: x\n{anchor:conformd-id-comment-0001}")
		must(t, err)
		if list := r.get(t, clone).Comments; len(list) != 1 || list[0].Marker != "" {
			t.Errorf("Comments = %+v, want one without a marker", list)
		}
	})
}

// A label that only looks a little like a marker is somebody's label.
func TestOtherLabelsOfOursAreLabels(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	ref := r.file(t, "x", nil)
	want := []string{"conformd", "conformd-incomplete", "conformd:blocked"}
	r.update(t, ref, connectors.Patch{AddLabels: want})
	if got := r.get(t, ref).Fields[connectors.Labels].Items; !slices.Equal(got, want) {
		t.Errorf("labels = %v, want %v", got, want)
	}
}

// Where Jira shows only the newest comments and changes, the rest is fetched.
func TestCutListsAreCompleted(t *testing.T) {
	for _, d := range []string{jirasim.Cloud, jirasim.DataCenter} {
		r := open(t, jirasim.Options{Deployment: d, InlineComments: 5, InlineHistory: map[string]int{jirasim.Cloud: 5}[d]}, nil)
		ref := r.file(t, "x", nil)
		for i := range 130 {
			if _, err := r.sim.Person("erik").Comment(ref.ID, fmt.Sprint("comment ", i)); err != nil {
				t.Fatal(err)
			}
			must(t, r.sim.Person("erik").Edit(ref.ID, map[string]any{"summary": fmt.Sprint("title ", i)}))
		}
		listed := all(t, r.client, time.Time{})
		for what, is := range map[string]*connectors.Issue{"Get": r.get(t, ref), "Changed": listed[0]} {
			if len(is.Comments) != 130 || len(is.Changes) != 130 {
				t.Errorf("%s, %s: %d comments, %d changes, want 130 of both", d, what, len(is.Comments), len(is.Changes))
			}
			if is.History != connectors.HistoryListed {
				t.Errorf("%s, %s: the history is %q, want that all of it is listed", d, what, is.History)
			}
			if is.Comments[0].Body != "comment 0" || is.Changes[129].To != "title 129" {
				t.Errorf("%s, %s: not oldest first", d, what)
			}
		}
	}
}

// Data Center has nowhere to fetch the rest of a history from: one that it cuts is not whole.
func TestACutHistoryIsNotWhole(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter, InlineHistory: 5}, nil)
	ref := r.file(t, "x", nil)
	for i := range 6 {
		must(t, r.sim.Person("erik").Edit(ref.ID, map[string]any{"summary": fmt.Sprint("title ", i)}))
	}
	if is := r.get(t, ref); is.History != "" || len(is.Changes) != 5 || is.Changes[4].To != "title 5" {
		t.Errorf("the history is %q with %d changes, want the newest 5 and that there may be more", is.History, len(is.Changes))
	}
}

// On Data Center many issues of one millisecond fill more than a page, and one of
// them leaves while the listing goes on.
func TestManyIssuesOfOneMoment(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter}, nil)
	moment := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	seeds := make([]jirasim.Seed, 350)
	for i := range seeds {
		seeds[i] = jirasim.Seed{Created: moment, Fields: map[string]any{"summary": fmt.Sprint("seed ", i)}}
	}
	must(t, r.sim.Seed(seeds...))
	seen := map[string]bool{}
	page := 0
	for p, err := range r.client.Changed(t.Context(), time.Time{}) {
		must(t, err)
		for _, is := range p.Issues {
			seen[is.Ref.ID] = true
		}
		// The first thirty of those already read move to the end.
		for i := range 10 {
			must(t, r.sim.Person("erik").Edit(fmt.Sprint("ISMS-", page*10+i+1), map[string]any{"summary": "edited"}))
		}
		if page++; page > 30 {
			t.Fatal("the listing does not end")
		}
	}
	if len(seen) != len(seeds) {
		t.Errorf("Changed yielded %d issues, want %d", len(seen), len(seeds))
	}
}

// An administrator of a Data Center may let a page hold fewer issues than conformd asks for.
// The listing goes on behind such a page, also among issues of one moment.
func TestAShortPageOfADataCenterIsNotTheLast(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter, PageSize: 3}, nil)
	moment := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var seeds []jirasim.Seed
	for i := range 20 {
		created := moment.Add(time.Duration(max(0, i-10)) * time.Hour) // the first eleven at once
		seeds = append(seeds, jirasim.Seed{Created: created, Fields: map[string]any{"summary": fmt.Sprint("seed ", i)}})
	}
	must(t, r.sim.Seed(seeds...))
	seen := map[string]bool{}
	for p, err := range r.client.Changed(t.Context(), time.Time{}) {
		must(t, err)
		if len(p.Issues) > 3 {
			t.Errorf("a page holds %d issues, want at most the 3 that the server allows", len(p.Issues))
		}
		for _, is := range p.Issues {
			seen[is.Ref.ID] = true
		}
	}
	if len(seen) != len(seeds) {
		t.Errorf("Changed yielded %d issues, want %d", len(seen), len(seeds))
	}
}

// Data Center wants a login where it shows a key.
func TestPeopleOfDataCenter(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter}, nil)
	ref := r.file(t, "x", nil)
	key := r.sim.Person("olga").AccountID()
	must(t, r.sim.RenameUser("olga", "olga.renamed", "Olga Renamed"))
	r.update(t, ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: key}}})
	got := r.get(t, ref)
	if got.Fields[connectors.Assignee].Text != key || got.Users[key].Login != "olga.renamed" {
		t.Errorf("assignee = %q, %+v, want %s who is olga.renamed", got.Fields[connectors.Assignee].Text, got.Users[key], key)
	}
	_, err := r.client.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: "JIRAUSER9"}}})
	if connectors.KindOf(err) != connectors.Rejected {
		t.Errorf("Update with an unknown person = %v, want %v", err, connectors.Rejected)
	}
}

// What validators and screens refuse is Rejected with Jira's words.
func TestValidatorsRefuse(t *testing.T) {
	r := open(t, jirasim.Options{}, nil)
	ref := r.file(t, "x", nil)
	r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "Analysis"}})
	r.update(t, ref, connectors.Patch{Status: &connectors.Target{Name: "Action plan"}})
	_, err := r.client.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "Plan approval"}})
	if connectors.KindOf(err) != connectors.Rejected || !strings.Contains(err.Error(), "Root cause is required") {
		t.Errorf("Update = %v, want it rejected for want of a root cause", err)
	}
	r.sim.Deny("conformd", "TRANSITION_ISSUES")
	_, err = r.client.Update(t.Context(), ref, connectors.Patch{Status: &connectors.Target{Name: "Closed"}})
	if connectors.KindOf(err) != connectors.Rejected || !strings.Contains(err.Error(), "permission") {
		t.Errorf("Update without the permission = %v, want it rejected with a hint", err)
	}
}

// GetMany on Data Center asks one by one and leaves out what is gone.
func TestGetManyOnDataCenter(t *testing.T) {
	r := open(t, jirasim.Options{Deployment: jirasim.DataCenter}, nil)
	var refs []connectors.Ref
	for range 10 {
		refs = append(refs, r.file(t, "x", nil))
	}
	must(t, r.sim.Person("admin").Delete(refs[3].ID))
	must(t, r.sim.Archive(refs[4].ID))
	must(t, r.sim.Hide(refs[5].ID, "conformd", false))
	got, err := r.client.GetMany(t.Context(), refs)
	if err != nil || len(got) != 7 {
		t.Errorf("GetMany = %d issues, %v, want 7", len(got), err)
	}
	r.sim.Faults().Add(simkit.Fault{Method: "GET", Path: "/issue/", Do: simkit.Status, Status: 500, Times: -1})
	if _, err := r.client.GetMany(t.Context(), refs); connectors.KindOf(err) != connectors.Unavailable {
		t.Errorf("GetMany of a broken server = %v, want %v", err, connectors.Unavailable)
	}
}
