package dst

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A Kind is a kind of fault.
type Kind string

// The faults. Those of the network are drawn for every request, those of webhooks
// for every delivery, those of the store for every commit.
const (
	RefusedBefore  Kind = "refused-before" // the request never reaches the tracker
	ErrorBefore    Kind = "5xx-before"
	LimitedBefore  Kind = "429-before"
	DeniedBefore   Kind = "401-before"
	BusyBefore     Kind = "409-before"      // of a transition, while somebody else makes one
	PageBefore     Kind = "page-before"     // 200 with a login page instead of an answer
	RedirectBefore Kind = "redirect-before" // to another host, which must not be followed with the credential
	EmptyAfter     Kind = "empty-after"     // a list without anything in it
	LostAfter      Kind = "lost-after"      // it takes effect and the answer is lost
	ErrorAfter     Kind = "5xx-after"
	PageAfter      Kind = "page-after"
	CutAfter       Kind = "cut-after" // half the answer
	Slow           Kind = "slow"      // seconds instead of milliseconds
	Stall          Kind = "stall"     // minutes: longer than anybody waits

	Panic  Kind = "panic"  // a bug in the path of a request
	Freeze Kind = "freeze" // the process stands still for minutes, as when its machine is moved

	Haste Kind = "haste" // a person saves an edit of the issue just before or after our write arrives

	HookLost   Kind = "hook-lost"
	HookTwice  Kind = "hook-twice"
	HookLate   Kind = "hook-late"   // up to half an hour, and so out of order
	HookReplay Kind = "hook-replay" // once more, half an hour later, under another id
	HookForged Kind = "hook-forged" // changed on its way, and so wrongly signed

	CommitFails Kind = "commit-fails" // disk full or locked: nothing is committed
)

// Kinds returns every kind of fault, in a fixed order.
func Kinds() []Kind {
	return []Kind{
		RefusedBefore, ErrorBefore, LimitedBefore, DeniedBefore, BusyBefore, PageBefore, RedirectBefore, EmptyAfter, LostAfter, ErrorAfter, PageAfter, CutAfter, Slow, Stall, Panic, Freeze, Haste,
		HookLost, HookTwice, HookLate, HookReplay, HookForged, CommitFails,
	}
}

// most is the highest rate of a kind, per thousand opportunities.
func most(k Kind) int {
	switch k {
	case DeniedBefore:
		return 4
	case Stall, Panic:
		return 6
	case Freeze:
		return 3
	case HookForged, HookReplay:
		return 100
	case LimitedBefore, PageBefore, RedirectBefore, EmptyAfter, PageAfter:
		return 30
	case HookLost, HookTwice, HookLate:
		return 700
	case Haste, BusyBefore:
		return 300
	default:
		return 80
	}
}

