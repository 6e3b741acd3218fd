package github_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/github"
	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/connectors/simkit"
)

const (
	noGraph  = "POST /graphql"
	noEvents = "GET /repos/{owner}/{repo}/issues/events"
)

// attributed reads an issue, asks GitHub who changed it, and returns each change in the form
// "bob body One>Two".
func (s *site) attributed(t testing.TB, ref connectors.Ref) (connectors.History, []string) {
	t.Helper()
	is, err := s.Get(t.Context(), ref)
	must(t, err)
	must(t, s.Attribute(t.Context(), []*connectors.Issue{is}, nil, nil))
	return is.History, changes(is)
}

func changes(is *connectors.Issue) (out []string) {
	for _, c := range is.Changes {
		from := c.From
		if c.Untold {
			from = "?"
		}
		out = append(out, strings.TrimSpace(c.Author.Login+" "+c.Field+" "+from+">"+c.To+" "+c.Reason))
	}
	return out
}

// An account that was deleted did what it did, and nobody knows who it was. A version of a
// text that was deleted from the history leaves a gap. An app is an app.
func TestWhoIsNotShown(t *testing.T) {
	key, secret := newKey(t)
	s := open(t, asApp(key, secret))
	ref := s.file(t, "One", "first")
	wait := func() { s.Clock().Advance(2 * time.Second) }
	wait()
	must(t, s.As("bob").Retitle(1, "Two"))
	must(t, s.As("bob").Rewrite(1, "second"))
	wait()
	must(t, s.As("alice").Rewrite(1, "third"))
	must(t, s.As("alice").ForgetEdit(1))
	wait()
	must(t, s.As("alice").Rewrite(1, "fourth"))
	must(t, s.As("alice").Close(1, "not_planned"))
	_, err := s.Update(t.Context(), ref, connectors.Patch{AddLabels: []string{"bug"}})
	must(t, err)
	s.DeleteUser("bob")
	history, got := s.attributed(t, ref)
	want := []string{
		"title One>Two", "body first>second", "alice body second>", "alice status open>closed not_planned",
		"conformd[bot] labels >bug", "alice body ?>fourth",
	}
	if diff := cmp.Diff(want, got); diff != "" || history != connectors.HistoryWhole {
		t.Errorf("the history is %q (-want +got):\n%s", history, diff)
	}
	if n := s.Faults().Count("POST", "/graphql$"); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// Of an issue with more changes than are asked for the newest are told, and the history says
// that it is a part. What its text was before the oldest of them is known all the same.
func TestLongHistory(t *testing.T) {
	s := open(t)
	ref := s.file(t, "One", "0")
	for n := range 30 {
		s.Clock().Advance(time.Second)
		must(t, s.As("bob").Rewrite(1, itoa(int64(n+1))))
	}
	history, got := s.attributed(t, ref)
	if history != connectors.HistoryPart || len(got) != 24 || got[0] != "bob body 6>7" || got[23] != "bob body 29>30" {
		t.Errorf("the history is %q with %d changes: %v", history, len(got), got)
	}
	other := s.file(t, "Two", "")
	for range 30 {
		must(t, s.As("bob").Label(2, "bug"))
		must(t, s.As("bob").Unlabel(2, "bug"))
	}
	if history, got := s.attributed(t, other); history != connectors.HistoryPart || len(got) != 50 {
		t.Errorf("the history is %q with %d changes, want a part with 50", history, len(got))
	}
}

// What conformd hides in a description is in no text of its history.
func TestHistoryWithoutMarks(t *testing.T) {
	s := open(t)
	w, err := s.Create(t.Context(), connectors.Draft{Fields: map[connectors.Field]connectors.Value{
		connectors.Title: {Text: "Ours"}, connectors.Body: {Text: "one"},
	}, Marker: marker})
	must(t, err)
	s.Clock().Advance(2 * time.Second)
	must(t, s.As("bob").Rewrite(1, strings.Replace(s.Issue(1).Body, "one", "two", 1)))
	if _, got := s.attributed(t, w.Ref); !slices.Equal(got, []string{"bob body one>two"}) {
		t.Errorf("changes = %q", got)
	}
}

// A server without GraphQL, or an account that may not ask it, still tells who labelled,
// assigned, closed, reopened and renamed: by the listing of events, which costs nothing
// while nothing happens. The check says what does not count.
func TestEventsWithoutGraphQL(t *testing.T) {
	for name, set := range map[string]setting{
		"no such API":   lacking(noGraph),
		"no such field": func(*githubsim.Options, *github.Config) {},
		"no right":      func(*githubsim.Options, *github.Config) {},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, set)
			switch name {
			case "no such field":
				s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 200, Times: 9, Path: `/graphql$`, Body: `{"errors":[{"message":"Field 'x' doesn't exist","extensions":{"code":"undefinedField"}}]}`})
			case "no right":
				s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 200, Times: 9, Path: `/graphql$`, Body: `{"errors":[{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted the required scopes"}]}`})
			}
			ref := s.file(t, "One", "text", "bug")
			s.Clock().Advance(2 * time.Second)
			must(t, s.As("bob").Rewrite(1, "other text"))
			must(t, s.As("bob").Retitle(1, "Two"))
			must(t, s.As("alice").Unlabel(1, "bug"))
			must(t, s.As("alice").Assign(1, "rita"))
			s.Clock().Advance(2 * time.Second)
			must(t, s.As("bob").Close(1, "completed"))
			must(t, s.As("alice").Reopen(1))
			for range 3 {
				history, got := s.attributed(t, ref)
				want := []string{"bob labels >bug", "bob title One>Two", "alice labels bug>", "alice assignee >9003", "bob status open>closed completed", "alice status closed>open"}
				if diff := cmp.Diff(want, got); diff != "" || history != connectors.HistoryPart {
					t.Errorf("the history is %q (-want +got):\n%s", history, diff)
				}
			}
			if n := s.Faults().Count("POST", "/graphql$"); n != 1 && name != "no such API" {
				t.Errorf("GraphQL was asked %d times, want once", n)
			}
			s.DeleteUser("bob")
			if _, got := s.attributed(t, ref); got[1] != "title One>Two" {
				t.Errorf("what the ghost did is %q's", got[1])
			}
			rep, err := s.Check(t.Context())
			must(t, err)
			if !slices.Contains(codes(rep), "unattributed") {
				t.Errorf("Check = %+v, want that it says what is not told", rep.Problems)
			}
		})
	}
}

