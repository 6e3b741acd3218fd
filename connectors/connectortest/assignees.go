package connectortest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

// assign is a patch that sets the assignees.
func assign(v connectors.Value) connectors.Patch {
	return connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: v}}
}

// three returns the accounts of Facts.Assignees.
func (s *suite) three(t *testing.T) (a, b, c string) {
	t.Helper()
	if len(s.Facts.Assignees) != 3 {
		t.Fatalf("Facts.Assignees = %v, want three accounts, or Facts.Lacks[%q]", s.Facts.Assignees, FeatureCoAssignees)
	}
	return s.Facts.Assignees[0], s.Facts.Assignees[1], s.Facts.Assignees[2]
}

// assignee reads the assignees and checks that both forms of them agree.
func (s *suite) assignee(t *testing.T, what string, i *connectors.Issue, want ...string) {
	t.Helper()
	v := i.Fields[connectors.Assignee]
	got := v.Items
	if len(got) == 0 && v.Text != "" {
		got = []string{v.Text}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: assignees (-want +got):\n%s", what, diff)
	}
	if len(v.Items) == 1 || len(v.Items) > 1 && !slices.Contains(v.Items, v.Text) {
		t.Errorf("%s: assignee = %+v, want Items for several only, with Text among them", what, v)
	}
	for _, id := range got {
		if i.Users[id].ID != id {
			t.Errorf("%s: Users lacks the assignee %s", what, id)
		}
	}
}

func coAssignees(t *testing.T, s *suite) {
	a, b, c := s.three(t)
	ref := s.World.Seed(t, 1)[0]
	s.World.HumanEdit(t, ref, connectors.Assignee, connectors.Value{Items: []string{a, b}})
	before := s.get(t, ref)
	s.assignee(t, "two that a person set", before, a, b)
	for _, step := range []struct {
		what string
		set  connectors.Value
		want []string
	}{
		{"another two", connectors.Value{Text: b, Items: []string{b, c}}, []string{b, c}},
		{"all three", connectors.Value{Items: []string{a, b, c}}, []string{a, b, c}},
		{"a set of one", connectors.Value{Items: []string{c}}, []string{c}},
		{"one by its text", connectors.Value{Text: a}, []string{a}},
		{"nobody", connectors.Value{}, nil},
	} {
		p := assign(step.set)
		p.IfVersion = before.Version
		w, err := s.Tracker.Update(t.Context(), ref, p)
		s.works(t, "Update("+step.what+")", err)
		after := s.get(t, ref)
		s.assignee(t, step.what, after, step.want...)
		same(t, step.what, before, after, connectors.Assignee)
		if w.Issue != nil {
			s.assignee(t, step.what+", in the answer", w.Issue, step.want...)
		}
		before = after
	}

	// An assignee who came between our reading and our writing is not dropped.
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, ref, connectors.Assignee, connectors.Value{Items: []string{a, b}})
	p := assign(connectors.Value{Text: c})
	p.IfVersion = before.Version
	_, err := s.Tracker.Update(t.Context(), ref, p)
	s.fails(t, "Update(assignee, for an older version)", err, connectors.Conflict)
	s.assignee(t, "after the conflict", s.get(t, ref), a, b)

	d := s.draft(marker(5))
	d.Fields[connectors.Assignee] = connectors.Value{Items: []string{a, c}}
	w, err := s.Tracker.Create(t.Context(), d)
	s.works(t, "Create with two assignees", err)
	s.assignee(t, "a created issue", s.get(t, w.Ref), a, c)
}

// Of several assignees an issue with room for one must not take just one of them.
func tooManyAssignees(t *testing.T, s *suite) {
	if _, lacks := s.Facts.Lacks[FeatureCoAssignees]; !lacks {
		a, b, c := s.three(t)
		ref := s.World.Seed(t, 1)[0]
		_, err := s.Tracker.Update(t.Context(), ref, assign(connectors.Value{Items: []string{a, b, c}}))
		s.works(t, "Update(three assignees)", err)
		s.assignee(t, "three", s.get(t, ref), a, b, c)
		return
	}
	if len(s.Facts.Assignees) != 2 {
		t.Fatalf("Facts.Assignees = %v, want two accounts", s.Facts.Assignees)
	}
	a, b := s.Facts.Assignees[0], s.Facts.Assignees[1]
	ref := s.World.Seed(t, 1)[0]
	_, err := s.Tracker.Update(t.Context(), ref, assign(connectors.Value{Items: []string{a}}))
	s.works(t, "Update(a set of one assignee)", err)
	s.assignee(t, "a set of one", s.get(t, ref), a)
	_, err = s.Tracker.Update(t.Context(), ref, assign(connectors.Value{Items: []string{a, b}}))
	s.fails(t, "Update(two assignees)", err, connectors.Rejected)
	s.assignee(t, "after the refusal", s.get(t, ref), a)
}
