package app_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/connectors/github/githubsim"
	"github.com/conformd/conformd/internal/rehearsal"
)

// A tracker that begins to hang holds up each request until it times out, half a minute
// later. It may hold up a part of the workers alone: what people write in the other tracker
// meanwhile is in the register at once, although every other record waits for an answer.
func TestATrackerThatHangsHasNotAllWorkers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, nil, filled(outageRecords))
		l.until(30*time.Minute, func() bool { return len(l.world.Jira.Snapshots()) == outageRecords })
		time.Sleep(5 * time.Minute)
		var others []string // all twins but the last
		for i := range outageRecords - 1 {
			others = append(others, fmt.Sprintf("ISMS-%d", i+1))
		}
		l.set(func() { l.hang = func(tracker string) bool { return tracker == inJira } })
		l.counted()
		l.hint(rehearsal.JiraBinding, others...)
		time.Sleep(2 * time.Second)
		if asked := l.counted()["GET jira"]; asked == 0 {
			t.Fatal("nothing was asked of the tracker that hangs")
		}
		last, _ := l.world.Jira.Snapshot(fmt.Sprintf("ISMS-%d", outageRecords))
		issues := l.world.GitHub.Issues()
		i := slices.IndexFunc(issues, func(is githubsim.State) bool { return is.Title == last.Fields["summary"] })
		n := issues[i].Number
		if err := l.world.GitHub.As("erik").Retitle(n, "Edited"); err != nil {
			t.Fatal(err)
		}
		l.hint(rehearsal.GitHubBinding, fmt.Sprintf("acme/isms#%d", n))
		took := l.until(10*time.Second, func() bool { return l.titles()["Edited"] })
		t.Logf("the edit was in the register after %s of simulated time", took)
	})
}
