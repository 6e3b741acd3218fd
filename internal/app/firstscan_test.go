package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/figures"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
)

// The size of a repository that was once never read to its end.
const (
	bigRepository = 34_000
	bigTalk       = 2 * bigRepository // comments
)

// The first scan of a big repository takes as many requests as its selected issues need,
// however many others it holds.
func TestFirstScanCostsWhatIsSelected(t *testing.T) {
	hours(t)
	const selected = 300
	first, sweep := firstScan(t, func(k int) bool { return k%(bigRepository/selected) == 0 }, selected+1)
	t.Logf("%d issues, %d of them selected, %d comments: the first scan takes %d requests, a sweep %d", bigRepository, selected+1, bigTalk, first, sweep)
	put(t, figures.Row{Name: "first_scan_requests_34000", Value: float64(first), Unit: fmt.Sprintf("requests, %d issues selected", selected+1), Goal: "<= 400"})
	if first > 400 || sweep > 10 {
		t.Errorf("the first scan takes %d requests and a sweep %d, want at most 400 and 10", first, sweep)
	}
}

// Where everything is selected, everything is read: each page of issues and of comments
// once, and no issue by itself; and for each hundred issues it is asked once who wrote them.
func TestFirstScanOfAllIssues(t *testing.T) {
	hours(t)
	first, sweep := firstScan(t, func(int) bool { return true }, bigRepository)
	t.Logf("%d issues, all of them selected, %d comments: the first scan takes %d requests, a sweep %d", bigRepository, bigTalk, first, sweep)
	if most := (2*bigRepository+bigTalk)/98 + 20; first > most {
		t.Errorf("the first scan takes %d requests, want at most %d", first, most)
	}
	if most := bigRepository/98 + 20; sweep > most {
		t.Errorf("a sweep takes %d requests, want at most %d", sweep, most)
	}
}

// firstScan starts a register beside a big repository, and returns how many requests to it
// the first scan takes, with all that comes before it, and how many a sweep an hour later.
func firstScan(t *testing.T, selects func(k int) bool, want int) (first, sweep int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx := t.Context()
	clock := simkit.NewClock(time.Now())
	world, err := rehearsal.Start(ctx, rehearsal.Options{InMemory: true, Clock: clock})
	must(err)
	t.Cleanup(func() { must(world.Close()) })
	_, err = world.GitHub.Seed("erik", bigRepository, func(k int) (string, string, []string) {
		if selects(k) {
			return fmt.Sprint("Finding ", k), "", []string{"capa"}
		}
		return fmt.Sprint("Task ", k), "", []string{"bug"}
	})
	must(err)
	must(world.GitHub.SeedComments("erik", bigTalk, func(k int) int { return 1 + k%bigRepository }))
	clock.Advance(24 * time.Hour)
	dir := t.TempDir()
	text, err := world.Config(rehearsal.Settings{DataDir: filepath.Join(dir, "data"), Listen: "127.0.0.1:0"})
	must(err)
	path := filepath.Join(dir, "conformd.yaml")
	must(os.WriteFile(path, []byte(text), 0o600))
	c, err := config.Load(path, rehearsal.Env)
	must(err)
	a, err := app.Open(ctx, c, app.Options{Log: zap.NewNop(), Base: world, Now: clock.Now})
	must(err)
	t.Cleanup(func() { must(a.Close()) })
	must(a.Started(ctx))
	scan := func() int {
		t.Helper()
		for {
			found, err := a.Ingest.Sweep(ctx, rehearsal.GitHubBinding)
			must(err)
			if !found.More {
				return world.GitHub.Faults().Count("", "")
			}
		}
	}
	first = scan()
	counts, err := a.Store.Counts(ctx)
	must(err)
	if counts[store.ShowAll] != want {
		t.Errorf("%d records, want %d", counts[store.ShowAll], want)
	}
	rows, err := a.Store.Records(ctx)
	must(err)
	for _, row := range []int{0, len(rows) - 1} {
		bound, err := a.Store.BoundIssues(ctx, rows[row].Record.ID)
		must(err)
		said, err := a.Store.Comments(ctx, bound[0].Binding, bound[0].Ref.ID, bigTalk)
		must(err)
		if len(said) != bigTalk/bigRepository {
			t.Errorf("%d comments of %s are known, want %d", len(said), bound[0].Ref, bigTalk/bigRepository)
		}
	}
	clock.Advance(time.Hour)
	return first, scan() - first
}
