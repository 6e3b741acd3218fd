package reconcile_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// A write without an outcome may still be on its way, if another engine that is alive sent
// it. Whoever takes its record over then waits until it cannot arrive any more, before it
// counts as not applied and another one follows. An engine that is alone on its store knows
// that the sender is dead.
func TestAWriteOnItsWayIsWaitedFor(t *testing.T) {
	for _, alone := range []bool{true, false} {
		w := newWorld(t, &txtar.Archive{})
		g, j := w.trackers.GitHub, w.trackers.Jira
		n, err := g.As("erik").Open("Finding", "Accounts stay enabled.", "capa")
		w.must(err)
		for range 3 {
			w.pass()
			w.clock.Advance(10 * time.Minute)
		}
		w.must(g.As("erik").Retitle(n, "Finding, renamed"))
		w.wire.match.Store(regexp.MustCompile(`^PUT .*/issue/\d+$`))
		w.pass()
		if w.app != nil {
			t.Fatal("the daemon did not die before the write left")
		}
		w.daemon().Reconciler.Applier.Alone = alone
		title := func() string {
			is, ok := j.Snapshot("ISMS-1")
			if !ok {
				t.Fatal("no twin in Jira")
			}
			return is.Fields["summary"]
		}
		w.pass()
		rows, err := w.app.Store.Records(w.Context())
		w.must(err)
		waits := strings.Contains(rows[0].Problem, rehearsal.JiraBinding+": a write of another conformd on this store may still arrive")
		if renamed := title() == "Finding, renamed"; renamed != alone || waits == alone {
			t.Errorf("alone %t: the title in Jira is %q and the problem %q", alone, title(), rows[0].Problem)
		}
		w.clock.Advance(2 * time.Minute)
		w.pass()
		if title() != "Finding, renamed" {
			t.Errorf("alone %t: two minutes later the title in Jira is %q", alone, title())
		}
	}
}

// So it is with a reaction, which nobody looks for: it cannot double, but its intent stands
// until it can arrive no more.
func TestAReactionOnItsWayIsWaitedFor(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	g := w.trackers.GitHub
	n, err := g.As("erik").Open("Finding", "Accounts stay enabled.", "capa")
	w.must(err)
	for range 3 {
		w.pass()
		w.clock.Advance(10 * time.Minute)
	}
	comment, err := g.As("erik").Comment(n, "/capa status")
	w.must(err)
	w.wire.match.Store(regexp.MustCompile(`^POST .*/reactions$`))
	w.pass()
	if w.app != nil {
		t.Fatal("the daemon did not die before the reaction left")
	}
	w.daemon().Reconciler.Applier.Alone = false
	reacted := func() bool {
		cs := g.Issue(n).Comments
		i := slices.IndexFunc(cs, func(c githubsim.Comment) bool { return c.ID == comment })
		return i >= 0 && len(cs[i].Reactions) > 0
	}
	w.pass()
	pending := func() int {
		rows, err := w.app.Store.Records(w.Context())
		w.must(err)
		var in []store.Intent
		w.must(w.app.Store.Write(w.Context(), func(t *store.Tx) (err error) {
			in, err = t.PendingIntents(w.Context(), rows[0].Record.ID)
			return err
		}))
		return len(in)
	}
	if reacted() || pending() != 1 {
		t.Errorf("at once: reacted %t, %d intents without an outcome, want the one to wait", reacted(), pending())
	}
	w.clock.Advance(2 * time.Minute)
	w.pass()
	if !reacted() || pending() != 0 {
		t.Errorf("two minutes later: reacted %t, %d intents without an outcome, want the reaction", reacted(), pending())
	}
}