// Options say what happens in a simulation. They are data: all but the seed can
// be changed by hand, so that a failure can be made smaller.
type Options struct {
	Seed  uint64
	Rates map[Kind]int `json:",omitempty"` // per thousand
	Acts  int          // of each person
	// Leave names acts that are left out, such as "erik3".
	Leave []string `json:",omitempty"`
	Think time.Duration
	// Apart, if set, has people act one after the other, that long apart.
	Apart time.Duration
	// Kills are the steps at which the process is killed, ascending.
	Kills []int `json:",omitempty"`
	// Power makes each kill a power cut: what the store has not synced is lost or torn.
	Power bool
	// Backup is the step at which the register is copied, 0 for never. After the last
	// kill that follows, the copy takes its place.
	Backup int
	// Lost has the disk lost with the last kill: the next process begins with an empty data
	// directory.
	Lost bool `json:",omitempty"`
	// River runs the daemon's own job engine instead of the inline one.
	River bool
	// Lag is how far listings and searches are behind the truth.
	Lag time.Duration
	// JiraPageSize bounds the pages of Jira's listings, so that a search for few issues has
	// several pages; 0: the limits that Jira documents.
	JiraPageSize int `json:",omitempty"`
	// GitHubPageSize bounds the pages of GitHub's listings of issues and comments likewise.
	GitHubPageSize int `json:",omitempty"`
	// Skew is how far the clock of each tracker is from conformd's own.
	JiraSkew, GitHubSkew time.Duration
	JiraMode, GitHubMode string
	JiraTwin, GitHubTwin bool
	// Poll and Sweep are how often a binding is listed since the last look, and whole.
	// Only a sweep finds what no listing by time shows any more, such as an issue that
	// was moved to another project.
	Poll, Sweep time.Duration
	// Steps has conformd's own clock jump, by up to a day and both ways, and be put
	// right in the end.
	Steps bool
	// Silence is for how long nothing may be written after all has settled.
	Silence time.Duration
	// Late is for how long people act before the daemon is started for the first time,
	// and Down for how long it stays away after each kill.
	Late, Down time.Duration `json:",omitzero"`
	// Full is for how long the disk stays full once a commit failed.
	Full      time.Duration `json:",omitzero"`
	Adversary bool
	Insider   bool // somebody tries every way to have records closed
	Admin     bool // permissions come and go, issues are moved, hidden, deleted, copied
	Tidy      bool // somebody restructures, relabels, runs scripts and types wrong commands
	Brake     bool // little may be written without a person, so that the brake is met
	Second    bool // another engine works on the same store
	Fill      bool // somebody fills in forms: requirements, people, dates, whole descriptions
	// LabelSets keeps the requirements in GitHub's labels and in a field of labels in Jira,
	// which takes no spaces; else in a section and in a text.
	LabelSets bool `json:",omitempty"`
	Revise    bool // somebody edits and deletes comments, finishes records and opens them again
	// Wait is how many days a review waits after the work. People go home for as long, and
	// then review and close.
	Wait int `json:",omitempty"`
	// DataCenter has Jira be a Data Center instead of Cloud.
	DataCenter bool `json:",omitempty"`
	// App has conformd sign in to GitHub as an app, whose tokens expire after ten minutes.
	App bool `json:",omitempty"`
	// Outage is the hour in which one tracker fails.
	Outage Outage `json:",omitzero"`
	// Policy is what happens to texts that two people change at once: "" asks, "latest",
	// "prefer:jira-isms" and "prefer:gh-isms" decide.
	Policy string `json:",omitempty"`
	Team   bool   // actions are issues of a team's repository, which is read and never written
}

