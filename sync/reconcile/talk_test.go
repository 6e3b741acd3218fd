package reconcile_test

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// A hint at an issue with many comments has all of them read once, and then those that
// changed since: new ones and edited ones.
func TestAHintReadsWhatWasSaidSince(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.settings.JiraTwin = false
	g := w.trackers.GitHub
	erik := g.As("erik")
	n, err := erik.Open("Finding", "Accounts stay enabled.", "capa")
	w.must(err)
	w.must(g.SeedComments("erik", 450, func(int) int { return n }))
	w.pass()
	w.clock.Advance(24 * time.Hour)
	first, err := erik.Comment(n, "first")
	w.must(err)
	// hint has the issue read, and returns how many requests its comments take.
	hint := func() int {
		t.Helper()
		w.clock.Advance(24 * time.Hour)
		ref := w.link(n).Ref
		w.forgetRequests()
		w.must(w.daemon().Store.Write(w.Context(), func(t *store.Tx) error {
			id, err := t.Invalidate(w.Context(), rehearsal.GitHubBinding, ref)
			if err != nil {
				return err
			}
			return t.MarkDirty(w.Context(), id)
		}))
		w.work()
		if w.link(n).Stale() {
			t.Fatal("the issue was not read")
		}
		return g.Faults().Count("GET", `/issues/\d+/comments$`)
	}
	if got := hint(); got != 5 {
		t.Errorf("the first hint takes %d requests for 451 comments, want 5", got)
	}
	w.must(erik.EditComment(first, "edited"))
	_, err = erik.Comment(n, "second")
	w.must(err)
	if got := hint(); got != 1 {
		t.Errorf("another hint takes %d requests for its comments, want 1", got)
	}
	cs, err := w.app.Store.Comments(w.Context(), rehearsal.GitHubBinding, w.link(n).Ref.ID, 1000)
	w.must(err)
	for _, body := range []string{"edited", "second"} {
		if !slices.ContainsFunc(cs, func(c connectors.Comment) bool { return c.Body == body }) {
			t.Errorf("the comment %q is not known", body)
		}
	}
	if len(cs) != 452 {
		t.Errorf("%d comments are known, want 452", len(cs))
	}
}
