package connectortest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func reactionCases() []testCase {
	return []testCase{
		{name: "reactions", needs: FeatureReactions, run: reactions},
		{name: "a reaction whose reply is lost", needs: FeatureReactions, run: reactionReplyLost},
	}
}

// reactor returns the tracker and its world as those who react and who see it.
func (s *suite) reactor(t *testing.T) (connectors.Reactor, Onlooker) {
	t.Helper()
	r, ok := s.Tracker.(connectors.Reactor)
	if !ok {
		t.Fatal("the tracker is no Reactor, and Facts.Lacks does not say why")
	}
	o, ok := s.World.(Onlooker)
	if !ok {
		t.Fatal("the World is no Onlooker, and Facts.Lacks does not say why")
	}
	return r, o
}

func reactions(t *testing.T, s *suite) {
	r, people := s.reactor(t)
	ref := s.World.Seed(t, 1)[0]
	id := s.World.HumanComment(t, ref, "/capa effective The restore worked twice.")
	other := s.World.HumanComment(t, ref, "Thanks.")
	before := s.comments(t, ref)
	see := func(what string, want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, people.Reactions(t, ref, id)); diff != "" {
			t.Errorf("reactions after %s (-want +got):\n%s", what, diff)
		}
	}
	for _, what := range []string{"one", "the same again"} {
		w, err := r.React(t.Context(), ref, id, connectors.ThumbsUp)
		s.works(t, "React("+what+")", err)
		if w.Status/100 != 2 || w.CommentID != id {
			t.Errorf("React(%s) = %+v, want the comment's id and a 2xx status", what, w)
		}
		see(what, connectors.ThumbsUp)
	}
	_, err := r.React(t.Context(), ref, id, connectors.ThumbsDown)
	s.works(t, "React(the opposite)", err)
	see("the opposite", connectors.ThumbsUp, connectors.ThumbsDown)
	if got := people.Reactions(t, ref, other); len(got) != 0 {
		t.Errorf("reactions to another comment = %v, want none", got)
	}
	if diff := cmp.Diff(before, s.comments(t, ref)); diff != "" {
		t.Errorf("reactions changed comments (-before +after):\n%s", diff)
	}
	_, err = r.React(t.Context(), ref, id, "applause")
	s.fails(t, "React(no reaction there is)", err, connectors.Rejected)
	_, err = r.React(t.Context(), ref, "999999999", connectors.ThumbsUp)
	s.fails(t, "React(to a missing comment)", err, connectors.NotFound, connectors.Gone)
}

func reactionReplyLost(t *testing.T, s *suite) {
	r, people := s.reactor(t)
	ref := s.World.Seed(t, 1)[0]
	id := s.World.HumanComment(t, ref, "/capa done")
	s.World.Fault(t, OpReact, simkit.Fault{Do: simkit.Drop, After: true})
	_, err := r.React(t.Context(), ref, id, connectors.ThumbsUp)
	s.fails(t, "React with its reply lost", err, connectors.Unknown)
	s.World.Calm(t)
	_, err = r.React(t.Context(), ref, id, connectors.ThumbsUp)
	s.works(t, "React once more", err)
	if got := people.Reactions(t, ref, id); len(got) != 1 {
		t.Errorf("reactions = %v, want one: it may be called again", got)
	}
}