// A server that tells nothing leaves the history untold, and that is no error.
func TestNothingIsTold(t *testing.T) {
	s := open(t, lacking(noGraph, noEvents))
	ref := s.file(t, "One", "text", "bug")
	said, err := s.As("bob").Comment(1, "text")
	must(t, err)
	is, err := s.Get(t.Context(), ref)
	must(t, err)
	c := connectors.Comment{ID: itoa(said), Issue: ref}
	must(t, s.Attribute(t.Context(), []*connectors.Issue{is}, []*connectors.Comment{&c}, nil))
	if is.History != connectors.HistoryUntold || len(is.Changes) != 0 || !c.Edited.IsZero() {
		t.Errorf("%q, %v, %+v, want nothing", is.History, is.Changes, c)
	}
}

// What fails now is an error and may be told later.
func TestAttributeFails(t *testing.T) {
	s := open(t)
	ref := s.file(t, "One", "text")
	for body, want := range map[string]connectors.Kind{
		`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for user ID 1."}]}`:                                                                                                         connectors.Limited,
		`{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`:                                                                                                         connectors.Unavailable,
		`{"data":{"repository":{"i1":{"fullDatabaseId":"%","updatedAt":"2026-01-02T03:04:05Z"}}}}`:                                                                                                        connectors.Malformed,
		`{"data":{"repository":{"i1":{"fullDatabaseId":"%","updatedAt":"2026-01-02T03:04:05Z","timelineItems":{"pageInfo":{"hasPreviousPage":false},"nodes":[{"__typename":"ClosedEvent","id":"x"}]}}}}}`: connectors.Malformed,
		`{"data":{"repository":null}}`: connectors.Malformed,
		`{"data":{"repository":{}}}`:   "",
	} {
		s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 200, Path: `/graphql$`, Body: strings.ReplaceAll(body, "%", ref.ID), Times: 2})
		is, err := s.Get(t.Context(), ref)
		must(t, err)
		err = s.Attribute(t.Context(), []*connectors.Issue{is}, nil, nil)
		s.Faults().Clear()
		if connectors.KindOf(err) != want || is.History != connectors.HistoryUntold {
			t.Errorf("%s: err = %v, history %q, want kind %q and nothing told", body, err, is.History, want)
		}
	}
	if history, _ := s.attributed(t, ref); history != connectors.HistoryWhole {
		t.Errorf("after the failures the history is %q", history)
	}
}

