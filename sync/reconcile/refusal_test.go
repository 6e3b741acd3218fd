package reconcile_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/connectors/simkit"
)

// A tracker refuses a write of two values, and the disk is full when that outcome is to be
// stored. Until it is stored no write follows, not even the attempt to write the values one by
// one: two writes of one record without an outcome could not be told apart after a crash.
func TestNoWriteFollowsARefusalThatIsNotStored(t *testing.T) {
	w := newWorld(t, &txtar.Archive{})
	n, err := w.trackers.GitHub.As("erik").Open("Finding", "### Root cause\n\nUnknown.", "capa")
	w.must(err)
	for range 3 {
		w.pass()
		w.clock.Advance(10 * time.Minute)
	}
	w.must(w.trackers.GitHub.As("erik").Retitle(n, "Finding, renamed"))
	w.must(w.trackers.GitHub.As("erik").Rewrite(n, "### Root cause\n\nNobody tells IT."))
	w.trackers.Jira.Faults().Add(simkit.Fault{Method: "PUT", Path: "/issue/", Do: simkit.Status, Status: http.StatusBadRequest, Times: -1})
	db := w.app.Store.DB()
	writes := 0
	write := regexp.MustCompile(`^PUT .*/issue/\d+$`)
	each := func(r *http.Request) {
		if !write.MatchString(r.Method + " " + r.URL.Path) {
			return
		}
		if writes++; writes == 1 {
			if _, err := db.ExecContext(w.Context(), "CREATE TRIGGER full BEFORE UPDATE ON intent BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"); err != nil {
				t.Error(err)
			}
		}
	}
	w.wire.each.Store(&each)
	w.pass()
	if writes != 1 {
		t.Errorf("%d writes left while the refusal of the first one could not be stored, want that one alone", writes)
	}

	_, err = db.ExecContext(w.Context(), "DROP TRIGGER full")
	w.must(err)
	w.trackers.Jira.Faults().Clear()
	for range 2 {
		w.clock.Advance(2 * time.Hour)
		w.pass()
	}
	if is, ok := w.trackers.Jira.Snapshot("ISMS-1"); !ok || is.Fields["summary"] != "Finding, renamed" || is.Fields["Root cause"] != "Nobody tells IT." {
		t.Errorf("the twin shows %q, want both values once there is room", is.Fields)
	}
}
