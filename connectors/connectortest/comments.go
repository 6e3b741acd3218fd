package connectortest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func commentCases() []testCase {
	return []testCase{
		{name: "comments", run: commentsAreListed},
		{name: "comment is edited in place", run: commentIsEdited},
		{name: "a copied marker of a comment counts for nothing", run: copiedCommentMarker},
		{name: "comment whose reply is lost", run: commentReplyLost},
		{name: "comment text comes back as it was sent", run: commentRoundTrip},
		{name: "all comments of an issue", run: commentsAllPages},
		{name: "comments go on where they were left", run: commentsGoOn},
		{name: "comments since", needs: FeatureCommentFeed, run: commentsSince},
	}
}

func commentsAreListed(t *testing.T, s *suite) {
	self, err := s.Tracker.Check(t.Context())
	s.works(t, "Check", err)
	ref := s.World.Seed(t, 1)[0]
	if cs := s.comments(t, ref); len(cs) != 0 {
		t.Errorf("Comments of a new issue = %+v, want none", cs)
	}
	first := s.World.HumanComment(t, ref, "What about the keys?")
	s.World.Advance(t, 2*time.Second)
	w, err := s.Tracker.PostComment(t.Context(), ref, "Missing: root cause.", marker(1))
	s.works(t, "PostComment", err)
	if w.CommentID == "" || w.Status/100 != 2 {
		t.Errorf("PostComment = %+v, want the comment's id and a 2xx status", w)
	}
	s.World.Advance(t, 2*time.Second)
	last := s.World.HumanComment(t, ref, "Done.")
	cs := s.comments(t, ref)
	if len(cs) != 3 {
		t.Fatalf("Comments = %+v, want three", cs)
	}
	for n, want := range []connectors.Comment{
		{ID: first, Body: "What about the keys?"},
		{ID: w.CommentID, Body: "Missing: root cause.", Marker: marker(1)},
		{ID: last, Body: "Done."},
	} {
		c := cs[n]
		if c.ID != want.ID || c.Body != want.Body || c.Marker != want.Marker {
			t.Errorf("comment %d = %s %q with marker %q, want %s %q with %q", n, c.ID, c.Body, c.Marker, want.ID, want.Body, want.Marker)
		}
		if c.Issue != ref || c.Created.IsZero() || !c.Updated.Equal(c.Created) {
			t.Errorf("comment %d = %+v, want it of %s, never edited", n, c, ref)
		}
		if n > 0 && c.Created.Before(cs[n-1].Created) {
			t.Errorf("comment %d is older than the one before, want oldest first", n)
		}
	}
	if cs[1].Author.ID != self.Self.ID {
		t.Errorf("author of our comment = %+v, want %+v", cs[1].Author, self.Self)
	}
	if cs[0].Author.ID == "" || cs[0].Author.ID == self.Self.ID || cs[0].Author.Bot {
		t.Errorf("author of the person's comment = %+v, want a person", cs[0].Author)
	}
	if login := cs[0].Author.Login; login != "" && login != s.Facts.Human {
		t.Errorf("login of the person's comment = %q, want %q", login, s.Facts.Human)
	}
	i := s.get(t, ref)
	if s.Tracker.Capabilities().InlineComments {
		if diff := cmp.Diff(cs, i.Comments); diff != "" {
			t.Errorf("Issue.Comments differs from Comments (-Comments +Issue.Comments):\n%s", diff)
		}
	} else if len(i.Comments) != 0 {
		t.Errorf("Issue.Comments = %+v, but Traits.InlineComments is not set", i.Comments)
	}
}

func commentIsEdited(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	s.World.HumanComment(t, ref, "before")
	w, err := s.Tracker.PostComment(t.Context(), ref, "Missing: root cause, owner.", marker(7))
	s.works(t, "PostComment", err)
	s.World.HumanComment(t, ref, "after")
	before := s.comments(t, ref)
	s.World.Advance(t, 2*time.Second)
	e, err := s.Tracker.EditComment(t.Context(), ref, w.CommentID, "Missing: owner.", marker(7))
	s.works(t, "EditComment", err)
	if e.CommentID != w.CommentID {
		t.Errorf("EditComment = %+v, want comment %s", e, w.CommentID)
	}
	after := s.comments(t, ref)
	if len(after) != 3 {
		t.Fatalf("Comments = %+v, want three", after)
	}
	c := after[1]
	if c.ID != w.CommentID || c.Body != "Missing: owner." || c.Marker != marker(7) || !c.Updated.After(c.Created) || !c.Created.Equal(before[1].Created) {
		t.Errorf("edited comment = %+v, want new text, the same marker and a later Updated", c)
	}
	for _, n := range []int{0, 2} {
		if diff := cmp.Diff(before[n], after[n]); diff != "" {
			t.Errorf("comment %d changed (-before +after):\n%s", n, diff)
		}
	}
	_, err = s.Tracker.EditComment(t.Context(), ref, "999999999", "x", marker(7))
	s.fails(t, "EditComment(missing)", err, connectors.NotFound, connectors.Gone)
}

