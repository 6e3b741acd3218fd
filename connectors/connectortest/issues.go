package connectortest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

func issueCases() []testCase {
	return []testCase{
		{name: "check knows us", run: checkKnowsUs},
		{name: "get", run: getReadsTheTruth},
		{name: "selected", run: selectedReadsOne},
		{name: "get of a missing issue", run: getMissing},
		{name: "get of a vanished issue", needs: FeatureVanish, run: getVanished},
		{name: "get of a moved issue", needs: FeatureMove, run: getMoved},
		{name: "absent is not empty", run: absentIsNotEmpty},
		{name: "unreadable is neither empty nor absent", needs: FeatureUnreadable, run: unreadableIsTold},
		{name: "version", run: versionDiffers},
		{name: "get many", needs: FeatureBulk, run: getMany},
	}
}

func checkKnowsUs(t *testing.T, s *suite) {
	r, err := s.Tracker.Check(t.Context())
	s.works(t, "Check", err)
	if r.Self.ID == "" || r.Server == "" || r.At.IsZero() {
		t.Errorf("Check = %+v, want who we are, the server and its clock", r)
	}
	if d := r.At.Sub(s.World.Now(t)).Abs(); d > time.Minute {
		t.Errorf("Check says it is %s, want the tracker's clock, %s", r.At, s.World.Now(t))
	}
	for _, p := range r.Problems {
		if p.Fatal {
			t.Errorf("Check finds %+v in a sound set-up", p)
		}
	}
}

func selectedReadsOne(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	i, err := s.Tracker.Selected(t.Context(), ref)
	s.works(t, "Selected", err)
	if diff := cmp.Diff(s.get(t, ref), i); diff != "" {
		t.Errorf("Selected of an issue that a listing shows (-Get +Selected):\n%s", diff)
	}
	i, err = s.Tracker.Selected(t.Context(), s.Facts.Missing)
	s.fails(t, "Selected(missing)", err, connectors.NotFound, connectors.Gone)
	if i != nil {
		t.Errorf("Selected(missing) = %+v beside its error, want nothing", i)
	}
}

func getReadsTheTruth(t *testing.T, s *suite) {
	before := s.World.Now(t).Add(-time.Second)
	ref := s.World.Seed(t, 1)[0]
	i := s.get(t, ref)
	if i.Ref != ref {
		t.Errorf("Ref = %+v, want %+v", i.Ref, ref)
	}
	if i.Status.Name != s.Facts.Start || i.Status.Done {
		t.Errorf("Status = %+v, want %s and not done", i.Status, s.Facts.Start)
	}
	if i.Fields[connectors.Title].Text == "" || i.Fields[connectors.Body].Text == "" || i.Author.ID == "" || i.Marker != "" {
		t.Errorf("issue = %+v, want title, body and author, and no marker", i)
	}
	if i.Created.Before(before) || i.Updated.Before(i.Created) || i.Updated.After(s.World.Now(t).Add(time.Second)) {
		t.Errorf("Created, Updated = %s, %s, want the tracker's clock, after %s", i.Created, i.Updated, before)
	}
	// A webhook may know no more than the key.
	byKey, err := s.Tracker.Get(t.Context(), connectors.Ref{Key: ref.Key})
	s.works(t, "Get(key alone)", err)
	if diff := cmp.Diff(i, byKey); diff != "" {
		t.Errorf("two readings differ (-with id +by key):\n%s", diff)
	}
	s.World.HumanEdit(t, ref, connectors.Title, connectors.Value{Text: "Seen at once"})
	if got := s.get(t, ref).Fields[connectors.Title].Text; got != "Seen at once" {
		t.Errorf("title after an edit = %q, want the truth, not an index", got)
	}
}

func getMissing(t *testing.T, s *suite) {
	i, err := s.Tracker.Get(t.Context(), s.Facts.Missing)
	e := s.fails(t, "Get(missing)", err, connectors.NotFound)
	if i != nil {
		t.Errorf("Get(missing) = %+v beside its error, want nil", i)
	}
	if e.Ref != s.Facts.Missing {
		t.Errorf("Error.Ref = %+v, want %+v", e.Ref, s.Facts.Missing)
	}
	if !errors.Is(err, connectors.NotFound) || connectors.KindOf(err) != connectors.NotFound {
		t.Errorf("errors.Is(%v, NotFound) = false, want true", err)
	}
	_, err = connectors.AllComments(s.Tracker.Comments(t.Context(), s.Facts.Missing, ""))
	s.fails(t, "Comments(missing)", err, connectors.NotFound)
	_, err = s.Tracker.Update(t.Context(), s.Facts.Missing, title("x"))
	s.fails(t, "Update(missing)", err, connectors.NotFound)
	_, err = s.Tracker.Update(t.Context(), s.Facts.Missing, connectors.Patch{Status: &s.Facts.Done[0]})
	s.fails(t, "Update(missing, status)", err, connectors.NotFound)
	_, err = s.Tracker.PostComment(t.Context(), s.Facts.Missing, "x", marker(1))
	s.fails(t, "PostComment(missing)", err, connectors.NotFound)
}

