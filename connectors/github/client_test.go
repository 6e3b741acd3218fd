package github_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
)

const marker = "cf-0123456789abcdef"

func TestCreateReadUpdate(t *testing.T) {
	for _, s := range []*site{open(t), open(t, ghes)} {
		ctx := t.Context()
		w, err := s.Create(ctx, connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{
			connectors.Title:    {Text: "Leavers keep access"},
			connectors.Body:     {Text: "Three accounts.\n"},
			connectors.Labels:   {Items: []string{"capa", "kind/nonconformity"}},
			connectors.Assignee: {Text: "9001"},
		}})
		must(t, err)
		if w.Status != 201 || w.RequestID == "" || w.Issue == nil {
			t.Errorf("Create = %+v, want status 201, a request id and the issue", w)
		}
		if got, want := s.Issue(1).Body, "Three accounts.\n\n\n<!-- conformd:"+marker+" -->"; got != want {
			t.Errorf("body at GitHub = %q, want %q", got, want)
		}
		got, err := s.Get(ctx, w.Ref)
		must(t, err)
		want := map[connectors.Field]connectors.Value{
			connectors.Title:    {Text: "Leavers keep access"},
			connectors.Body:     {Text: "Three accounts.\n"},
			connectors.Labels:   {Items: []string{"capa", "kind/nonconformity"}},
			connectors.Assignee: {Text: "9001"},
		}
		if d := cmp.Diff(want, got.Fields); d != "" {
			t.Errorf("fields (-want +got):\n%s", d)
		}
		if got.Marker != marker || !got.Author.Bot || got.Author.Login != "conformd-bot" || got.Users["9001"].Login != "alice" {
			t.Errorf("Get = %+v, want our marker, our account as a bot and alice among the users", got)
		}
		w, err = s.Update(ctx, w.Ref, connectors.Patch{
			Set:       map[connectors.Field]connectors.Value{connectors.Body: {Text: "Four accounts."}, connectors.Assignee: {}},
			AddLabels: []string{"grade/minor"}, RemoveLabels: []string{"CAPA"},
			Status: &connectors.Target{Name: "closed", Reason: "not_planned"},
		})
		must(t, err)
		if w.Issue.Marker != marker || w.Issue.Fields[connectors.Body].Text != "Four accounts." {
			t.Errorf("Update = %+v, want the new body with the marker kept apart", w.Issue)
		}
		if d := cmp.Diff(connectors.Status{Name: "closed", Done: true, Reason: "not_planned"}, w.Issue.Status); d != "" {
			t.Errorf("status (-want +got):\n%s", d)
		}
		if d := cmp.Diff([]string{"grade/minor", "kind/nonconformity"}, w.Issue.Fields[connectors.Labels].Items); d != "" {
			t.Errorf("labels (-want +got):\n%s", d)
		}
		if w.Issue.Fields[connectors.Assignee].Text != "" {
			t.Errorf("assignee = %q, want none", w.Issue.Fields[connectors.Assignee].Text)
		}
	}
}

func TestCommentsCarryTheirMarker(t *testing.T) {
	s := open(t)
	ref := s.file(t, "a", "b")
	w, err := s.PostComment(t.Context(), ref, "Cause is missing.", marker)
	must(t, err)
	_, err = s.As("bob").Comment(1, "On it.")
	must(t, err)
	_, err = s.EditComment(t.Context(), ref, w.CommentID, "Cause and correction are missing.", marker)
	must(t, err)
	got, err := connectors.AllComments(s.Comments(t.Context(), ref, ""))
	must(t, err)
	if len(got) != 2 {
		t.Fatalf("Comments = %d, want 2", len(got))
	}
	if c := got[0]; c.ID != w.CommentID || c.Marker != marker || c.Body != "Cause and correction are missing." || !c.Author.Bot {
		t.Errorf("first comment = %+v, want ours", c)
	}
	if c := got[1]; c.Marker != "" || c.Body != "On it." || c.Author.Bot || c.Author.ID != "9002" {
		t.Errorf("second comment = %+v, want bob's", c)
	}
	var feed []connectors.Comment
	for cs, err := range s.CommentsSince(t.Context(), time.Time{}) {
		must(t, err)
		feed = append(feed, cs.Comments...)
	}
	if len(feed) != 2 || feed[0].Issue.Key != "acme/isms#1" {
		t.Errorf("CommentsSince = %+v, want two comments of acme/isms#1", feed)
	}
}

