package connectortest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
)

func refusalCases() []testCase {
	return []testCase{
		{name: "a refused value is named: update", run: refusedUpdate},
		{name: "a refused value is named: create", run: refusedCreate},
		{name: "refused values are found one by one", run: refusedOneByOne},
		{name: "a refusal that is about no field", run: refusedForNoField},
	}
}

// named checks that an error names the field of a refused value, and no other.
func (s *suite) named(t *testing.T, what string, err error, r Refused) {
	t.Helper()
	e := s.fails(t, what, err, connectors.Rejected)
	if got := slices.Collect(maps.Keys(e.Fields)); !slices.Equal(got, []connectors.Field{r.Field}) {
		t.Errorf("%s: Error.Fields = %v, want %q alone", what, e.Fields, r.Field)
	}
	if why := e.Fields[r.Field]; !strings.Contains(why, r.Words) || why == "" {
		t.Errorf("%s: Error.Fields[%q] = %q, want the tracker's words, %q", what, r.Field, why, r.Words)
	}
	if e.Detail == "" {
		t.Errorf("%s: Error.Detail is empty, want the tracker's words", what)
	}
}

func refusedUpdate(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	for _, r := range s.Facts.Refused {
		before := s.get(t, ref)
		p := connectors.Patch{Set: map[connectors.Field]connectors.Value{r.Field: r.Value}}
		if r.Field == connectors.Labels {
			p = connectors.Patch{AddLabels: r.Value.Items}
		}
		_, err := s.Tracker.Update(t.Context(), ref, p)
		s.named(t, "Update("+string(r.Field)+": "+r.Why+")", err, r)
		same(t, "a refused "+string(r.Field), before, s.get(t, ref))
	}
}

func refusedCreate(t *testing.T, s *suite) {
	count := s.World.Count(t)
	for _, r := range s.Facts.Refused {
		d := s.draft(marker(600))
		d.Fields[r.Field] = r.Value
		_, err := s.Tracker.Create(t.Context(), d)
		s.named(t, "Create with "+string(r.Field)+", "+r.Why, err, r)
	}
	if got := s.World.Count(t); got != count {
		t.Errorf("issues = %d, want %d: what is refused is not filed", got, count)
	}
}

// With the fields left out that each refusal names, a write goes through in the end,
// and all other values arrive.
func refusedOneByOne(t *testing.T, s *suite) {
	d := s.draft(marker(601))
	for f, v := range s.Facts.Writable {
		d.Fields[f] = v[0]
	}
	wrong := map[connectors.Field]bool{}
	for _, r := range s.Facts.Refused {
		d.Fields[r.Field] = r.Value
		wrong[r.Field] = true
	}
	if len(wrong) < 2 {
		t.Fatalf("Facts.Refused has values of %d fields, want at least two", len(wrong))
	}
	title := connectors.Value{Text: "Filed in spite of it"}
	var w connectors.Written
	for range len(d.Fields) + 1 {
		var err error
		w, err = s.Tracker.Create(t.Context(), d)
		e, refused := errors.AsType[*connectors.Error](err)
		if !refused {
			break
		}
		s.fails(t, "Create with several refused values", err, connectors.Rejected)
		if len(e.Fields) == 0 {
			t.Fatalf("Create = %v, which names no field", err)
		}
		for f := range e.Fields {
			if !wrong[f] {
				t.Errorf("Create = %v, which names %q, want one of the refused", err, f)
			}
			delete(d.Fields, f)
			if f == connectors.Title {
				d.Fields[f] = title // without one there is no issue
			}
		}
	}
	if w.Ref.ID == "" {
		t.Fatal("no issue was filed after all that was named was left out")
	}
	i := s.get(t, w.Ref)
	for f, want := range d.Fields {
		if diff := cmp.Diff(want, i.Fields[f]); diff != "" {
			t.Errorf("field %q of the created issue (-sent +read):\n%s", f, diff)
		}
	}
}

// A refusal that is about a status must not name a field: leaving fields out would
// remedy nothing.
func refusedForNoField(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	_, err := s.Tracker.Update(t.Context(), ref, connectors.Patch{Status: &s.Facts.Unreachable})
	if e := s.fails(t, "Update(unreachable status)", err, connectors.Rejected); len(e.Fields) != 0 {
		t.Errorf("Update(unreachable status): Error.Fields = %v, want none", e.Fields)
	}
}
