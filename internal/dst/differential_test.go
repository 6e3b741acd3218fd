package dst_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/dst"
)

// calm returns options in which nothing fails and people leave each other the time
// to see what happened, so that only what a test varies can make a difference.
func calm(seed uint64) dst.Options {
	o := dst.Swarm(seed)
	o.Rates, o.Kills, o.Lag, o.Late, o.Adversary, o.Insider, o.Admin = nil, nil, 0, 0, false, false, false
	o.JiraSkew, o.GitHubSkew, o.Steps, o.Backup = 0, 0, false, 0
	o.Outage, o.Wait, o.App, o.Policy = dst.Outage{}, 0, false, ""
	o.Poll = min(o.Poll, 2*time.Minute)
	// What these write is made of what they see, and a brake or the policy latest may have
	// held it up until then in one run and not in the other.
	o.Fill, o.Revise, o.Team = false, false, false
	o.Apart = 3 * time.Minute
	// Irene decides by what she sees, too.
	for turn := range o.Acts {
		o.Leave = append(o.Leave, fmt.Sprint("irene", turn))
	}
	return o
}

// calmEnds holds how the calm simulation of a seed ends, which every test compares with. It takes as long as each of theirs.
var calmEnds sync.Map // of func() dst.Result, by seed

func (b *bench) calmEnd(t *testing.T, seed uint64) dst.Result {
	t.Helper()
	end, _ := calmEnds.LoadOrStore(seed, sync.OnceValue(func() dst.Result { return b.simulate(t, calm(seed), false) }))
	return end.(func() dst.Result)()
}

// sameEnd runs the variants of each seed and compares how they end.
func sameEnd(t *testing.T, variants map[string]func(*dst.Options)) {
	t.Helper()
	t.Parallel()
	b := newBench(t)
	n := min(*seeds, 10)
	if testing.Short() {
		n = 1
	}
	for seed := *first; seed < *first+uint64(n); seed++ {
		want := b.calmEnd(t, seed)
		for name, vary := range variants {
			o := calm(seed)
			vary(&o)
			got := b.simulate(t, o, false)
			if len(got.Violations) > 0 {
				t.Errorf("%s, %s: %v", o, name, got.Violations)
			}
			if diff := cmp.Diff(want.Final, got.Final); diff != "" {
				t.Errorf("%s ends otherwise when %s:\n%s", calm(seed), name, diff)
			}
		}
	}
}

// S7: webhooks are hints. The end is the same when all are lost, and when all come
// twice or late and so out of order.
func TestWebhooksAreHints(t *testing.T) {
	rate := func(k dst.Kind) func(*dst.Options) {
		return func(o *dst.Options) { o.Rates = map[dst.Kind]int{k: 1000} }
	}
	sameEnd(t, map[string]func(*dst.Options){
		"all deliveries are lost": rate(dst.HookLost), "all come twice": rate(dst.HookTwice), "all come late": rate(dst.HookLate),
	})
}

// S15: no decision compares times of different hosts. The end is the same when the
// clocks of the trackers are a day ahead or behind.
func TestClocksOfTrackersDoNotMatter(t *testing.T) {
	skew := func(j, g time.Duration) func(*dst.Options) {
		return func(o *dst.Options) { o.JiraSkew, o.GitHubSkew = j, g }
	}
	sameEnd(t, map[string]func(*dst.Options){
		"Jira is ahead":   skew(26*time.Hour, 0),
		"Jira is behind":  skew(-26*time.Hour, 0),
		"GitHub is ahead": skew(0, 26*time.Hour), "GitHub is behind": skew(0, -26*time.Hour),
	})
}