func TestFindCreatedByListing(t *testing.T) {
	s := open(t)
	start := s.Clock().Now()
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "x"}}})
	must(t, err)
	s.file(t, "copied", "<!-- conformd:"+marker+" -->") // a template copied by somebody else
	got, err := s.FindCreated(t.Context(), marker, start)
	must(t, err)
	if d := cmp.Diff([]connectors.Ref{w.Ref}, got); d != "" {
		t.Errorf("FindCreated (-want +got):\n%s", d)
	}
	none, err := s.FindCreated(t.Context(), "another-marker", start)
	must(t, err)
	if len(none) != 0 {
		t.Errorf("FindCreated of an unknown marker = %v, want none", none)
	}
}

func TestTextsWithinTheLimitAreAccepted(t *testing.T) {
	s := open(t)
	long := strings.Repeat("ä", s.Capabilities().BodyLimit)
	w, err := s.Create(t.Context(), connectors.Draft{Marker: strings.Repeat("m", 64), Fields: map[connectors.Field]connectors.Value{
		connectors.Title: {Text: strings.Repeat("t", s.Capabilities().TitleLimit)}, connectors.Body: {Text: long},
	}})
	must(t, err)
	if w.Issue.Fields[connectors.Body].Text != long {
		t.Error("a body of the full limit came back changed")
	}
	_, err = s.PostComment(t.Context(), w.Ref, long, strings.Repeat("m", 64))
	must(t, err)
	_, err = s.Update(t.Context(), w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Title: {Text: strings.Repeat("t", 257)}}})
	e := failure(t, "Update with a long title", err, connectors.Rejected)
	if !strings.Contains(e.Detail, "title is too long") {
		t.Errorf("detail = %q, want GitHub's words", e.Detail)
	}
}

// The body that was read is written back as it was, whatever is in it.
func TestMarkerRoundTrip(t *testing.T) {
	s := open(t)
	for _, text := range []string{"", "a", "a\n", "a\n\n", "\n", "a\r\nb\r\n", "<!-- conformd:someone-elses -->", "x\n<!-- conformd:someone-elses -->\ny", "```\n<!-- c -->\n```"} {
		w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{
			connectors.Title: {Text: "t"}, connectors.Body: {Text: text},
		}})
		must(t, err)
		if got := w.Issue.Fields[connectors.Body].Text; got != text || w.Issue.Marker != marker {
			t.Errorf("body %q came back as %q with marker %q", text, got, w.Issue.Marker)
		}
	}
}

func TestSelection(t *testing.T) {
	known := map[string]bool{}
	s := open(t, func(_ *optsOf, c *github.Config) {
		c.Labels = []string{"capa"}
		c.Known = func(id string) bool { return known[id] }
	})
	a := s.file(t, "selected", "", "Capa")
	s.file(t, "not selected", "")
	must(t, s.As("bob").Unlabel(1, "capa"))
	if got := all(t, s, time.Time{}); len(got) != 0 {
		t.Errorf("Changed = %d issues, want none without the label", len(got))
	}
	known[a.ID] = true
	if got := all(t, s, time.Time{}); len(got) != 1 || got[0].Ref.ID != a.ID {
		t.Errorf("Changed = %v, want the bound issue although it lost its label", got)
	}
}

func TestIssueTypes(t *testing.T) {
	s := open(t, func(o *optsOf, _ *github.Config) { o.IssueTypes = []string{"Task", "Nonconformity"} })
	w, err := s.Create(t.Context(), connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{
		connectors.Title: {Text: "t"}, connectors.Type: {Text: "Nonconformity"},
	}})
	must(t, err)
	if got := w.Issue.Fields[connectors.Type].Text; got != "Nonconformity" || s.Issue(1).Type != got {
		t.Errorf("type = %q, want Nonconformity", got)
	}
	w, err = s.Update(t.Context(), w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Type: {}}})
	must(t, err)
	if v, ok := w.Issue.Fields[connectors.Type]; !ok || v.Text != "" {
		t.Errorf("type = %+v (%v), want an empty field that has a place", v, ok)
	}
	_, err = s.Update(t.Context(), w.Ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Type: {Text: "Epic"}}})
	kind(t, "Update to a type that does not exist", err, connectors.Rejected)
	// An owner without issue types has no place for one.
	plain := open(t)
	i, err := plain.Get(t.Context(), plain.file(t, "a", ""))
	must(t, err)
	if v, ok := i.Fields[connectors.Type]; ok {
		t.Errorf("type = %+v, want no field at all", v)
	}
}
