package github_test

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

// The filter of a whole listing is the selection of the configuration: all labels, in any
// case, and one with a comma is looked for in what is listed.
func TestAllAsksForTheSelectedIssues(t *testing.T) {
	for _, labels := range [][]string{{"Capa", "iso"}, {"iso", "capa, formal"}} {
		s := open(t, func(_ *githubsim.Options, c *github.Config) { c.Labels = labels })
		_, err := s.Seed("bob", 500, func(k int) (string, string, []string) { return fmt.Sprint("Task ", k), "", nil })
		must(t, err)
		s.file(t, "one label", "", "capa", "capa, formal")
		want := s.file(t, "all labels", "", "bug", "capa", "capa, formal", "iso")
		var got []string
		for p, err := range s.All(t.Context(), time.Time{}) {
			must(t, err)
			for _, is := range p.Issues {
				got = append(got, is.Ref.ID)
			}
		}
		if d := cmp.Diff([]string{want.ID}, got); d != "" {
			t.Errorf("All with %q (-want +got):\n%s", labels, d)
		}
		if n := s.Faults().Count("GET", "/issues$"); n != 1 {
			t.Errorf("%d requests list the issues labelled %q, want 1", n, labels)
		}
	}
}

// The first page of a listing of comments tells how much it would take to read the rest.
func TestCommentsSinceTellsItsLength(t *testing.T) {
	for _, lacks := range [][]string{nil, {"GET /repos/{owner}/{repo}/issues/comments"}} {
		s := open(t, func(o *githubsim.Options, _ *github.Config) { o.Lacks = lacks })
		s.file(t, "a", "")
		for k := range 250 {
			s.Clock().Advance(time.Second)
			_, err := s.As("bob").Comment(1, fmt.Sprint(k))
			must(t, err)
		}
		_, err := s.Check(t.Context())
		must(t, err)
		var more []int
		for p, err := range s.CommentsSince(t.Context(), time.Time{}) {
			must(t, err)
			more = append(more, p.More)
		}
		want := []int{2, 1, 0}
		if lacks != nil {
			want = []int{math.MaxInt, 0}
		}
		if d := cmp.Diff(want, more); d != "" {
			t.Errorf("More of each page (-want +got):\n%s", d)
		}
	}
}
