package reconcile_test

import (
	"flag"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/conformd/conformd/internal/store/storetest"
)

var update = flag.Bool("update", false, "rewrite the expectations of the scenarios; then read the difference")

// TestScenarios plays the stories of testdata: people act in the two trackers over
// their real HTTP interfaces, conformd runs between them, and what the trackers,
// the register and the audit log show is compared. The verbs are in verbs_test.go. With -short,
// as under the race detector, every third story is played: the others meet the same goroutines.
func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no scenarios")
	}
	for i, f := range files {
		if testing.Short() && i%8 != 0 { // enough for the race detector; without it each is played
			continue
		}
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			newWorld(t, ar).tell(f)
		})
	}
}

// TestOneConnection plays some of the stories on a database that has one connection,
// where whoever reads beside a transaction of his own waits for himself.
func TestOneConnection(t *testing.T) {
	stories := []string{"actions_in_a_team_repository", "crash_between_intent_and_outcome", "fresh_twin_edited", "the_whole_life_in_jira"}
	for _, name := range stories {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := filepath.Join("testdata", name+".txtar")
			ar, err := txtar.ParseFile(f)
			if err != nil {
				t.Fatal(err)
			}
			const bound = 2 * time.Minute
			hung := time.AfterFunc(bound, func() { panic(name + " hangs on one connection: something reads beside its own transaction") })
			defer hung.Stop()
			w := newWorld(t, ar)
			w.driver = storetest.Alone()
			w.tell(f)
		})
	}
}

// tell plays the story of a file.
func (w *world) tell(path string) {
	w.Helper()
	for i, line := range strings.Split(string(w.ar.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		w.at = i + 1
		w.play(line)
		w.lines()
	}
	w.finish(path)
}
