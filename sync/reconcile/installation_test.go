package reconcile_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// foreign has another installation, with the same account, file an issue in a project.
func (w *world) foreign(project, installation string) {
	w.Helper()
	w.trackers.Jira.AddProject(project, "")
	c, err := jira.New(jira.Config{BaseURL: w.trackers.JiraURL, User: "conformd@example.com", Token: rehearsal.JiraToken, Project: project, IssueType: "Nonconformity", Installation: installation})
	w.must(err)
	_, err = c.Create(w.Context(), connectors.Draft{Marker: "rec-ffffffffffffffffffffffff", Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "Of the other one"}}})
	w.must(err)
}

// stopped returns why writing is stopped, by binding.
func (w *world) stopped() map[string]string {
	w.Helper()
	out := map[string]string{}
	all, err := w.daemon().Store.Brakes(w.Context())
	w.must(err)
	for _, b := range all {
		out[b.Binding] += b.Why
	}
	return out
}

// Another conformd may work in another project with the same account. What it files there
// stops nothing, neither at the start nor when own issues are looked for.
func TestAnInstallationElsewhereStopsNothing(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.foreign("OPS", "elsewhere000")
	for n, title := range []string{"One", "Two"} {
		_, err := w.trackers.GitHub.As("erik").Open(title, "", "capa")
		w.must(err)
		w.pass()
		w.clock.Advance(6 * time.Minute)
		w.pass()
		if got := w.stopped(); len(got) > 0 {
			t.Errorf("writing is stopped: %q, want it nowhere", got)
		}
		w.issues("jira", []string{"2", "3"}[n]) // that of the other one, and a twin each
	}
}

// Own issues are looked for before the first create of a record. One of another
// installation, which no listing of changes has shown yet, stops the create.
func TestAnotherInstallationIsMetBeforeACreate(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.pass()
	w.clock.Advance(6 * time.Minute) // the listing of own issues is older than it may be
	w.foreign(rehearsal.Project, "otherinstall")
	_, err := w.trackers.GitHub.As("erik").Open("One", "", "capa")
	w.must(err)
	_, err = w.daemon().Ingest.Poll(w.Context(), rehearsal.GitHubBinding)
	w.must(err)
	w.forgetRequests()
	_, err = w.app.Reconciler.Drain(w.Context(), 1)
	w.must(err)
	w.writes("none")
	got := w.stopped()
	for _, b := range []string{rehearsal.GitHubBinding, rehearsal.JiraBinding} {
		if !strings.Contains(got[b], "carries the mark of another conformd installation (otherinstall)") || !strings.Contains(got[b], w.app.Store.Installation()) {
			t.Errorf("writing to %s is stopped because %q, want both installations named", b, got[b])
		}
	}
}

// A binding that is added while another installation is undecided is stopped as well,
// before it is read for the first time; a decided one stops nothing.
func TestANewBindingIsStoppedToo(t *testing.T) {
	for _, released := range []bool{false, true} {
		w := newWorld(t, &txtar.Archive{})
		_, err := w.trackers.GitHub.As("erik").Open("One", "", "capa")
		w.must(err)
		w.must(w.daemon().Store.Write(t.Context(), func(tx *store.Tx) error {
			_, _, err := tx.MeetInstallation(t.Context(), store.Other{ID: "otherinstall", Binding: "gone", Issue: "OLD-1"})
			if err != nil || !released {
				return err
			}
			_, err = tx.TakeOver(t.Context())
			return err
		}))
		w.pass()
		if got := w.stopped(); released == (len(got) > 0) {
			t.Errorf("with a decision: %t, writing is stopped at %q", released, got)
		}
		w.pass()
		w.issues("jira", map[bool]string{false: "0", true: "1"}[released])
	}
}

// Each other installation is decided about by itself, and met once.
func TestOtherInstallationsAreDecidedOneByOne(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	w.pass()
	release := func() {
		t.Helper()
		for _, b := range []string{rehearsal.GitHubBinding, rehearsal.JiraBinding} {
			_, err := w.app.ReleaseBrake(t.Context(), b, "it is given up", "")
			w.must(err)
		}
	}
	w.foreign(rehearsal.Project, "firstinstall")
	w.pass()
	w.foreign(rehearsal.Project, "secondone000")
	w.clock.Advance(time.Minute)
	w.pass()
	for id, why := range w.stopped() {
		if strings.Count(why, "firstinstall") != 1 || strings.Count(why, "secondone000") != 1 {
			t.Errorf("writing to %s is stopped because %q, want both of the others named once", id, why)
		}
	}
	release()
	w.foreign(rehearsal.Project, "firstinstall")
	w.clock.Advance(time.Minute)
	w.pass()
	if got := w.stopped(); len(got) > 0 {
		t.Errorf("writing is stopped: %q, want it nowhere: both were taken over", got)
	}
	w.foreign(rehearsal.Project, "thirdinstall")
	w.clock.Advance(time.Minute)
	w.pass()
	got := w.stopped()
	if len(got) != 2 {
		t.Errorf("writing is stopped at %q, want it at both bindings", got)
	}
	for id, why := range got {
		if !strings.Contains(why, "thirdinstall") || strings.Contains(why, "firstinstall") {
			t.Errorf("writing to %s is stopped because %q, want the third alone", id, why)
		}
	}
	w.entries("brake.engaged", "another conformd", "4") // two bindings, for the first and the third: the second joined the first
}

// A comment whose post had no answer is looked for. What stands there was written by
// another installation: it is taken for the comment, and nothing more is written.
func TestAnotherInstallationIsMetByALookUp(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	_, err := w.trackers.GitHub.As("erik").Open("One", "", "capa")
	w.must(err)
	w.pass()
	w.clock.Advance(6 * time.Minute)
	w.pass()
	w.second(false)
	w.must(w.trackers.GitHub.As("erik").Close(1, "completed"))
	w.wire.match.Store(regexp.MustCompile(`^POST .*/issues/1/comments$`))
	w.pass() // dies before the comment arrives
	if w.app != nil {
		t.Fatal("conformd posted no comment")
	}
	w.second(true)
	w.comments("github", "1", "1")
	w.forgetRequests()
	for _, b := range w.daemon().Bindings {
		_, err := w.app.Check(t.Context(), b)
		w.must(err)
	}
	_, err = w.app.Reconciler.Drain(t.Context(), 1)
	w.must(err)
	w.writes("none")
	w.comments("github", "1", "1")
	if got := w.stopped(); len(got) != 2 {
		t.Errorf("writing is stopped at %q, want it at both bindings", got)
	}
}
