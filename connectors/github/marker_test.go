package github_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
)

const typed = "<!-- conformd:aaaaaaaa -->"

// A person who types a marker does not get past the selection by label, and their
// text stays as they typed it.
func TestAMarkerOfAPersonIsText(t *testing.T) {
	s := open(t, func(_ *githubsim.Options, c *github.Config) { c.Labels = []string{"capa"} })
	ref := s.file(t, "Look at me", "Please.\n\n"+typed)
	if got := all(t, s.Client, time.Time{}); len(got) != 0 {
		t.Errorf("Changed selects %d issues, want none: the label is missing", len(got))
	}
	i, err := s.Get(t.Context(), ref)
	must(t, err)
	if got, want := i.Fields[connectors.Body].Text, "Please.\n\n"+typed; got != want || i.Marker != "" {
		t.Errorf("body, marker = %q, %q, want %q as typed and none", got, i.Marker, want)
	}
	w, err := s.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "Thanks.\n\n" + typed}}})
	must(t, err)
	if got, want := s.Issue(1).Body, "Thanks.\n\n"+typed; got != want || w.Issue.Marker != "" {
		t.Errorf("body at GitHub, marker = %q, %q, want exactly what was written", got, w.Issue.Marker)
	}
}

// FindCreated compares the author, too: a server that does not filter by creator
// must not make a person's copy pass for ours.
func TestFindCreatedComparesTheAuthor(t *testing.T) {
	const at = `"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","labels":[],"assignees":[],"state":"open"`
	row := `{"id":%d,"number":%d,"title":"x","body":"<!-- conformd:` + marker + ` -->","user":{"id":%d,"login":"x"},` + at + `}`
	c := fake(t, map[string]string{
		"/user":                   `{"id":9000,"login":"conformd-bot"}`,
		"/repos/acme/isms/issues": "[" + fmt.Sprintf(row, 1, 1, 9002) + "," + fmt.Sprintf(row, 2, 2, 9000) + "]",
	})
	refs, err := c.FindCreated(t.Context(), marker, time.Time{})
	must(t, err)
	if len(refs) != 1 || refs[0].ID != "2" {
		t.Errorf("FindCreated = %v, want the issue of our own account alone", refs)
	}
}

// A transfer keeps the author, and with it the marker.
func TestAMarkerSurvivesATransfer(t *testing.T) {
	s := open(t)
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}}})
	must(t, err)
	n, err := s.As("alice").Transfer(1, "platform")
	must(t, err)
	_, err = s.Get(t.Context(), w.Ref)
	to := failure(t, "Get", err, connectors.Moved).To
	there, err := github.New(github.Config{BaseURL: s.url + "/", Owner: "acme", Repo: "platform", Auth: github.Auth{Token: botToken}})
	must(t, err)
	i, err := there.Get(t.Context(), to)
	must(t, err)
	if i.Marker != marker || i.Ref.Key != fmt.Sprintf("acme/platform#%d", n) {
		t.Errorf("issue after the transfer = %s with marker %q, want it with %q", i.Ref, i.Marker, marker)
	}
}

// An issue that a conformd without installations filed gets the id with the next text, and
// one of an installation that was taken over gets the id of the one that took it over.
func TestABodyCarriesWhoWroteItLast(t *testing.T) {
	s := open(t)
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}, connectors.Body: {Text: "One."}}})
	must(t, err)
	for _, installation := range []string{"firstinstall", "secondinstall"} {
		c, err := github.New(github.Config{BaseURL: s.url + "/", Owner: "acme", Repo: "isms", Auth: github.Auth{Token: botToken}, Installation: installation})
		must(t, err)
		_, err = c.Update(t.Context(), w.Ref, connectors.Patch{AddLabels: []string{installation}})
		must(t, err)
		if i, err := s.Get(t.Context(), w.Ref); err != nil || i.Installation == installation {
			t.Errorf("installation after a label = %q, %v, want it as it was: the body was not written", i.Installation, err)
		}
		_, err = c.Update(t.Context(), w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "Two."}}})
		must(t, err)
		if got, want := s.Issue(1).Body, "Two.\n\n<!-- conformd:"+marker+" of:"+installation+" -->"; got != want {
			t.Errorf("body = %q, want %q", got, want)
		}
	}
}

func TestTheInstallationHasAForm(t *testing.T) {
	for id, good := range map[string]bool{"": true, "ab12cd34": true, "ab12cd3": false, "ab12cd34ab12cd345": false, "AB12CD34": false, "ab12-cd34": false} {
		_, err := github.New(github.Config{Owner: "acme", Repo: "isms", Auth: github.Auth{Token: botToken}, Installation: id})
		if (err == nil) != good {
			t.Errorf("New with the installation %q: %v, want it taken: %t", id, err, good)
		}
	}
}
