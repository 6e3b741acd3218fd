package githubsim_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
)

// stage is a simulated GitHub at noon.
func stage(t *testing.T) (*githubsim.Server, *simkit.Clock, string) {
	t.Helper()
	clock := simkit.NewClock(time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC))
	s := githubsim.New(githubsim.Options{
		Owner: "acme", Repo: "isms", Clock: clock, Limits: githubsim.Limits{PerHour: 1000},
		Users: []githubsim.User{
			{Login: "alice", ID: 1, Name: "Alice", Token: "a", Role: githubsim.Admin},
			{Login: "bob", ID: 2, Token: "b", Role: githubsim.Write},
			{Login: "robot[bot]", ID: 3, Role: githubsim.Write, Bot: true},
		},
	})
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		s.Close()
	})
	return s, clock, web.URL
}

const storyQuery = `query($ids: [ID!]!) {
  repository(owner: "acme", name: "isms") { issue(number: 1) {
    userContentEdits(first: 2) { totalCount pageInfo { hasNextPage hasPreviousPage } nodes { diff editedAt editor { login __typename } } }
    oldest: userContentEdits(last: 1) { nodes { diff editor { login } } }
    timelineItems(last: 4, itemTypes: [LABELED_EVENT, ASSIGNED_EVENT, CLOSED_EVENT, RENAMED_TITLE_EVENT]) {
      filteredCount totalCount pageInfo { hasPreviousPage }
      nodes { __typename
        ... on LabeledEvent { actor { login } label { name } }
        ... on AssignedEvent { actor { login } assignee { ... on Actor { login } } }
        ... on ClosedEvent { actor { login } stateReason }
        ... on RenamedTitleEvent { actor { login } previousTitle currentTitle }
      }
    }
  } }
  nodes(ids: $ids) { ... on IssueComment { body lastEditedAt editor { login } userContentEdits(first: 5) { nodes { diff editor { login } } } } }
}`

// Two people within one second, a program, and an account that is gone: the versions of a
// text come newest first and whole, the events oldest first.
func TestHistoryInGraphQL(t *testing.T) {
	s, clock, url := stage(t)
	_, err := s.As("alice").Open("One", "first", "bug")
	must(t, err)
	clock.Advance(time.Minute)
	must(t, s.As("alice").Rewrite(1, "second"))
	must(t, s.As("bob").Rewrite(1, "third"))
	must(t, s.As("bob").Rewrite(1, "third")) // which edits nothing
	must(t, s.As("robot[bot]").Label(1, "bug", "question"))
	must(t, s.As("bob").Assign(1, "alice"))
	must(t, s.As("alice").Retitle(1, "Two"))
	must(t, s.As("bob").Close(1, "not_planned"))
	id, err := s.As("alice").Comment(1, "one")
	must(t, err)
	must(t, s.As("bob").EditComment(id, "two"))
	s.DeleteUser("bob")
	var comment struct {
		NodeID string `json:"node_id"`
	}
	_, body := get(t, url+fmt.Sprintf("/repos/acme/isms/issues/comments/%d", id), "a", "")
	must(t, json.Unmarshal([]byte(body), &comment))
	_, got := graph(t, url+"/graphql", "a", storyQuery, `{"ids":["`+comment.NodeID+`","nothing"]}`)
	const at = "12:01"
	want := `{"data":{"nodes":[{"body":"two","editor":null,"lastEditedAt":"` + at + `","userContentEdits":{"nodes":[{"diff":"two","editor":null},{"diff":"one","editor":{"login":"alice"}}]}},null],
"repository":{"issue":{"oldest":{"nodes":[{"diff":"first","editor":{"login":"alice"}}]},
"timelineItems":{"filteredCount":5,"nodes":[{"__typename":"LabeledEvent","actor":{"login":"robot"},"label":{"name":"question"}},
{"__typename":"AssignedEvent","actor":null,"assignee":{"login":"alice"}},{"__typename":"RenamedTitleEvent","actor":{"login":"alice"},"currentTitle":"Two","previousTitle":"One"},
{"__typename":"ClosedEvent","actor":null,"stateReason":"NOT_PLANNED"}],"pageInfo":{"hasPreviousPage":true},"totalCount":5},
"userContentEdits":{"nodes":[{"diff":"third","editedAt":"` + at + `","editor":null},{"diff":"second","editedAt":"` + at + `","editor":{"__typename":"User","login":"alice"}}],"pageInfo":{"hasNextPage":true,"hasPreviousPage":false},"totalCount":3}}}},
"errors":[{"locations":[{"column":3,"line":15}],"message":"Could not resolve to a node with the global id of 'nothing'.","path":["nodes",1],"type":"NOT_FOUND"}]}`
	if diff := cmp.Diff(value(t, want), value(t, seconds.ReplaceAllString(got, "12:01"))); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	must(t, s.As("alice").ForgetEdit(1))
	if _, got := graph(t, url+"/graphql", "a", `{ repository(owner: "acme", name: "isms") { issue(number: 1) { body userContentEdits(first: 1) { nodes { diff deletedAt } } } } }`, `{}`); !strings.Contains(got, `"body":"third"`) || !strings.Contains(got, `"diff":null`) || strings.Contains(got, `"deletedAt":null`) {
		t.Errorf("after the newest version was deleted: %s", got)
	}
}