// A person who copies the marker of our comment must not make theirs pass for ours:
// it would be edited.
func copiedCommentMarker(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	w, err := s.Tracker.PostComment(t.Context(), ref, "Missing: root cause.", marker(8))
	s.works(t, "PostComment", err)
	s.World.Advance(t, 2*time.Second)
	copied := s.World.CopyComment(t, ref, w.CommentID)
	cs := s.comments(t, ref)
	if len(cs) != 2 || cs[0].ID != w.CommentID || cs[1].ID != copied {
		t.Fatalf("Comments = %+v, want ours, then the copy", cs)
	}
	if cs[0].Marker != marker(8) || cs[1].Marker != "" {
		t.Errorf("markers = %q, %q, want %q on our comment only", cs[0].Marker, cs[1].Marker, marker(8))
	}
}

func commentReplyLost(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	for n, do := range []string{simkit.Drop, simkit.Truncate, simkit.Garbage, simkit.Status} {
		m := marker(20 + n)
		s.World.Fault(t, OpPostComment, simkit.Fault{Do: do, Status: 500, After: true})
		_, err := s.Tracker.PostComment(t.Context(), ref, "text "+do, m)
		s.fails(t, "PostComment with its reply lost by "+do, err, connectors.Unknown)
		s.World.Calm(t)
		found := slices.DeleteFunc(s.comments(t, ref), func(c connectors.Comment) bool { return c.Marker != m })
		if len(found) != 1 || found[0].Body != "text "+do {
			t.Errorf("%s: comments with the marker = %+v, want exactly one", do, found)
		}
	}
}

func commentRoundTrip(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	sent := map[string]string{}
	for name, text := range texts() {
		m := marker(len(sent))
		text = s.within(text)
		_, err := s.Tracker.PostComment(t.Context(), ref, text, m)
		s.works(t, "PostComment("+name+")", err)
		sent[m] = text
	}
	for _, c := range s.comments(t, ref) {
		if diff := cmp.Diff(sent[c.Marker], c.Body); diff != "" {
			t.Errorf("comment %q (-sent +read):\n%s", c.Marker, diff)
		}
		if strings.Contains(c.Body, c.Marker) {
			t.Errorf("comment %q shows its marker", c.Body)
		}
		delete(sent, c.Marker)
	}
	if len(sent) != 0 {
		t.Errorf("%d comments were not listed, want all", len(sent))
	}
}

