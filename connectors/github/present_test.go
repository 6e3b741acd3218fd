package github_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

// A server without GraphQL, or with an older one, is asked for one issue at a time.
func TestPresentWithoutGraphQL(t *testing.T) {
	for name, refusal := range map[string]simkit.Fault{
		"no such address": {Status: 404, Body: `{"message":"Not Found"}`},
		"no such field":   {Status: 200, Body: `{"errors":[{"message":"Field 'fullDatabaseId' doesn't exist on type 'Issue'","extensions":{"code":"undefinedField"}}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			stays, gone, moved := s.file(t, "a", "b", "capa"), s.file(t, "c", "d"), s.file(t, "e", "f")
			must(t, s.As("alice").Delete(2))
			_, err := s.As("alice").Transfer(3, "platform")
			must(t, err)
			refusal.Do, refusal.Path, refusal.Times = simkit.Status, `/graphql$`, -1
			s.Faults().Add(refusal)
			got, err := s.Present(t.Context(), []connectors.Ref{stays, gone, moved})
			must(t, err)
			is, err := s.Get(t.Context(), stays)
			must(t, err)
			if diff := cmp.Diff(map[string]connectors.Presence{stays.ID: {Updated: is.Updated, Labels: is.Fields[connectors.Labels].Items}}, got); diff != "" {
				t.Errorf("Present (-want +got):\n%s", diff)
			}
			s.Faults().Add(simkit.Fault{Do: simkit.Status, Path: `/issues/1$`, Status: 403, Times: -1})
			_, err = s.Present(t.Context(), []connectors.Ref{stays})
			kind(t, "Present of an issue that cannot be read", err, connectors.Denied)
		})
	}
}

// An issue is missing only if the answer says so.
func TestPresentInPartOfAnAnswer(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "b")
	for body, want := range map[string]connectors.Kind{
		`{"data":{"repository":{"i1":null}},"errors":[{"type":"NOT_FOUND","path":["repository","i1"],"message":"Could not resolve to an Issue."}]}`: "",
		`{"data":{"repository":{"i1":null}},"errors":[{"type":"FORBIDDEN","path":["repository","i1"],"message":"Resource not accessible"}]}`:        "",
		`{"data":{"repository":{"i1":null}}}`:                   connectors.Malformed,
		`{"data":{"repository":{}}}`:                            connectors.Malformed,
		`{"data":{"repository":{"i1":{"fullDatabaseId":"1"}}}}`: connectors.Malformed,
		`{"data":{"repository":{"i1":{"fullDatabaseId":"1","updatedAt":"2026-01-02T03:04:05Z","labels":{"nodes":[null]}}}}}`:                connectors.Malformed,
		`{"data":{"repository":{"i1":{"updatedAt":"2026-01-02T03:04:05Z"}}}}`:                                                               connectors.Malformed,
		`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"Could not resolve to a Repository."}]}`: connectors.NotFound,
		`{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`:                                           connectors.Unavailable,
	} {
		s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 200, Path: `/graphql$`, Body: body, Times: 2})
		got, err := s.Present(t.Context(), []connectors.Ref{ref})
		s.Faults().Clear()
		if connectors.KindOf(err) != want || len(got) != 0 {
			t.Errorf("%s: Present = %v, %v, want none and kind %q", body, got, err, want)
		}
	}
	_, err := s.Present(t.Context(), []connectors.Ref{{ID: "1"}})
	kind(t, "Present without a number", err, connectors.Rejected)
}

// A renamed label is told of, whose issues have the time that they had.
func TestPresentTellsOfLabels(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "b", "capa", "minor")
	before, err := s.Present(t.Context(), []connectors.Ref{ref})
	must(t, err)
	s.Clock().Advance(time.Hour)
	if a := s.do(t, "PATCH", "/repos/acme/isms/labels/minor", "ghp_alice", `{"new_name":"small"}`); a.StatusCode != 200 {
		t.Fatalf("the label was not renamed: %d", a.StatusCode)
	}
	got, err := s.Present(t.Context(), []connectors.Ref{ref})
	must(t, err)
	want := map[string]connectors.Presence{ref.ID: {Updated: before[ref.ID].Updated, Labels: []string{"capa", "small"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Present after a label was renamed (-want +got):\n%s", diff)
	}
}
