package dst

import (
	"math/rand/v2"
	"time"

	"github.com/conformd/conformd/connectors/jira/jirasim"
)

// worlds draws what sort of world a simulation plays in: more people, other deployments, an
// outage. The draws are apart from those of faults and people, so that a new kind of world
// shifts none of those.
func (o *Options) worlds(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0x3017d)) //nolint:gosec // chance by seed is the point
	o.Fill = r.IntN(2) == 0
	o.LabelSets = r.IntN(4) == 0
	o.Revise = r.IntN(2) == 0
	o.Team = r.IntN(3) == 0
	o.DataCenter = r.IntN(4) == 0
	if o.App = r.IntN(4) == 0; o.App {
		o.GitHubSkew = 0 // the library that renews tokens compares their end with its own clock
	}
	o.Policy = []string{"", "", "", "latest", "prefer:jira-isms", "prefer:gh-isms"}[r.IntN(6)]
	side, how, outage := []string{jira, github}[r.IntN(2)], []string{"hangs", "refuses", "garbage"}[r.IntN(3)], r.IntN(25) == 0
	if outage && o.Backup == 0 {
		o.fails(Outage{side, how})
	} else if r.IntN(30) == 0 && o.Sweep < noSweep {
		// Days pass: whoever never rests would act ten thousand times in them.
		o.Wait = 1 + r.IntN(2)
		o.Poll, o.Sweep = 15*time.Minute, time.Hour
		o.Adversary, o.Insider, o.Admin, o.Steps, o.Brake = false, false, false, false, false
	}
}

// deployment is the sort of Jira.
func (o Options) deployment() string {
	if o.DataCenter {
		return jirasim.DataCenter
	}
	return jirasim.Cloud
}

// fails draws an hour's outage while people work. Nothing else fails: if the other tracker is
// held up, the outage is the cause.
func (o *Options) fails(x Outage) {
	o.Outage = x
	o.Rates = map[Kind]int{HookLost: o.Rates[HookLost], HookLate: o.Rates[HookLate]}
	o.Kills, o.Power, o.Late, o.Full, o.JiraSkew, o.GitHubSkew = nil, false, 0, 0, 0, 0
	o.Adversary, o.Insider, o.Admin, o.Tidy, o.Steps, o.Brake = false, false, false, false, false, false
	o.App = false // tokens that are not renewed would hold up the other tracker, too
	o.Acts += 10
	o.Think = 2 * (outageAfter + outageLasts) / time.Duration(o.Acts)
}
