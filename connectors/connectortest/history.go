package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

// A Crowd is a World in which another person acts beside the one of HumanEdit, with the
// right to edit what others wrote. It is needed for FeatureHistory.
type Crowd interface {
	// Other is the login of the other person.
	Other() string
	// OtherEdit sets a field as the other person.
	OtherEdit(t testing.TB, ref connectors.Ref, f connectors.Field, v connectors.Value)
	// OtherEditComment replaces the text of a comment, whoever wrote it.
	OtherEditComment(t testing.TB, ref connectors.Ref, id, body string)
}

func historyCases() []testCase {
	return []testCase{
		{name: "who changed what", needs: FeatureHistory, run: whoChangedWhat},
		{name: "who changed what after it was read", needs: FeatureHistory, run: changedAfterReading},
		{name: "who edited comments", needs: FeatureHistory, run: whoEditedComments},
	}
}

func (s *suite) historian(t *testing.T) (connectors.Historian, Crowd) {
	t.Helper()
	h, ok := s.Tracker.(connectors.Historian)
	if !ok {
		t.Fatal("the tracker is no Historian, and Facts.Lacks does not say why")
	}
	crowd, ok := s.World.(Crowd)
	if !ok {
		t.Fatal("the world of a Historian is no Crowd")
	}
	return h, crowd
}

// An act is a change as the suite compares it.
type act struct{ Who, Field, From, To string }

// acts are the changes of an issue by login, without those of its creation.
func (s *suite) acts(t *testing.T, is *connectors.Issue) []act {
	t.Helper()
	var out []act
	last := time.Time{}
	for _, c := range is.Changes {
		if c.ID == "" || c.At.IsZero() || c.At.After(is.Updated) || c.At.Before(last) {
			t.Errorf("a change without an id, without a time, out of order, or later than the issue: %+v", c)
		}
		last = c.At
		if c.At.After(is.Created) {
			out = append(out, act{c.Author.Login, c.Field, c.From, c.To})
		}
	}
	return out
}

func whoChangedWhat(t *testing.T, s *suite) {
	h, crowd := s.historian(t)
	const n = 130 // above what one request can ask for
	refs := s.World.Seed(t, n)
	all := make([]*connectors.Issue, n)
	read := func(ref connectors.Ref) *connectors.Issue {
		t.Helper()
		is, err := s.Tracker.Get(t.Context(), ref)
		s.works(t, "Get", err)
		return is
	}
	for i, ref := range refs {
		all[i] = read(ref)
	}
	s.works(t, "Attribute", h.Attribute(t.Context(), all, nil, nil))
	for _, is := range all {
		if is.History != connectors.HistoryWhole || len(s.acts(t, is)) != 0 {
			t.Errorf("%s = %q, %+v, want that nobody changed it", is.Ref, is.History, is.Changes)
		}
	}
	busy := refs[n-1]
	began := read(busy)
	human, other, bot := s.Facts.Human, crowd.Other(), s.self(t)
	who := s.Facts.Assignees[0]
	set := connectors.Value{Items: []string{"one", "two"}}
	// Two people within one second, and then one after the other.
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, busy, connectors.Title, connectors.Value{Text: "First"})
	crowd.OtherEdit(t, busy, connectors.Title, connectors.Value{Text: "Second"})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, busy, connectors.Body, connectors.Value{Text: "Written by one"})
	s.World.Advance(t, 2*time.Second)
	crowd.OtherEdit(t, busy, connectors.Body, connectors.Value{Text: "Written by two"})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, busy, connectors.Labels, set)
	crowd.OtherEdit(t, busy, connectors.Assignee, connectors.Value{Text: who})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, busy, connectors.Assignee, connectors.Value{})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanStatus(t, busy, s.Facts.Done[0])
	s.World.Advance(t, 2*time.Second)
	_, err := s.Tracker.Update(t.Context(), busy, connectors.Patch{RemoveLabels: []string{"one"}})
	s.works(t, "Update", err)
	is := read(busy)
	s.works(t, "Attribute", h.Attribute(t.Context(), []*connectors.Issue{all[0], is}, nil, nil))
	want := []act{
		{human, "title", began.Fields[connectors.Title].Text, "First"},
		{other, "title", "First", "Second"},
		{human, "body", began.Fields[connectors.Body].Text, "Written by one"},
		{other, "body", "Written by one", "Written by two"},
		{human, "labels", "", "one"},
		{human, "labels", "", "two"},
		{other, "assignee", "", who},
		{human, "assignee", who, ""},
		{human, "status", s.Facts.Start, s.Facts.Done[0].Name},
		{bot.Login, "labels", "one", ""},
	}
	if diff := cmp.Diff(want, s.acts(t, is)); diff != "" || is.History != connectors.HistoryWhole {
		t.Errorf("the history is %q (-want +got):\n%s", is.History, diff)
	}
	if u := is.Users[is.Changes[len(is.Changes)-1].Author.ID]; u.ID != bot.ID || !u.Bot {
		t.Errorf("Users do not have the author of the last change: %+v", is.Users)
	}
}

