package github_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
)

// An app is called otherwise in the GraphQL API, and lies beside the REST API on an
// Enterprise Server; a renamed repository is followed; an issue that took the number of
// another is not it.
func TestLastEditedOfAnApp(t *testing.T) {
	key, secret := newKey(t)
	for _, mode := range [][]setting{{asApp(key, secret)}, {ghes, asApp(key, secret)}} {
		s := open(t, mode...)
		ref := s.file(t, "a", "b")
		_, err := s.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "c"}}})
		must(t, err)
		if got := s.do(t, "PATCH", s.prefix(mode)+"/repos/acme/isms", "ghp_alice", `{"name":"isms2"}`); got.StatusCode != 200 {
			t.Fatalf("rename = %d", got.StatusCode)
		}
		other := connectors.Ref{ID: "1", Key: ref.Key}
		got, err := s.LastEdited(t.Context(), []connectors.Ref{ref})
		must(t, err)
		if e := got[ref.ID]; e.At.IsZero() || e.By.Login != "conformd[bot]" || !e.By.Bot {
			t.Errorf("LastEdited = %+v, want conformd[bot]", e)
		}
		if got, err := s.LastEdited(t.Context(), []connectors.Ref{other}); err != nil || len(got) != 0 {
			t.Errorf("LastEdited(another id) = %v, %v, want none", got, err)
		}
	}
}

// prefix is where the REST API of a site is.
func (s *site) prefix(mode []setting) string {
	var o githubsim.Options
	for _, m := range mode {
		m(&o, &github.Config{})
	}
	if o.GHES {
		return "/api/v3"
	}
	return ""
}

// GraphQL tells failures with status 200.
func TestFailuresOfGraphQL(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "b")
	const gap = `{"data":{"repository":{"i1":null}},"errors":[{"type":"NOT_FOUND","path":["repository","i1"],"message":"Could not resolve to an Issue with the number of 1."}]}`
	const hidden = `{"data":{"repository":{"i1":{"fullDatabaseId":"%","lastEditedAt":"2026-01-02T03:04:05Z","editor":null}}},"errors":[{"type":"FORBIDDEN","path":["repository","i1","editor"],"message":"Resource not accessible"}]}`
	for body, want := range map[string]connectors.Kind{
		`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`:                                                                     connectors.Limited,
		`{"errors":[{"type":"RATE_LIMIT","code":"graphql_rate_limit","message":"API rate limit already exceeded for user ID 1."}]}`:                                   connectors.Limited,
		`{"data":null,"errors":[{"message":"You have exceeded a secondary rate limit."}]}`:                                                                            connectors.Limited,
		`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"Could not resolve to a Repository with the name 'acme/isms'."}]}`: connectors.NotFound,
		`{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted the required scopes"}]}`:                                                 connectors.Denied,
		`{"data":{"repository":null},"errors":[{"type":"FORBIDDEN","path":["repository"],"message":"Resource protected by organization SAML enforcement."}]}`:         connectors.Denied,
		`{"errors":[{"message":"Field 'lastEditedAt' doesn't exist on type 'Issue'","extensions":{"code":"undefinedField"}}]}`:                                        connectors.Rejected,
		`{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`:                                                                     connectors.Unavailable,
		`{"data":{"repository":null}}`:                          connectors.Malformed,
		`{"data":{"repository":{"i1":{"editor":null}}}}`:        connectors.Malformed,
		`{"data":{"repository":{"i1":{"fullDatabaseId":"1"}}}}`: connectors.Malformed,
		`{"data":{"repository":{"i1":{"lastEditedAt":7}}}}`:     connectors.Malformed,
		`{}`:                                    connectors.Malformed,
		gap:                                     "",
		strings.ReplaceAll(hidden, "%", ref.ID): "",
	} {
		s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 200, Path: `/graphql$`, Body: body, Times: 2, Header: map[string]string{
			"X-RateLimit-Resource": "graphql", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": itoa(time.Now().Add(10 * time.Minute).Unix()),
		}})
		got, err := s.LastEdited(t.Context(), []connectors.Ref{ref})
		s.Faults().Clear()
		if connectors.KindOf(err) != want {
			t.Errorf("%s: err = %v, want kind %q", body, err, want)
		}
		switch e, _ := errors.AsType[*connectors.Error](err); {
		case want == connectors.Limited:
			within(t, body, e.Until, 9*time.Minute, 11*time.Minute)
			if e.Scope != connectors.ScopeRoute {
				t.Errorf("%s: scope = %q, want %q: the REST API has a budget of its own", body, e.Scope, connectors.ScopeRoute)
			}
		case body == gap && len(got) != 0:
			t.Errorf("an issue that is not there: %v", got)
		case want == "" && body != gap && (got[ref.ID].At.IsZero() || got[ref.ID].By.ID != ""):
			t.Errorf("an editor who is not shown: %+v", got)
		}
	}
	_, err := s.LastEdited(t.Context(), []connectors.Ref{{ID: "1"}})
	kind(t, "LastEdited without a number", err, connectors.Rejected)
}

// The GraphQL API has a budget of its own.
func TestTheBudgetOfGraphQL(t *testing.T) {
	s := open(t, func(o *githubsim.Options, _ *github.Config) { o.Limits.PerHour = 3 })
	ref := s.file(t, "a", "b")
	ask := func() error {
		_, err := s.LastEdited(t.Context(), []connectors.Ref{ref})
		return err
	}
	for range 3 {
		must(t, ask())
	}
	e := failure(t, "the fourth query", ask(), connectors.Limited)
	within(t, "the fourth query", e.Until, 59*time.Minute, time.Hour)
	if _, err := s.Get(t.Context(), ref); err != nil {
		t.Errorf("Get meanwhile = %v", err)
	}
}