func commentsAllPages(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	const n = 130 // above the page size of every vendor
	var want []string
	for k := range n {
		want = append(want, s.World.HumanComment(t, ref, fmt.Sprintf("comment %d", k)))
	}
	var got []string
	for _, c := range s.comments(t, ref) {
		got = append(got, c.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ids of %d comments (-posted +listed):\n%s", n, diff)
	}
}

// A listing of comments may be left after any page, and goes on there later: another process
// may have read what came before.
func commentsGoOn(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	const n = 230
	var want []string
	for k := range n {
		want = append(want, s.World.HumanComment(t, ref, fmt.Sprintf("comment %d", k)))
	}
	ids := func(from string, pages int) (out []string, next string) {
		t.Helper()
		for p, err := range s.Tracker.Comments(t.Context(), ref, from) {
			s.works(t, "Comments", err)
			if p.Total > 0 && (p.Total < n || p.Total > n+100) {
				t.Errorf("a page says that there are %d comments, want about %d", p.Total, n)
			}
			for _, c := range p.Comments {
				out = append(out, c.ID)
			}
			if next = p.Next; len(out) > 0 {
				pages--
			}
			if pages == 0 {
				break
			}
		}
		return out, next
	}
	var got []string
	from, tries := "", 0
	for {
		part, next := ids(from, 1)
		for _, id := range part {
			if !slices.Contains(got, id) {
				got = append(got, id)
			}
		}
		if from = next; next == "" {
			break
		}
		if tries++; tries > n {
			t.Fatalf("%d pages of %d comments, and no end", tries, n)
		}
		if rest, _ := ids(next, -1); !slices.Equal(rest[max(0, len(rest)-n+len(got)):], want[len(got):]) {
			t.Errorf("after %d comments the rest is %d comments that end with %q, want %d", len(got), len(rest), rest[max(0, len(rest)-3):], n-len(got))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("page by page %d comments were read, want %d, oldest first", len(got), n)
	}
	more := s.World.HumanComment(t, ref, "later")
	if rest, next := ids("nonsense of an older version", -1); next != "" || len(rest) != n+1 || rest[n] != more {
		t.Errorf("from a place that means nothing %d comments are read, want all %d", len(rest), n+1)
	}
}

func commentsSince(t *testing.T, s *suite) {
	feed, ok := s.Tracker.(connectors.CommentFeed)
	if !ok {
		t.Fatal("the tracker is no CommentFeed, and Facts.Lacks does not say why")
	}
	list := func(since time.Time) (out []string) {
		t.Helper()
		var at time.Time
		for p, err := range feed.CommentsSince(t.Context(), since) {
			s.works(t, "CommentsSince", err)
			s.goesOn(t, p.Through, at)
			for _, c := range p.Comments {
				if c.Updated.Before(at) || c.Updated.Before(since) {
					t.Errorf("comment %s was updated at %s, want oldest first, none before %s", c.ID, c.Updated, since)
				}
				if c.Issue.Key == "" {
					t.Errorf("comment %s has no issue", c.ID)
				}
				at = c.Updated
				out = append(out, c.ID)
			}
		}
		return out
	}
	if got := list(time.Time{}); len(got) != 0 {
		t.Errorf("CommentsSince without comments = %v, want none", got)
	}
	refs := s.World.Seed(t, 2)
	var want []string
	const n = 120 // above the page size
	for k := range n {
		want = append(want, s.World.HumanComment(t, refs[k%2], fmt.Sprintf("comment %d", k)))
		s.World.Advance(t, time.Second)
	}
	s.World.Settle(t)
	if diff := cmp.Diff(want, list(time.Time{})); diff != "" {
		t.Errorf("CommentsSince(zero) (-posted +listed):\n%s", diff)
	}
	since := s.comments(t, refs[1])[n/2-1].Updated // the last one
	if diff := cmp.Diff(want[n-1:], list(since)); diff != "" {
		t.Errorf("CommentsSince(the last, which counts) (-want +got):\n%s", diff)
	}
	w, err := s.Tracker.PostComment(t.Context(), refs[0], "ours", marker(1))
	s.works(t, "PostComment", err)
	s.World.Advance(t, time.Second)
	late := s.World.HumanComment(t, refs[0], "later")
	s.World.Advance(t, time.Second)
	_, err = s.Tracker.EditComment(t.Context(), refs[0], w.CommentID, "ours, edited", marker(1))
	s.works(t, "EditComment", err)
	s.World.Settle(t)
	got := list(since)
	if diff := cmp.Diff([]string{want[n-1], late, w.CommentID}, got); diff != "" {
		t.Errorf("CommentsSince after an edit (-want +got):\n%s", diff)
	}
	for from, want := range map[time.Time][]string{{}: append(odd(want, 0), w.CommentID, late), since.Add(time.Second): {w.CommentID, late}} {
		cs, err := connectors.AllComments(feed.CommentsOf(t.Context(), refs[0], from))
		s.works(t, "CommentsOf", err)
		got := []string{}
		for _, c := range cs {
			got = append(got, c.ID)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("CommentsOf(%s) (-want +got):\n%s", from, diff)
		}
	}
	_, err = connectors.AllComments(feed.CommentsOf(t.Context(), s.Facts.Missing, since))
	s.fails(t, "CommentsOf an issue that is not there", err, connectors.NotFound)
}

// odd returns every other one of a list, from the given one on.
func odd(all []string, first int) (out []string) {
	for n := first; n < len(all); n += 2 {
		out = append(out, all[n])
	}
	return out
}
