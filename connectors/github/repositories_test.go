package github_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

// The repositories of an organisation, over pages, each by the number that stays when it
// is renamed. An app asks for those of its installation.
func TestRepositories(t *testing.T) {
	for name, with := range map[string]func(*githubsim.Options, *github.Config){
		"token": func(o *githubsim.Options, _ *github.Config) { o.PageSize = 2 },
		"app":   asApp(newKey(t)),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, with)
			defer s.Close()
			for n := range 5 {
				s.AddRepo(fmt.Sprintf("team-%d", n))
			}
			request(t, "PATCH", s.api+"repos/acme/team-1", "ghp_alice", `{"archived":true}`)
			request(t, "PATCH", s.api+"repos/acme/team-2", "ghp_alice", `{"has_issues":false}`)
			before, err := s.Repositories(t.Context(), "ACME")
			must(t, err)
			request(t, "PATCH", s.api+"repos/acme/team-3", "ghp_alice", `{"name":"renamed"}`)
			after, err := s.Repositories(t.Context(), "acme")
			must(t, err)
			was, is := map[int64]string{}, map[int64]string{}
			var idle []string
			for _, r := range before {
				was[r.ID] = r.Name
				if r.Idle {
					idle = append(idle, r.Name)
				}
			}
			for _, r := range after {
				is[r.ID] = r.Name
			}
			if !slices.Equal(idle, []string{"acme/team-1", "acme/team-2"}) {
				t.Errorf("idle are %q, want the archived one and the one without issues", idle)
			}
			renamed := 0
			for id, name := range was {
				if is[id] != name {
					renamed++
					if name != "acme/team-3" || is[id] != "acme/renamed" {
						t.Errorf("%s is %q now", name, is[id])
					}
				}
			}
			if len(was) < 6 || len(was) != len(is) || renamed != 1 {
				t.Errorf("%d repositories, then %d, of which %d have another name; want one", len(was), len(is), renamed)
			}
		})
	}
	s := open(t)
	defer s.Close()
	if rs, err := s.Repositories(t.Context(), "nobody"); !errors.Is(err, connectors.NotFound) {
		t.Errorf("Repositories(nobody) = %v, %v, want that it is not found", rs, err)
	}
}
