package githubsim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/github/githubsim"
)

// graph asks the GraphQL API.
func graph(t *testing.T, url, token, query, variables string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": json.RawMessage(variables)})
	must(t, err)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(string(body)))
	must(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	must(t, err)
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	must(t, err)
	return resp.StatusCode, strings.TrimSpace(string(b))
}

// Whatever the schema declares is answered, and what it does not declare is a mistake
// of the query, with status 200.
func TestGraphQL(t *testing.T) {
	for _, ghes := range []bool{false, true} {
		s := githubsim.New(githubsim.Options{
			Owner: "acme", Repo: "isms", GHES: ghes, Limits: githubsim.Limits{PerHour: 100},
			Users: []githubsim.User{{Login: "alice", ID: 1, Name: "Alice", Token: "a", Role: githubsim.Admin}, {Login: "eve", ID: 2, Token: "e"}},
		})
		s.AddRepo("platform")
		web := httptest.NewServer(s)
		url := web.URL + "/graphql"
		if ghes {
			url = web.URL + "/api/graphql"
		}
		_, err := s.As("alice").Open("One", "text", "bug", "capa")
		must(t, err)
		must(t, s.As("alice").Rewrite(1, "new text"))
		_, err = s.As("alice").Open("Two", "moves away")
		must(t, err)
		_, err = s.As("alice").Transfer(2, "platform")
		must(t, err)

		status, got := graph(t, url, "a", `query($n: Int!) {
			rateLimit { cost limit nodeCount remaining resetAt used }
			repository(owner: "ACME", name: "isms") {
				id databaseId name nameWithOwner __typename
				one: issue(number: $n) { ...all editor { login __typename ... on User { id databaseId name } ... on Actor { again: login } } }
				two: issue(number: 2) { ...all }
			}
		}
		fragment all on Issue { id databaseId fullDatabaseId number title body createdAt updatedAt includesCreatedEdit lastEditedAt ... on Node { same: id } }`, `{"n":1}`)
		var a struct {
			Data struct {
				Repository map[string]any
				RateLimit  map[string]any
			}
			Errors []map[string]any
		}
		must(t, json.Unmarshal([]byte(got), &a))
		one, _ := a.Data.Repository["one"].(map[string]any)
		editor, _ := one["editor"].(map[string]any)
		if status != 200 || one["title"] != "One" || one["lastEditedAt"] == nil || one["includesCreatedEdit"] != true || a.Data.RateLimit["limit"] != 100.0 {
			t.Errorf("%d %s", status, got)
		}
		if diff := cmp.Diff(map[string]any{"login": "alice", "again": "alice", "__typename": "User", "databaseId": 1.0, "name": "Alice", "id": editor["id"]}, editor); diff != "" {
			t.Errorf("editor (-want +got):\n%s", diff)
		}
		want := []map[string]any{{
			"type": "NOT_FOUND", "path": []any{"repository", "two"}, "message": "Could not resolve to an Issue with the number of 2.",
			"locations": []any{map[string]any{"line": 6.0, "column": 5.0}},
		}}
		if diff := cmp.Diff(want, a.Errors); diff != "" || a.Data.Repository["two"] != nil {
			t.Errorf("errors (-want +got):\n%s", diff)
		}

		for query, part := range map[string]string{
			`{ repository(owner: "acme", name: "isms") { issue(number: 1) { nothing } } }`: `"code":"undefinedField"`,
			`{ repository(owner: "acme", name: "isms") { issue { id } } }`:                 `number`,
			`{ repository(`: `"errors"`,
			`query($n: Int!) { repository(owner: "a", name: "b") { name issue(number: $n) { id } } }`:                             `"errors"`,
			`{ repository(owner: "acme", name: "none") { id } }`:                                                                  `"type":"NOT_FOUND"`,
			`{ repository(owner: "acme", name: "isms") { issue(number: 1) { labels { totalCount } } } }`:                          `"MISSING_PAGINATION_BOUNDARIES"`,
			`{ repository(owner: "acme", name: "isms") { issue(number: 1) { labels(first: 101) { totalCount } } } }`:              `"MISSING_PAGINATION_BOUNDARIES"`,
			`{ repository(owner: "acme", name: "isms") { issue(number: 1) { labels(first: 1) { totalCount nodes { name } } } } }`: `"labels":{"nodes":[{"name":"bug"}],"totalCount":2}`,
			`mutation { x }`: `"errors"`,
			``:               `"errors"`,
		} {
			if status, got := graph(t, url, "a", query, `{}`); status != 200 || !strings.Contains(got, part) {
				t.Errorf("%s: %d %s, want 200 and %s", query, status, got, part)
			}
		}
		if _, got := graph(t, url, "e", `{ repository(owner: "acme", name: "isms") { id } }`, `{}`); !strings.Contains(got, "NOT_FOUND") {
			t.Errorf("a repository that eve may not see: %s", got)
		}
		if status, _ := graph(t, url, "", `{ rateLimit { cost } }`, `{}`); status != 401 {
			t.Errorf("without a credential = %d, want 401", status)
		}
		web.Close()
		s.Close()
	}
}
