package app_test

import (
	"flag"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/figures"
	"github.com/conformd/conformd/internal/rehearsal"
)

const outageRecords = 20

// hours leaves out a test of hours of simulated time where quick tests were asked for: the
// same code meets the race detector in the other tests.
func hours(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("hours of simulated time")
	}
}

var figuresFile = flag.String("figures", "", "put the figures of these tests into this file")

// put writes a figure, if a file for it is named.
func put(t *testing.T, row figures.Row) {
	t.Helper()
	if *figuresFile == "" {
		return
	}
	if err := figures.Put(*figuresFile, row); err != nil {
		t.Error(err)
	}
}

// filled opens issues in GitHub before the daemon starts.
func filled(n int) func(*lab) {
	return func(l *lab) {
		for i := range n {
			if _, err := l.world.GitHub.As("erik").Open(fmt.Sprintf("Finding %d", i), "### Root cause\n\n_No response_", "capa", "grade/minor"); err != nil {
				l.Fatal(err)
			}
		}
	}
}

// An edit in one tracker is in the register as fast as ever, while the other hangs, refuses
// or answers garbage for an hour; and when that one is back, it learns of all of them.
func TestOutageStaysWhereItIs(t *testing.T) {
	hours(t)
	for name, fails := range map[string]func(*lab){
		"hangs": func(l *lab) { l.hang = func(tracker string) bool { return tracker == inJira } },
		"refuses": func(l *lab) {
			l.answer = func(tracker string) *http.Response {
				if tracker != inJira {
					return nil
				}
				return &http.Response{StatusCode: http.StatusServiceUnavailable, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("down"))}
			}
		},
		"answers garbage": func(l *lab) {
			l.answer = func(tracker string) *http.Response {
				if tracker != inJira {
					return nil
				}
				return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("<html>Sign in</html>"))}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { outage(t, fails) })
		})
	}
}

func outage(t *testing.T, fails func(*lab)) {
	l := newLab(t, nil, filled(outageRecords))
	l.until(30*time.Minute, func() bool { return len(l.world.Jira.Snapshots()) == outageRecords })
	time.Sleep(5 * time.Minute)
	edits := 0
	edit := func() time.Duration {
		edits++
		title := fmt.Sprintf("Edited %d", edits)
		n := 1 + edits%outageRecords
		if err := l.world.GitHub.As("erik").Retitle(n, title); err != nil {
			t.Fatal(err)
		}
		l.hint(rehearsal.GitHubBinding, fmt.Sprintf("acme/isms#%d", n))
		took := l.until(20*time.Minute, func() bool { return l.titles()[title] })
		time.Sleep(157 * time.Second)
		return took
	}
	median := func(n int) time.Duration {
		var all []time.Duration
		for range n {
			all = append(all, edit())
		}
		t.Log(all)
		slices.Sort(all)
		return all[n/2]
	}
	healthy := median(5)
	l.set(func() { fails(l) })
	l.hint(rehearsal.JiraBinding) // every record has something to read in Jira
	l.counted()
	began := time.Now()
	edited := 5
	if strings.HasSuffix(t.Name(), "/hangs") {
		edited = 15 // simulated time is not free: most of an hour for the worst case alone
	}
	sick := median(edited)
	took := time.Since(began)
	sent := l.counted()
	if strings.HasSuffix(t.Name(), "/hangs") {
		put(t, figures.Row{Name: "healthy_latency_ratio_in_outage", Value: sick.Seconds() / healthy.Seconds(), Unit: "x", Goal: "<= 1.5"})
	}
	t.Logf("median latency healthy %s, in the outage of %s %s; requests meanwhile: %v", healthy, took.Round(time.Minute), sick, sent)
	if sick > healthy*3/2 {
		t.Errorf("an edit took %s in the outage, %s without it", sick, healthy)
	}
	// A site that does not answer is asked seldom, not by every record every few seconds.
	if most := 40 + int(took.Minutes())*6; sent["GET jira"]+sent["PUT jira"]+sent["POST jira"] > most {
		t.Errorf("%v requests in %s to a tracker that does not answer, want at most %d", sent, took.Round(time.Minute), most)
	}
	l.set(func() { l.hang, l.answer = nil, nil })
	last := fmt.Sprintf("Edited %d", edits)
	l.until(10*time.Minute, func() bool {
		return slices.ContainsFunc(l.world.Jira.Snapshots(), func(is jirasim.Snapshot) bool { return is.Fields["summary"] == last })
	})
}

// While the write budget is spent, those who wait cost next to nothing.
func TestBudgetIsAskedBeforeReading(t *testing.T) {
	hours(t)
	synctest.Test(t, func(t *testing.T) {
		const n = 120
		l := newLab(t, func(s string) string {
			s = strings.ReplaceAll(s, "{writes_per_minute: 1000, writes_per_hour: 20000,", "{writes_per_minute: 60, writes_per_hour: 130,")
			return strings.Replace(s, "\nsync:\n", "\nsync:\n  brake: {max_changes_percent: 100, max_creates: 0, max_comments: 0}\n", 1)
		}, func(l *lab) {
			filled(n)(l)
			for i := range n {
				if err := l.world.GitHub.As("erik").Close(i+1, "completed"); err != nil {
					t.Fatal(err)
				}
			}
		})
		time.Sleep(2 * time.Minute) // the first scan reads what is there
		l.counted()
		const minutes = 80
		time.Sleep(minutes * time.Minute)
		c := l.counted()
		reads := c["GET github"] - 4*minutes // without the two listings of each poll, every 30 s
		writes := c["PATCH github"] + c["POST github"]
		t.Logf("%d reads for %d writes", reads, writes)
		put(t, figures.Row{Name: "gets_per_write_under_budget", Value: float64(reads) / float64(writes), Unit: "requests", Goal: "<= 2.5"})
		if writes < 90 || float64(reads) > 2.5*float64(writes) {
			t.Errorf("%d reads, the polls apart, for %d writes; want at most 2.5 for each", reads, writes)
		}
	})
}

// A repository in which nothing happens costs next to nothing of GitHub's rate limit,
// however often it is asked: what it answers with 304 is not counted.
func TestIdleCostsNothing(t *testing.T) {
	hours(t)
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, nil, filled(10))
		l.until(10*time.Minute, func() bool { return len(l.world.Jira.Snapshots()) == 10 })
		time.Sleep(2 * time.Minute) // conformd sees what it wrote itself
		l.counted()
		time.Sleep(time.Hour)
		c := l.counted()
		spent := c["GET github"] + c["POST github"] - c["304 github"]
		t.Logf("in an hour: %d requests that count, %d answered 304", spent, c["304 github"])
		put(t, figures.Row{Name: "idle_requests_per_hour", Value: float64(spent), Unit: fmt.Sprintf("requests to GitHub that count, beside %d answered 304", c["304 github"]), Goal: "<= 4"})
		if spent > 4 || c["304 github"] < 100 {
			t.Errorf("an idle hour costs %d requests of the rate limit, %d were answered 304; want at most 4, and polls each 30 s", spent, c["304 github"])
		}
	})
}