// An answer that took GitHub too long is asked for in halves.
func TestAttributeInHalves(t *testing.T) {
	s := open(t)
	var issues []*connectors.Issue
	for n := range 4 {
		is, err := s.Get(t.Context(), s.file(t, fmt.Sprint("Issue ", n), "text"))
		must(t, err)
		issues = append(issues, is)
	}
	s.Faults().Add(simkit.Fault{Do: simkit.Status, Status: 502, Path: `/graphql$`, Times: 2})
	must(t, s.Attribute(t.Context(), issues, nil, nil))
	for _, is := range issues {
		if is.History != connectors.HistoryWhole {
			t.Errorf("the history of %s is %q", is.Ref, is.History)
		}
	}
	if n := s.Faults().Count("POST", "/graphql$"); n != 4 {
		t.Errorf("%d requests, want two that failed and two halves", n)
	}
}

// Comments are asked for by an id that their listing tells; one that is not remembered is
// read once more, and one that is gone is left out.
func TestCommentsByTheirID(t *testing.T) {
	s := open(t)
	ref := s.file(t, "One", "text")
	edited, err := s.As("bob").Comment(1, "one")
	must(t, err)
	gone, err := s.As("bob").Comment(1, "two")
	must(t, err)
	must(t, s.As("alice").EditComment(edited, "other"))
	must(t, s.As("alice").DeleteComment(gone))
	a, b := connectors.Comment{ID: itoa(edited), Issue: ref}, connectors.Comment{ID: itoa(gone), Issue: ref}
	must(t, s.Attribute(t.Context(), nil, []*connectors.Comment{&a, &b}, nil))
	if a.Editor.Login != "alice" || a.Edited.IsZero() || !b.Edited.IsZero() {
		t.Errorf("%+v, %+v, want that alice edited the first", a, b)
	}
}

// Issues that wait to be read are asked about beside the first of them. What was told within
// the second of an issue's last change may not be all, and another second is another story.
func TestAskedAhead(t *testing.T) {
	s := open(t)
	var refs []connectors.Ref
	for n := range 4 {
		refs = append(refs, s.file(t, fmt.Sprint("Issue ", n), "text"))
	}
	s.Clock().Advance(2 * time.Second)
	for n := range refs {
		must(t, s.As("bob").Retitle(n+1, "Edited"))
	}
	read := func(ref connectors.Ref, soon ...connectors.Ref) []string {
		t.Helper()
		is, err := s.Get(t.Context(), ref)
		must(t, err)
		must(t, s.Attribute(t.Context(), []*connectors.Issue{is}, nil, soon))
		if is.History != connectors.HistoryWhole {
			t.Errorf("the history of %s is %q", ref, is.History)
		}
		return changes(is)
	}
	asked := func(want int) {
		t.Helper()
		if got := s.Faults().Count("POST", "/graphql$"); got != want {
			t.Errorf("%d requests, want %d", got, want)
		}
	}
	s.Clock().Advance(2 * time.Second)
	read(refs[0], append(refs, connectors.Ref{ID: "7"})...)
	asked(1)
	if got := read(refs[1]); !slices.Equal(got, []string{"bob title Issue 1>Edited"}) {
		t.Errorf("told beforehand: %q", got)
	}
	asked(1)
	must(t, s.As("alice").Retitle(3, "Edited again"))
	if got := read(refs[2]); len(got) != 2 || got[1] != "alice title Edited>Edited again" {
		t.Errorf("changed since it was told: %q", got)
	}
	asked(2)
	read(refs[1])
	asked(3) // an answer is used once
}
