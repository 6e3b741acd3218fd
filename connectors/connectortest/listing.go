package connectortest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/simkit"
)

func listingCases() []testCase {
	return []testCase{
		{name: "changed: nothing", run: changedNothing},
		{name: "changed: all, in order", run: changedAll},
		{name: "changed: since is inclusive", run: changedSince},
		{name: "changed: as read by get", run: changedAsGet},
		{name: "changed: an early issue changes meanwhile", run: changedWhileEdited},
		{name: "changed: an early issue vanishes meanwhile", needs: FeatureVanish, run: changedWhileVanishing},
		{name: "changed: a page fails", run: changedPageFails},
		{name: "changed: goes on where it broke off", run: changedGoesOn},
		{name: "changed: the caller stops", run: changedStops},
		{name: "changelog", run: changelog},
	}
}

func changedNothing(t *testing.T, s *suite) {
	for _, since := range []time.Time{{}, s.World.Now(t).Add(-time.Hour)} {
		issues, pages := s.changed(t, since)
		if pages < 1 || len(issues) != 0 {
			t.Errorf("Changed(%s) of nothing = %d issues in %d pages, want an empty page", since, len(issues), pages)
		}
	}
}

// seedPages files more issues than fit two pages.
func (s *suite) seedPages(t *testing.T) []connectors.Ref {
	t.Helper()
	if s.Facts.PageSize <= 0 {
		t.Fatal("Facts.PageSize is not set")
	}
	refs := s.World.Seed(t, 2*s.Facts.PageSize+1)
	s.World.Settle(t)
	return refs
}

func changedAll(t *testing.T, s *suite) {
	refs := s.seedPages(t)
	issues, pages := s.changed(t, time.Time{})
	if diff := cmp.Diff(refIDs(refs), ids(issues)); diff != "" {
		t.Errorf("Changed(zero) (-seeded +listed):\n%s", diff)
	}
	if pages < 3 {
		t.Errorf("pages = %d, want at least 3 of %d issues", pages, s.Facts.PageSize)
	}
	if !slices.IsSortedFunc(issues, func(a, b *connectors.Issue) int { return a.Updated.Compare(b.Updated) }) {
		t.Error("issues are not ordered by Updated")
	}
	var whole []*connectors.Issue
	for p, err := range s.Tracker.All(t.Context(), time.Time{}) {
		s.works(t, "All", err)
		whole = append(whole, p.Issues...)
	}
	if diff := cmp.Diff(issues, whole); diff != "" {
		t.Errorf("All(zero) differs from Changed(zero) (-Changed +All):\n%s", diff)
	}
	var rest []*connectors.Issue
	for p, err := range s.Tracker.All(t.Context(), issues[len(issues)-2].Updated) {
		s.works(t, "All", err)
		rest = append(rest, p.Issues...)
	}
	if diff := cmp.Diff(refIDs(refs[len(refs)-2:]), ids(rest)); diff != "" {
		t.Errorf("All from the last issue but one (-want +listed):\n%s", diff)
	}
	for p, err := range s.Tracker.Changed(t.Context(), time.Time{}) {
		s.works(t, "Changed", err)
		if d := p.At.Sub(s.World.Now(t)).Abs(); d > time.Minute {
			t.Errorf("Page.At = %s, want the tracker's clock, %s", p.At, s.World.Now(t))
		}
	}
}

