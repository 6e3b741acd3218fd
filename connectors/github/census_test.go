package github_test

import (
	"fmt"
	"testing"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

// A census shows every issue once, page by page, and which of them the labels select, whether
// they are bound or filed by conformd. Pull requests are no issues.
func TestCensus(t *testing.T) {
	s := open(t, func(o *githubsim.Options, c *github.Config) {
		o.PageSize = 10
		c.Labels, c.Known = []string{"capa", "isms"}, func(string) bool { return true }
	})
	alice := s.As("alice")
	want := map[string]bool{}
	for n := range 35 {
		labels := []string{"capa"}
		if n%3 == 0 {
			labels = append(labels, "ISMS")
		}
		number, err := alice.Open(fmt.Sprint("issue ", n), "", labels...)
		must(t, err)
		if n%5 == 0 {
			must(t, alice.Close(number, "completed"))
		}
		want[refOf(s.Server, number).Key] = n%3 == 0
	}
	_, err := alice.OpenPull("a change")
	must(t, err)
	made, err := s.Create(t.Context(), connectors.Draft{Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "ours"}}, Marker: "rec-0123456789"})
	must(t, err)
	want[made.Ref.Key] = false
	got := map[string]bool{}
	for page, err := range s.Everything(t.Context()) {
		must(t, err)
		for _, is := range page {
			if _, twice := got[is.Ref.Key]; twice {
				t.Errorf("%s is shown twice", is.Ref.Key)
			}
			got[is.Ref.Key] = is.Selected
			if is.Ref.Key == made.Ref.Key && is.Marker == "" {
				t.Error("the marker of an issue that conformd filed is not shown")
			}
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the census shows %v, want %v", got, want)
	}
	if q := s.Selects(); q != `repo:acme/isms is:issue label:"capa" label:"isms"` {
		t.Errorf("Selects() = %s", q)
	}
}