// Swarm draws the options of a seed. Each fault is off in one of three seeds and
// else has a rate of its own: what only shows in the absence of another fault is
// found that way.
func Swarm(seed uint64) Options {
	r := rand.New(rand.NewPCG(seed, 0x5eed)) //nolint:gosec // chance by seed is the point
	o := Options{Seed: seed, Rates: map[Kind]int{}}
	for _, k := range Kinds() {
		if rate := r.IntN(most(k)) + 1; r.IntN(3) > 0 {
			o.Rates[k] = rate
		}
	}
	o.Acts = 4 + r.IntN(8)
	o.Think = time.Duration(10+r.IntN(50)) * time.Second
	if r.IntN(3) > 0 {
		for range 1 + r.IntN(3) {
			o.Kills = append(o.Kills, 20+r.IntN(600))
		}
		slices.Sort(o.Kills)
	}
	if r.IntN(2) > 0 {
		o.Lag = time.Duration(r.IntN(120)) * time.Second
	}
	if r.IntN(3) == 0 {
		o.JiraSkew = time.Duration(r.IntN(52)-26) * time.Hour
		o.GitHubSkew = time.Duration(r.IntN(52)-26) * time.Hour
	}
	modes := []string{"remind", "remind", "reopen", "observe"}
	o.JiraMode, o.GitHubMode = modes[r.IntN(4)], modes[r.IntN(3)]
	o.JiraTwin = r.IntN(5) > 0
	o.GitHubTwin = r.IntN(2) > 0
	o.Adversary = r.IntN(2) > 0
	o.Poll = []time.Duration{30 * time.Second, time.Minute, 2 * time.Minute}[r.IntN(3)]
	o.Sweep = []time.Duration{10 * time.Minute, 15 * time.Minute, 30 * time.Minute}[r.IntN(3)]
	o.Silence = silence(seed)
	if o.Steps = r.IntN(6) == 0; o.Steps {
		// The connectors read the bubble's clock and conformd one that is off from it: the
		// time until which to wait would come from the one and be read by the other.
		delete(o.Rates, LimitedBefore)
	}
	o.Admin = r.IntN(3) == 0
	o.Power = r.IntN(8) == 0
	if r.IntN(6) == 0 && !o.Power && len(o.Kills) > 0 {
		o.Backup = 20 + r.IntN(o.Kills[len(o.Kills)-1])
	}
	if r.IntN(5) == 0 {
		o.Think *= 20 // a slow day: hours between the acts, and what was put off comes due between them
		o.Poll = 5 * time.Minute
	}
	o.Insider = r.IntN(4) == 0
	o.Tidy = r.IntN(2) == 0
	o.Brake = r.IntN(3) == 0
	if r.IntN(5) == 0 {
		o.Late = 10*time.Minute + 4*o.Think // longer than a poll looks back
	}
	o.Down = 3 * time.Second
	if down := time.Duration(r.IntN(1800)) * time.Second; r.IntN(3) == 0 {
		o.Down += down
	}
	if r.IntN(3) == 0 {
		o.Full = time.Duration(1+r.IntN(120)) * time.Second
	}
	if r.IntN(4) == 0 && !o.Admin && o.Backup == 0 {
		o.Sweep = noSweep
		delete(o.Rates, EmptyAfter) // an empty list is believed, and mended by the sweep
		o.Rates[CommitFails] = 20 + r.IntN(100)
	}
	pages := rand.New(rand.NewPCG(seed, 0x9a6e)) //nolint:gosec // as above; apart, so that the other draws stay as they were
	o.JiraPageSize = []int{0, 2, 3}[pages.IntN(3)]
	second := rand.New(rand.NewPCG(seed, 0x2e46)) //nolint:gosec // as above
	if o.Second = second.IntN(8) == 0 && !o.Steps && o.Backup == 0; o.Second {
		delete(o.Rates, LimitedBefore) // what one engine is told the other learns from the store, a moment later
	}
	o.GitHubPageSize = []int{0, 2, 3}[pages.IntN(3)]
	o.worlds(seed)
	return o
}

// silence draws for how long nothing may be written after all has settled: an hour, after
// which everything that was put off has been tried again, in one of four seeds, and else as
// long as a few polls take.
func silence(seed uint64) time.Duration {
	r := rand.New(rand.NewPCG(seed, 0x511e)) //nolint:gosec // as above
	return []time.Duration{time.Hour, 15 * time.Minute, 15 * time.Minute, 15 * time.Minute}[r.IntN(4)]
}

// noSweep is longer than any simulation.
const noSweep = 30 * 24 * time.Hour

func (o Options) sweeps() bool { return o.Sweep < noSweep }

// String shows the options as a person reads them.
func (o Options) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed=%d acts=%d think=%s kills=%v power=%v backup=%d lost=%v poll=%s/%s lag=%s pages=%d/%d skew=%s/%s steps=%v modes=%s/%s twins=%v/%v late=%s down=%s full=%s adversary=%v insider=%v admin=%v tidy=%v brake=%v fill=%v labelsets=%v revise=%v wait=%d team=%v dc=%v app=%v policy=%s outage=%s second=%v",
		o.Seed, o.Acts, o.Think, o.Kills, o.Power, o.Backup, o.Lost, o.Poll, o.Sweep, o.Lag, o.JiraPageSize, o.GitHubPageSize, o.JiraSkew, o.GitHubSkew, o.Steps, o.JiraMode, o.GitHubMode, o.JiraTwin, o.GitHubTwin, o.Late, o.Down, o.Full, o.Adversary, o.Insider, o.Admin, o.Tidy, o.Brake, o.Fill, o.LabelSets, o.Revise, o.Wait, o.Team, o.DataCenter, o.App, o.Policy, strings.TrimSpace(o.Outage.Side+" "+o.Outage.How), o.Second)
	if len(o.Leave) > 0 {
		fmt.Fprintf(&b, " without=%s", strings.Join(o.Leave, ","))
	}
	for _, k := range slices.Sorted(maps.Keys(o.Rates)) {
		fmt.Fprintf(&b, " %s=%d", k, o.Rates[k])
	}
	return b.String()
}