func changedSince(t *testing.T, s *suite) {
	refs := s.World.Seed(t, 5)
	s.World.Settle(t)
	since := s.get(t, refs[3]).Updated
	issues, _ := s.changed(t, since)
	if diff := cmp.Diff(refIDs(refs[3:]), ids(issues)); diff != "" {
		t.Errorf("Changed(since the fourth, which counts) (-want +got):\n%s", diff)
	}
	s.World.Advance(t, 2*time.Second)
	s.World.HumanEdit(t, refs[0], connectors.Title, connectors.Value{Text: "edited"})
	s.World.Advance(t, 2*time.Second)
	s.World.HumanStatus(t, refs[1], s.Facts.Done[0])
	finished := s.World.Now(t)
	s.World.Advance(t, 2*time.Second)
	s.World.HumanComment(t, refs[1], "a comment does not finish it")
	s.World.Advance(t, 2*time.Second)
	s.World.HumanComment(t, refs[2], "a comment is a change")
	s.World.Settle(t)
	issues, _ = s.changed(t, since)
	want := []string{refs[3].ID, refs[4].ID, refs[0].ID, refs[1].ID, refs[2].ID}
	if diff := cmp.Diff(want, ids(issues)); diff != "" {
		t.Errorf("Changed after three changes, a finished issue among them (-want +got):\n%s", diff)
	}
	for _, i := range issues {
		if i.Status.Done == i.Closed.IsZero() && !s.Tracker.Capabilities().Changelog {
			t.Errorf("%s: Done %t, Closed %s, want the time of it where there is no history", i.Ref, i.Status.Done, i.Closed)
		}
		if d := finished.Sub(i.Closed).Abs(); !i.Closed.IsZero() && d > time.Second {
			t.Errorf("%s: Closed %s, want %s", i.Ref, i.Closed, finished)
		}
	}
	issues, pages := s.changed(t, s.World.Now(t).Add(time.Hour))
	if len(issues) != 0 || pages < 1 {
		t.Errorf("Changed(since the future) = %d issues, %d pages, want an empty page", len(issues), pages)
	}
}

func changedAsGet(t *testing.T, s *suite) {
	refs := s.World.Seed(t, 2)
	s.World.HumanEdit(t, refs[0], connectors.Labels, connectors.Value{Items: []string{"team-b", "team-a"}})
	s.World.HumanStatus(t, refs[0], s.Facts.Done[0])
	s.World.HumanComment(t, refs[1], "a comment")
	_, err := s.Tracker.Create(t.Context(), s.draft(marker(1)))
	s.works(t, "Create", err)
	s.World.Settle(t)
	issues, _ := s.changed(t, time.Time{})
	if len(ids(issues)) != 3 {
		t.Fatalf("Changed = %v, want 3 issues", ids(issues))
	}
	for _, i := range issues {
		if diff := cmp.Diff(s.get(t, i.Ref), i); diff != "" {
			t.Errorf("%s: Changed differs from Get (-Get +Changed):\n%s", i.Ref, diff)
		}
	}
	if labels := s.get(t, refs[0]).Fields[connectors.Labels].Items; !slices.IsSorted(labels) || len(labels) != 2 {
		t.Errorf("labels = %v, want them sorted", labels)
	}
}

// An issue that changes moves to the end of the listing, and the ones behind it
// move up: page numbers and offsets would skip one.
func changedWhileEdited(t *testing.T, s *suite) {
	refs := s.seedPages(t)
	s.listWhile(t, refs, func() {
		s.World.Advance(t, 2*time.Second)
		s.World.HumanEdit(t, refs[0], connectors.Title, connectors.Value{Text: "edited between two pages"})
		s.World.Advance(t, 2*time.Second)
		s.World.HumanEdit(t, refs[len(refs)-2], connectors.Title, connectors.Value{Text: "edited before it was listed"})
		s.World.Settle(t)
	})
}

func changedWhileVanishing(t *testing.T, s *suite) {
	refs := s.seedPages(t)
	s.listWhile(t, refs[2:], func() {
		s.World.Vanish(t, refs[0])
		s.World.Vanish(t, refs[1])
		s.World.Settle(t)
	})
}

// listWhile lists, calls disturb after the first page, and checks that want is
// listed nevertheless.
func (s *suite) listWhile(t *testing.T, want []connectors.Ref, disturb func()) {
	t.Helper()
	var issues []*connectors.Issue
	first := true
	for p, err := range s.Tracker.Changed(t.Context(), time.Time{}) {
		s.works(t, "Changed", err)
		issues = append(issues, p.Issues...)
		if first {
			disturb()
		}
		first = false
	}
	got := ids(issues)
	for _, r := range want {
		if !slices.Contains(got, r.ID) {
			t.Errorf("%s was skipped, among %d issues listed", r, len(got))
		}
	}
}

