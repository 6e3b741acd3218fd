package auditor_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
)

// A shelf is a tracker that lists issues and answers for single ones.
type shelf struct {
	connectors.Tracker
	listed  []connectors.Counted
	answers map[string]error // of Get, by id; nil is an issue that is there
	fails   error
}

func (s *shelf) Selects() string { return "everything" }

func (s *shelf) Everything(context.Context) iter.Seq2[[]connectors.Counted, error] {
	return func(yield func([]connectors.Counted, error) bool) {
		half := len(s.listed) / 2
		_ = yield(s.listed[:half], nil) && yield(s.listed[max(0, half-1):], s.fails)
	}
}

func (s *shelf) Get(_ context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	if err := s.answers[ref.ID]; err != nil {
		return nil, err
	}
	key := ref.Key
	if ref.ID == "renamed" {
		key = "NEW-1"
	}
	return &connectors.Issue{Ref: connectors.Ref{ID: ref.ID, Key: key}}, nil
}

func listed(id string, selected bool) connectors.Counted {
	return connectors.Counted{Issue: &connectors.Issue{Ref: connectors.Ref{ID: id, Key: "K-" + id}}, Selected: selected}
}

func (r *room) bind(rec register.Record, id string) {
	r.t.Helper()
	err := r.Store.Write(r.t.Context(), func(t *store.Tx) error {
		return t.PutBoundIssue(r.t.Context(), store.BoundIssue{Binding: "b", Ref: connectors.Ref{ID: id, Key: "K-" + id}, RecordID: rec.ID, Role: string(mapping.RoleRecord), State: store.IssueBound})
	})
	if err != nil {
		r.t.Fatal(err)
	}
}

// What a tracker answers about a bound issue that it does not list decides what is said of it;
// a quarantined issue and one that conformd filed are named too.
func TestDifferencesAreToldApart(t *testing.T) {
	r := newRoom(t)
	answer := func(k connectors.Kind, to string) error {
		return &connectors.Error{Op: "get", Kind: k, Status: 404, To: connectors.Ref{Key: to}}
	}
	tracker := &shelf{answers: map[string]error{
		"gone": answer(connectors.Gone, ""), "either": answer(connectors.NotFound, ""), "hidden": answer(connectors.Denied, ""), "moved": answer(connectors.Moved, "OPS-1"), "silent": errors.New("no answer"),
	}}
	for _, id := range []string{"gone", "either", "hidden", "moved", "silent", "renamed", "lagging", "whole", "unlabelled"} {
		r.bind(r.file(map[register.Field]string{register.FieldTitle: id}), id)
	}
	alone := r.file(map[register.Field]string{register.FieldTitle: "without an issue"})
	err := r.Store.Write(t.Context(), func(t *store.Tx) error {
		_, err := t.Quarantine(r.t.Context(), store.Quarantined{Binding: "b", Issue: listed("aside", true).Issue, Why: "it names no record"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	own := listed("own", false)
	own.Marker = "rec-0123456789"
	tracker.listed = []connectors.Counted{listed("whole", true), listed("unlabelled", false), listed("aside", true), own, listed("new", true), listed("other", false)}
	p, err := r.Count(t.Context(), []auditor.Source{{Binding: "b", Tracker: tracker}}, false)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Counts[0]
	got := map[string]auditor.What{}
	for _, d := range c.Differences {
		got[d.Key] = d.What
	}
	want := map[string]auditor.What{
		"K-gone": auditor.Deleted, "K-either": auditor.GoneOrHidden, "K-hidden": auditor.Hidden, "K-moved": auditor.MovedAway, "K-silent": auditor.Unanswered, "K-renamed": auditor.MovedAway,
		"K-lagging": auditor.NotListed, "K-unlabelled": auditor.NotSelected, "K-aside": auditor.Quarantined, "K-own": auditor.NotSelected, "K-new": auditor.Unknown,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("differences (-want +got):\n%s", diff)
	}
	if c.Seen != 6 || c.Selected != 3 || c.Bound != 9 || c.Quarantined != 1 || c.Unselected != 1 || c.Query != "everything" {
		t.Errorf("it is counted as %+v", c)
	}
	if len(p.Without) != 1 || p.Without[0] != alone.Ref || p.Records != 10 || p.Entries != r.size() {
		t.Errorf("records without an issue are %q of %d", p.Without, p.Records)
	}
	if p, err = r.Count(t.Context(), []auditor.Source{{Binding: "b", Tracker: tracker}}, true); err != nil || len(p.Counts[0].Differences) != len(want)+1 || p.Counts[0].Unselected != 0 {
		t.Errorf("with all issues it is counted as %+v, %v", p.Counts, err)
	}
	tracker.fails = errors.New("the tracker is down")
	if p, err = r.Count(t.Context(), []auditor.Source{{Binding: "b", Tracker: tracker}}, false); err != nil || p.Counts[0].Problem != "the tracker is down" || len(p.Counts[0].Differences) != 0 {
		t.Errorf("of a tracker that is down it is counted as %+v, %v", p.Counts, err)
	}
}
