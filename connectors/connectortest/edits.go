package connectortest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

func editCases() []testCase {
	return []testCase{{name: "last edited", needs: FeatureEditTimes, run: lastEdited}}
}

func lastEdited(t *testing.T, s *suite) {
	times, ok := s.Tracker.(connectors.EditTimes)
	if !ok {
		t.Fatal("the tracker is no EditTimes, and Facts.Lacks does not say why")
	}
	ask := func(refs ...connectors.Ref) map[string]connectors.Edit {
		t.Helper()
		out, err := times.LastEdited(t.Context(), refs)
		s.works(t, "LastEdited", err)
		return out
	}
	self, err := s.Tracker.Check(t.Context())
	s.works(t, "Check", err)
	const n = 130 // above what one request can ask for
	refs := s.World.Seed(t, n)
	all := ask(refs...)
	for _, ref := range refs {
		if e, ok := all[ref.ID]; !ok || !e.At.IsZero() || e.By.ID != "" {
			t.Errorf("%s = %+v, %t, want that it was never edited", ref, e, ok)
		}
	}
	byPerson, byUs, untouched := refs[0], refs[n-1], refs[1]
	s.World.Advance(t, 2*time.Second)
	at := s.World.Now(t).Truncate(time.Second)
	s.World.HumanEdit(t, byPerson, connectors.Body, connectors.Value{Text: "Edited by a person."})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, byPerson, connectors.Title, connectors.Value{Text: "A title is no body"})
	s.World.HumanEdit(t, untouched, connectors.Title, connectors.Value{Text: "Nor here"})
	p := connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Body: {Text: "Edited by us."}}}
	_, err = s.Tracker.Update(t.Context(), byUs, p)
	s.works(t, "Update(body)", err)
	got := ask(refs...)
	if e := got[byPerson.ID]; e.At.Before(at) || !e.At.Before(at.Add(2*time.Second)) || e.By.ID == "" || e.By.ID == self.Self.ID || e.By.Bot {
		t.Errorf("edited by a person: %+v, want a person at %s", e, at)
	}
	if login := got[byPerson.ID].By.Login; login != "" && login != s.Facts.Human {
		t.Errorf("login of the person = %q, want %q", login, s.Facts.Human)
	}
	if e := got[byUs.ID]; e.At.Before(at) || e.By.ID != self.Self.ID || !e.By.Bot {
		t.Errorf("edited by us: %+v, want %+v", e, self.Self)
	}
	if e := got[untouched.ID]; !e.At.IsZero() {
		t.Errorf("a title alone was edited: %+v, want that the body was never", e)
	}
	gone := []connectors.Ref{s.Facts.Missing}
	if _, lacks := s.Facts.Lacks[FeatureVanish]; !lacks {
		s.World.Vanish(t, refs[2])
		gone = append(gone, refs[2])
	}
	want := map[string]connectors.Edit{byPerson.ID: got[byPerson.ID]}
	if diff := cmp.Diff(want, ask(append(gone, byPerson)...)); diff != "" {
		t.Errorf("LastEdited beside issues that are not there (-want +got):\n%s", diff)
	}
	if out := ask(); len(out) != 0 {
		t.Errorf("LastEdited(none) = %v, want none", out)
	}
}
