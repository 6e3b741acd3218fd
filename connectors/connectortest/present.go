package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func presentCases() []testCase {
	return []testCase{
		{name: "present", run: presentTells},
		{name: "present: deleted issues", needs: FeatureVanish, run: presentVanished},
		{name: "present: moved issues", needs: FeatureMove, run: presentMoved},
		{name: "present: a later part fails", run: presentFails},
	}
}

// mostPresent is more issues than any tracker tells of in two requests.
const mostPresent = 250

func (s *suite) present(t *testing.T, refs ...connectors.Ref) map[string]connectors.Presence {
	t.Helper()
	out, err := s.Tracker.Present(t.Context(), refs)
	s.works(t, "Present", err)
	return out
}

func presentTells(t *testing.T, s *suite) {
	refs := s.World.Seed(t, mostPresent)
	before := s.present(t, append(slices.Clone(refs), s.Facts.Missing)...)
	if len(before) != len(refs) {
		t.Fatalf("Present tells of %d issues, want the %d that are there", len(before), len(refs))
	}
	changed := refs[mostPresent-1]
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, changed, connectors.Title, connectors.Value{Text: "edited"})
	want := before
	want[changed.ID] = connectors.Presence{Updated: s.get(t, changed).Updated, Labels: before[changed.ID].Labels}
	for _, ref := range []connectors.Ref{refs[0], refs[120]} {
		is, told := s.get(t, ref), want[ref.ID]
		if !told.Updated.Equal(is.Updated) {
			t.Errorf("Present tells of %s at %s, Get at %s", ref, told.Updated, is.Updated)
		}
		labels := is.Fields[connectors.Labels].Items
		if told.Labels != nil && !slices.Equal(slices.Sorted(slices.Values(told.Labels)), slices.Sorted(slices.Values(labels))) {
			t.Errorf("Present tells of %s the labels %q, Get %q", ref, told.Labels, labels)
		}
	}
	// The world did not settle: Present does not ask a search index.
	if diff := cmp.Diff(want, s.present(t, refs...)); diff != "" {
		t.Errorf("Present after an edit of the last issue (-want +got):\n%s", diff)
	}
	heir := connectors.Ref{ID: s.Facts.Missing.ID, Key: refs[0].Key}
	if got := s.present(t, heir); len(got) != 0 {
		t.Errorf("Present of an issue whose key another one has = %v, want none", got)
	}
	if got := s.present(t); len(got) != 0 {
		t.Errorf("Present of no issues = %v, want none", got)
	}
}

func presentVanished(t *testing.T, s *suite) {
	refs := s.World.Seed(t, 3)
	s.World.Vanish(t, refs[1])
	got := s.present(t, refs...)
	if _, there := got[refs[1].ID]; there || len(got) != 2 {
		t.Errorf("Present = %v, want the two issues beside %s, which was deleted", got, refs[1])
	}
}

func presentMoved(t *testing.T, s *suite) {
	mover, ok := s.World.(Mover)
	if !ok {
		t.Fatal("the world is no Mover, and Facts.Lacks does not say why")
	}
	refs := s.World.Seed(t, 3)
	mover.Move(t, refs[2])
	got := s.present(t, refs...)
	if _, there := got[refs[2].ID]; there || len(got) != 2 {
		t.Errorf("Present = %v, want the two issues beside %s, which was moved away", got, refs[2])
	}
}

// What is not known must not pass for missing.
func presentFails(t *testing.T, s *suite) {
	refs := s.World.Seed(t, mostPresent)
	s.World.Fault(t, OpPresent, simkit.Fault{Do: simkit.Status, Status: 500, Skip: 1, Times: -1})
	got, err := s.Tracker.Present(t.Context(), refs)
	s.World.Calm(t)
	s.fails(t, "Present with a failing second request", err, connectors.Unavailable)
	if len(got) != 0 {
		t.Errorf("Present tells of %d issues beside its error, want none", len(got))
	}
}