// seconds are times within the minute in which the story is played.
var seconds = regexp.MustCompile(`2026-11-28T12:01:\d\dZ`)

func value(t *testing.T, text string) (v any) {
	t.Helper()
	must(t, json.Unmarshal([]byte(text), &v))
	return v
}

// What is too much is refused in GitHub's words, with status 200.
func TestLimitsOfGraphQL(t *testing.T) {
	s, _, url := stage(t)
	_, err := s.As("alice").Open("One", "first")
	must(t, err)
	issue := func(of string) string {
		return `{ repository(owner: "acme", name: "isms") { issue(number: 1) { ` + of + ` } } }`
	}
	many := strings.TrimSuffix(strings.Repeat(`"x",`, 101), ",")
	wide := "{"
	for n := range 2600 {
		wide += fmt.Sprintf(` a%d: repository(owner: "acme", name: "isms") { issue(number: 1) { userContentEdits(first: 100) { nodes { id editor { login } } } labels(first: 100) { nodes { id } } } }`, n)
	}
	for query, want := range map[string]string{
		issue(`userContentEdits { totalCount }`):                      `"type":"MISSING_PAGINATION_BOUNDARIES"`,
		issue(`timelineItems { totalCount }`):                         `"type":"MISSING_PAGINATION_BOUNDARIES"`,
		issue(`userContentEdits(first: 101) { totalCount }`):          `"type":"EXCESSIVE_PAGINATION"`,
		issue(`timelineItems(last: 101) { totalCount }`):              `"type":"EXCESSIVE_PAGINATION"`,
		issue(`timelineItems(last: 1, itemTypes: [X]) { pageCount }`): `"errors"`,
		`{ nodes(ids: [` + many + `]) { id } }`:                       `"type":"ARGUMENT_LIMIT"`,
		wide + "}":                                                    `"type":"MAX_NODE_LIMIT_EXCEEDED"`,
	} {
		status, got := graph(t, url+"/graphql", "a", query, `{}`)
		if status != 200 || !strings.Contains(got, want) {
			t.Errorf("%.80s: %d %.200s, want %s", query, status, got, want)
		}
	}
	if _, got := graph(t, url+"/graphql", "b", `{ nodes(ids: ["x"]) { id } }`, `{}`); !strings.Contains(got, `"nodes":[null]`) {
		t.Errorf("a node that is not there: %s", got)
	}
}

// The events of a repository come newest first, those of pull requests among them, in pages,
// and a listing that has not changed is answered with 304. What was deleted is gone.
func TestEventsOfARepository(t *testing.T) {
	s, clock, url := stage(t)
	alice, bob := s.As("alice"), s.As("bob")
	_, err := alice.Open("One", "", "bug")
	must(t, err)
	_, err = bob.OpenPull("A pull request")
	must(t, err)
	_, err = bob.Open("Three", "")
	must(t, err)
	clock.Advance(time.Second)
	must(t, bob.Label(2, "question"))
	must(t, bob.Close(3, ""))
	clock.Advance(time.Second)
	must(t, bob.Retitle(1, "Uno"))
	const path = "/repos/acme/isms/issues/events"
	list := func(query string) (out []string) {
		t.Helper()
		var events []struct {
			Event string
			Actor struct{ Login string }
			Issue struct{ Number int }
		}
		_, body := get(t, url+path+query, "a", "")
		must(t, json.Unmarshal([]byte(body), &events))
		for _, e := range events {
			out = append(out, fmt.Sprintf("%d %s %s", e.Issue.Number, e.Event, e.Actor.Login))
		}
		return out
	}
	if got, want := list(""), []string{"1 renamed bob", "3 closed bob", "2 labeled bob", "1 labeled alice"}; !slices.Equal(got, want) {
		t.Errorf("events = %q, want %q", got, want)
	}
	if got := list("?per_page=3&page=2"); !slices.Equal(got, []string{"1 labeled alice"}) {
		t.Errorf("second page = %q", got)
	}
	h, _ := get(t, url+path, "a", "")
	if again, _ := get(t, url+path, "a", h.Get("ETag")); again.Get("X-Status") != "304" {
		t.Errorf("the same listing again = %s, want 304", again.Get("X-Status"))
	}
	must(t, alice.Delete(1))
	if got := list(""); len(got) != 2 {
		t.Errorf("after an issue was deleted: %q", got)
	}
}

// get reads an address, and puts the status beside the headers of the answer.
func get(t *testing.T, url, token, etag string) (http.Header, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("If-None-Match", etag)
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	resp.Header.Set("X-Status", fmt.Sprint(resp.StatusCode))
	return resp.Header, string(b)
}