func getVanished(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	s.World.Vanish(t, ref)
	_, err := s.Tracker.Get(t.Context(), ref)
	s.fails(t, "Get(vanished)", err, connectors.NotFound, connectors.Gone)
	_, err = s.Tracker.Update(t.Context(), ref, title("x"))
	s.fails(t, "Update(vanished)", err, connectors.NotFound, connectors.Gone)
	_, err = s.Tracker.PostComment(t.Context(), ref, "x", marker(1))
	s.fails(t, "PostComment(vanished)", err, connectors.NotFound, connectors.Gone)
}

func getMoved(t *testing.T, s *suite) {
	m, ok := s.World.(Mover)
	if !ok {
		t.Fatal("the World is no Mover, and Facts.Lacks does not say why")
	}
	ref := s.World.Seed(t, 1)[0]
	to, kept := m.Move(t, ref)
	i, err := s.Tracker.Get(t.Context(), ref)
	if !kept {
		if e := s.fails(t, "Get(moved)", err, connectors.Moved); e.To.Key != to.Key {
			t.Errorf("Get(moved) leads to %+v, want %+v", e.To, to)
		}
		_, err = s.Tracker.Update(t.Context(), ref, title("written to the wrong issue"))
		s.fails(t, "Update(moved)", err, connectors.Moved)
		return
	}
	s.works(t, "Get(moved)", err)
	if i.Ref.ID != ref.ID || i.Ref.Key != to.Key {
		t.Errorf("Get(moved).Ref = %+v, want id %s with key %s", i.Ref, ref.ID, to.Key)
	}
}

func absentIsNotEmpty(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	i := s.get(t, ref)
	if v, ok := i.Fields[s.Facts.Empty]; !ok || v.Text != "" || len(v.Items) != 0 {
		t.Errorf("Fields[%q] = %+v, %t, want an empty value that is there", s.Facts.Empty, v, ok)
	}
	if v, ok := i.Fields[connectors.Labels]; !ok || len(v.Items) != 0 {
		t.Errorf("Fields[labels] = %+v, %t, want an empty set that is there", v, ok)
	}
	if v, ok := i.Fields[s.Facts.Absent]; ok {
		t.Errorf("Fields[%q] = %+v, want no key at all", s.Facts.Absent, v)
	}
}

// A value that cannot be read must reach the caller as what it is: taken for an empty
// one it would be erased elsewhere.
func unreadableIsTold(t *testing.T, s *suite) {
	f := s.Facts.Unreadable
	ref := s.World.Seed(t, 1)[0]
	s.World.Settle(t)
	issues, _ := s.changed(t, time.Time{})
	for _, i := range append(issues, s.get(t, ref)) {
		if v, ok := i.Fields[f]; ok || i.Unreadable[f] == "" {
			t.Errorf("Fields[%q] = %+v, %t, Unreadable = %q, want no value and a reason", f, v, ok, i.Unreadable[f])
		}
	}
	r, err := s.Tracker.Check(t.Context())
	s.works(t, "Check", err)
	told := slices.ContainsFunc(r.Problems, func(p connectors.Problem) bool { return p.Field == f && p.What != "" && p.Remedy != "" && !p.Fatal })
	if !told {
		t.Errorf("Check finds %+v, want a problem of the field %q that is not fatal", r.Problems, f)
	}
	_, err = s.Tracker.Update(t.Context(), ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{f: {Text: "x"}}})
	e := s.fails(t, "Update(unreadable field)", err, connectors.Rejected)
	if e.Fields[f] == "" {
		t.Errorf("Update(unreadable field) is refused for %v, want the field named", e.Fields)
	}
}

func versionDiffers(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	seen := map[string]string{}
	add := func(after string) {
		t.Helper()
		v := s.get(t, ref).Version
		if was, ok := seen[v]; ok || v == "" {
			t.Errorf("Version after %s = %q, as after %s, want another", after, v, was)
		}
		if again := s.get(t, ref).Version; again != v {
			t.Errorf("Version = %q, then %q, want the same while nothing changes", v, again)
		}
		seen[v] = after
	}
	add("creation")
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, ref, connectors.Title, connectors.Value{Text: "a"})
	add("a title")
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, ref, connectors.Labels, connectors.Value{Items: []string{"iso27001"}})
	add("a label")
	s.World.Advance(t, 2*time.Second)
	s.World.HumanStatus(t, ref, s.Facts.Done[0])
	add("a status")
}

func getMany(t *testing.T, s *suite) {
	bulk, ok := s.Tracker.(connectors.BulkReader)
	if !ok {
		t.Fatal("the tracker is no BulkReader, and Facts.Lacks does not say why")
	}
	refs := s.World.Seed(t, 5)
	want := map[string]*connectors.Issue{}
	for _, r := range refs {
		want[r.ID] = s.get(t, r)
	}
	if _, lacks := s.Facts.Lacks[FeatureVanish]; !lacks {
		s.World.Vanish(t, refs[2])
		delete(want, refs[2].ID)
	}
	got, err := bulk.GetMany(t.Context(), append(refs, s.Facts.Missing))
	s.works(t, "GetMany", err)
	found := map[string]*connectors.Issue{}
	for _, i := range got {
		found[i.Ref.ID] = i
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("GetMany differs from Get (-Get +GetMany):\n%s", diff)
	}
	got, err = bulk.GetMany(t.Context(), nil)
	if s.works(t, "GetMany(none)", err); len(got) != 0 {
		t.Errorf("GetMany(none) = %d issues, want none", len(got))
	}
}
