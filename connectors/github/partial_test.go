package github_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

const (
	noFeed = "GET /repos/{owner}/{repo}/issues/comments"
	noByID = "GET /user/{id}"
)

func lacking(routes ...string) setting {
	return func(o *githubsim.Options, _ *github.Config) { o.Lacks = routes }
}

// feed collects what CommentsSince shows.
func feed(t *testing.T, c connectors.CommentFeed, since time.Time) []connectors.Comment {
	t.Helper()
	var out []connectors.Comment
	for cs, err := range c.CommentsSince(t.Context(), since) {
		must(t, err)
		out = append(out, cs.Comments...)
	}
	return out
}

// A server that does not list all comments has them read issue by issue, with the same
// result.
func TestCommentsIssueByIssue(t *testing.T) {
	whole, part := open(t), open(t, lacking(noFeed))
	var got [2][]connectors.Comment
	var late [2][]connectors.Comment
	for n, s := range []*site{whole, part} {
		r, err := s.Check(t.Context())
		must(t, err)
		told := slices.ContainsFunc(r.Problems, func(p connectors.Problem) bool { return p.Code == "partial-server" && !p.Fatal })
		if told != (s == part) {
			t.Errorf("Check = %+v, want a problem of the server that lacks something, and of no other", r.Problems)
		}
		s.file(t, "one", "")
		s.file(t, "two", "")
		s.file(t, "three", "")
		_, err = s.As("bob").OpenPull("a pull request")
		must(t, err)
		for k, number := range []int{1, 2, 1, 4, 2} {
			s.Clock().Advance(3 * time.Second)
			_, err := s.As("bob").Comment(number, "comment "+itoa(int64(k)))
			must(t, err)
		}
		got[n] = feed(t, s, time.Time{})
		s.Clock().Advance(3 * time.Second)
		since := s.Clock().Now()
		_, err = s.PostComment(t.Context(), refOf(s.Server, 1), "ours", marker)
		must(t, err)
		late[n] = feed(t, s, since)
	}
	texts := func(cs []connectors.Comment) (out []string) {
		for _, c := range cs {
			out = append(out, c.Issue.Key+" "+c.Issue.ID+" "+c.Body+" "+c.Marker)
		}
		return out
	}
	if diff := cmp.Diff(texts(got[0]), texts(got[1])); diff != "" || len(got[0]) != 4 {
		t.Errorf("%d comments (-listed +issue by issue):\n%s", len(got[0]), diff)
	}
	if diff := cmp.Diff(texts(late[0]), texts(late[1])); diff != "" || len(late[0]) != 1 {
		t.Errorf("%d comments since (-listed +issue by issue):\n%s", len(late[0]), diff)
	}
	if n := part.Faults().Count("GET", `/issues/3/comments$`); n != 0 {
		t.Errorf("%d requests for the comments of an issue without any, want none", n)
	}
}

// An account that cannot be asked for by its id is found among those that can be
// assigned.
func TestAnAccountIsFoundAmongTheAssignable(t *testing.T) {
	s := open(t, lacking(noByID))
	r, err := s.Check(t.Context())
	must(t, err)
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].What, noByID) {
		t.Errorf("problems = %+v, want the request that is missing", r.Problems)
	}
	ref := s.file(t, "a", "")
	set := func(id string) error {
		_, err := s.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: id}}})
		return err
	}
	must(t, set("9001"))
	if got := s.Issue(1).Assignees; !slices.Equal(got, []string{"alice"}) {
		t.Errorf("assignees = %v, want alice", got)
	}
	e := failure(t, "an account that cannot be assigned", set("9004"), connectors.Rejected)
	if e.Fields[connectors.Assignee] == "" {
		t.Errorf("Fields = %v, want the assignee named", e.Fields)
	}
	none := open(t, lacking(noByID, "GET /repos/{owner}/{repo}/assignees"))
	ref = none.file(t, "a", "")
	_, err = none.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: "9001"}}})
	kind(t, "an account that cannot be found at all", err, connectors.Rejected)
}

// What changed in the very second of since is listed, also by a server that leaves
// that second out, and nothing older.
func TestSinceOverlaps(t *testing.T) {
	for _, exclusive := range []bool{false, true} {
		s := open(t, func(o *githubsim.Options, _ *github.Config) { o.SinceExclusive = exclusive })
		s.file(t, "before", "")
		s.Clock().Advance(time.Second)
		s.file(t, "then", "")
		i, err := s.Get(t.Context(), refOf(s.Server, 2))
		must(t, err)
		_, err = s.As("bob").Comment(2, "then")
		must(t, err)
		got := all(t, s.Client, i.Updated)
		if len(got) != 1 || got[0].Fields[connectors.Title].Text != "then" {
			t.Errorf("exclusive %t: Changed shows %d issues, want the one of that second", exclusive, len(got))
		}
		if cs := feed(t, s, i.Updated); len(cs) != 1 {
			t.Errorf("exclusive %t: CommentsSince shows %d comments, want the one of that second", exclusive, len(cs))
		}
		w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "ours"}}})
		must(t, err)
		refs, err := s.FindCreated(t.Context(), marker, w.Issue.Created)
		must(t, err)
		if len(refs) != 1 {
			t.Errorf("exclusive %t: FindCreated = %v, want our issue", exclusive, refs)
		}
	}
}
