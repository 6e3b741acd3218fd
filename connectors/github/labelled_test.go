package github_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

// Every issue with the label is listed once, open or closed, whether the configuration selects it
// or not. Pull requests and other issues are left out.
func TestLabelled(t *testing.T) {
	s := open(t, func(o *githubsim.Options, c *github.Config) { o.PageSize, c.Labels = 10, []string{"capa"} })
	alice := s.As("alice")
	want := map[string]bool{}
	for n := range 35 {
		label := "audit-request"
		if n%3 == 0 {
			label = "capa"
		}
		number, err := alice.Open(fmt.Sprint("issue ", n), "", label)
		must(t, err)
		if n%5 == 0 {
			must(t, alice.Close(number, "completed"))
		}
		if n%3 != 0 {
			want[refOf(s.Server, number).Key] = true
		}
	}
	pull, err := alice.OpenPull("a change")
	must(t, err)
	must(t, alice.Label(pull, "audit-request"))
	got := map[string]bool{}
	for page, err := range s.Labelled(t.Context(), "audit-request") {
		must(t, err)
		for _, is := range page {
			if got[is.Ref.Key] {
				t.Errorf("%s is shown twice", is.Ref.Key)
			}
			got[is.Ref.Key] = true
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the label lists %v, want %v", got, want)
	}
	for _, label := range []string{"", "one,two"} {
		for _, err := range s.Labelled(t.Context(), label) {
			if !errors.Is(err, connectors.Rejected) {
				t.Errorf("Labelled(%q) = %v, want it refused", label, err)
			}
		}
	}
}