// self is our own account.
func (s *suite) self(t *testing.T) connectors.User {
	t.Helper()
	rep, err := s.Tracker.Check(t.Context())
	s.works(t, "Check", err)
	return rep.Self
}

// Attribute leaves out a change that somebody made after the issue was read.
func changedAfterReading(t *testing.T, s *suite) {
	h, crowd := s.historian(t)
	refs := s.World.Seed(t, 2)
	ref := refs[0]
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, ref, connectors.Body, connectors.Value{Text: "One"})
	s.World.HumanEdit(t, ref, connectors.Labels, connectors.Value{Items: []string{"one"}})
	is, err := s.Tracker.Get(t.Context(), ref)
	s.works(t, "Get", err)
	// Within the same second, so that no time tells it apart.
	crowd.OtherEdit(t, ref, connectors.Body, connectors.Value{Text: "Two"})
	crowd.OtherEdit(t, ref, connectors.Title, connectors.Value{Text: "Two"})
	crowd.OtherEdit(t, ref, connectors.Labels, connectors.Value{})
	s.World.HumanStatus(t, ref, s.Facts.Done[0])
	gone := &connectors.Issue{Ref: s.Facts.Missing}
	s.works(t, "Attribute", h.Attribute(t.Context(), []*connectors.Issue{is, gone}, nil, nil))
	var got []act
	for _, a := range s.acts(t, is) {
		got = append(got, act{a.Who, a.Field, "", a.To})
	}
	slices.SortFunc(got, func(a, b act) int { return len(a.Field) - len(b.Field) })
	want := []act{{s.Facts.Human, "body", "", "One"}, {s.Facts.Human, "labels", "", "one"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes of an issue that changed since it was read (-want +got):\n%s", diff)
	}
	if gone.History != connectors.HistoryUntold {
		t.Errorf("the history of an issue that is not there is %q, want that it is not told", gone.History)
	}
	s.works(t, "Attribute(nothing)", h.Attribute(t.Context(), nil, nil, nil))
}

func whoEditedComments(t *testing.T, s *suite) {
	h, crowd := s.historian(t)
	ref := s.World.Seed(t, 1)[0]
	alone := s.World.HumanComment(t, ref, "As its author wrote it")
	changed := s.World.HumanComment(t, ref, "As its author wrote it, too")
	// Within the second in which it was posted.
	crowd.OtherEditComment(t, ref, changed, "Somebody else's words")
	cs, err := connectors.AllComments(s.Tracker.Comments(t.Context(), ref, ""))
	s.works(t, "Comments", err)
	var ask []*connectors.Comment
	for i := range cs {
		ask = append(ask, &cs[i])
	}
	is, err := s.Tracker.Get(t.Context(), ref)
	s.works(t, "Get", err)
	s.works(t, "Attribute", h.Attribute(t.Context(), []*connectors.Issue{is}, ask, nil))
	byID := map[string]connectors.Comment{}
	for _, c := range cs {
		byID[c.ID] = c
	}
	if c := byID[alone]; !c.Edited.IsZero() || c.Editor.ID != "" {
		t.Errorf("a comment that nobody edited: %+v", c)
	}
	if c := byID[changed]; c.Edited.IsZero() || c.Editor.Login != crowd.Other() || c.Body != "Somebody else's words" {
		t.Errorf("a comment that %s edited: %+v", crowd.Other(), c)
	}
	if is.History != connectors.HistoryWhole {
		t.Errorf("the issue that was asked for beside the comments has the history %q", is.History)
	}
}