func changedPageFails(t *testing.T, s *suite) {
	s.seedPages(t)
	s.World.Fault(t, OpChanged, simkit.Fault{Do: simkit.Status, Status: 500, Skip: 1, Times: -1})
	var issues []*connectors.Issue
	var failure error
	for p, err := range s.Tracker.Changed(t.Context(), time.Time{}) {
		if failure != nil {
			t.Fatal("Changed goes on after an error")
		}
		failure = err
		issues = append(issues, p.Issues...)
	}
	s.fails(t, "Changed with a failing second page", failure, connectors.Unavailable)
	if len(issues) == 0 {
		t.Error("Changed yielded nothing before the error, want the first page")
	}
}

// A listing that broke off after any page goes on with Changed(Through): nothing is
// skipped, and it ends.
func changedGoesOn(t *testing.T, s *suite) {
	refs := s.seedPages(t)
	var got []string
	since := time.Time{}
	for range 10 {
		before := since
		for p, err := range s.Tracker.Changed(t.Context(), since) {
			s.works(t, "Changed", err)
			got = append(got, ids(p.Issues)...)
			s.goesOn(t, p.Through, since)
			since = p.Through
			break
		}
		if since.Equal(before) || since.IsZero() {
			break
		}
	}
	for _, r := range refs {
		if !slices.Contains(got, r.ID) {
			t.Errorf("%s was skipped by a listing that went on from page to page", r)
		}
	}
	if last := s.get(t, refs[len(refs)-1]).Updated; !since.Equal(last) {
		t.Errorf("the listing got through %s, want the change of the last issue, %s", since, last)
	}
}

// goesOn checks the claim of a page how far its listing got, which is never behind the
// page before and never ahead of the tracker's clock.
func (s *suite) goesOn(t *testing.T, through, before time.Time) {
	t.Helper()
	if through.IsZero() {
		return
	}
	if through.Before(before) || through.After(s.World.Now(t).Add(time.Second)) {
		t.Errorf("the page says that it got through %s after %s, at %s", through, before, s.World.Now(t))
	}
}

func changedStops(t *testing.T, s *suite) {
	s.seedPages(t)
	n := 0
	for _, err := range s.Tracker.Changed(t.Context(), time.Time{}) {
		s.works(t, "Changed", err)
		n++
		break
	}
	if n != 1 {
		t.Errorf("pages = %d, want 1", n)
	}
}

func changelog(t *testing.T, s *suite) {
	ref := s.World.Seed(t, 1)[0]
	first := s.get(t, ref)
	start := first.Updated
	for n := range 3 {
		s.World.Advance(t, 2*time.Second)
		s.World.HumanEdit(t, ref, connectors.Title, connectors.Value{Text: fmt.Sprintf("title %d", n)})
	}
	s.World.Advance(t, 2*time.Second)
	s.World.HumanStatus(t, ref, s.Facts.Done[0])
	last := s.get(t, ref)
	changes := last.Changes
	if !s.Tracker.Capabilities().Changelog {
		if len(changes) != 0 {
			t.Errorf("Changes = %+v, but Traits.Changelog is not set", changes)
		}
		return
	}
	if last.History != connectors.HistoryListed {
		t.Errorf("History = %q, want that all changes are listed", last.History)
	}
	if len(changes) < 4 {
		t.Fatalf("Changes = %+v, want four edits", changes)
	}
	seen := map[string]bool{}
	for n, c := range changes {
		if c.ID == "" || c.Author.ID == "" || c.Field == "" || c.At.Before(start) {
			t.Errorf("change %d = %+v, want id, author, field and the time of the edit", n, c)
		}
		if n > 0 && c.At.Before(changes[n-1].At) {
			t.Errorf("change %d is older than the one before, want oldest first", n)
		}
		seen[c.Field+" "+c.From+" > "+c.To] = true
		var from, to string
		if c.Field == "status" {
			from, to = first.Status.ID, last.Status.ID
		}
		if c.FromID != from || c.ToID != to {
			t.Errorf("change %d = %+v, want the ids %q and %q of its statuses", n, c, from, to)
		}
	}
	if !seen["status "+s.Facts.Start+" > "+s.Facts.Done[0].Name] {
		t.Errorf("Changes = %+v, want the status move from %s to %s", changes, s.Facts.Start, s.Facts.Done[0].Name)
	}
}
