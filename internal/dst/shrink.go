package dst

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Shrink makes the options of a failure smaller for as long as run still violates
// the property that was violated first: kinds of faults, kills and acts are left out
// one at a time, and lag, skew, adversary and the like taken away. It returns the smallest
// options found and what they violate.
func Shrink(o Options, violations []string, run func(Options) []string) (Options, []string) {
	const passes = 3
	property, _, _ := strings.Cut(violations[0], ":")
	for range passes {
		got := false
		for _, smaller := range reductions(o) {
			next := smaller(o)
			v := run(next)
			i := slices.IndexFunc(v, func(s string) bool { return strings.HasPrefix(s, property+":") })
			if i < 0 {
				continue
			}
			o, violations, got = next, v, true
		}
		if !got {
			break
		}
	}
	return o, violations
}

// reductions lists what can be taken away from o. Each applies to whatever is left
// by then.
func reductions(o Options) []func(Options) Options {
	out := []func(Options) Options{
		func(o Options) Options { o.JiraSkew, o.GitHubSkew = 0, 0; return o },
		func(o Options) Options { o.Lag = 0; return o },
		func(o Options) Options { o.JiraPageSize, o.GitHubPageSize = 0, 0; return o },
		func(o Options) Options { o.Adversary = false; return o },
		func(o Options) Options { o.Insider = false; return o },
		func(o Options) Options { o.Admin = false; return o },
		func(o Options) Options { o.Tidy = false; return o },
		func(o Options) Options { o.Brake = false; return o },
		func(o Options) Options { o.Fill = false; return o },
		func(o Options) Options { o.LabelSets = false; return o },
		func(o Options) Options { o.Revise = false; return o },
		func(o Options) Options { o.Wait = 0; return o },
		func(o Options) Options { o.Team = false; return o },
		func(o Options) Options { o.DataCenter = false; return o },
		func(o Options) Options { o.App = false; return o },
		func(o Options) Options { o.Policy = ""; return o },
		func(o Options) Options { o.Outage = Outage{}; return o },
		func(o Options) Options { o.Late = 0; return o },
		func(o Options) Options { o.Down = 3 * time.Second; return o },
		func(o Options) Options { o.Full = 0; return o },
	}
	for _, k := range slices.Sorted(maps.Keys(o.Rates)) {
		out = append(out, func(o Options) Options {
			o.Rates = maps.Clone(o.Rates)
			delete(o.Rates, k)
			return o
		})
	}
	for _, at := range o.Kills {
		out = append(out, func(o Options) Options {
			o.Kills = slices.DeleteFunc(slices.Clone(o.Kills), func(x int) bool { return x == at })
			return o
		})
	}
	for turn := o.Acts - 1; turn >= 0; turn-- {
		for _, name := range players() {
			act := fmt.Sprint(name, turn)
			if slices.Contains(o.Leave, act) || !o.plays(name) {
				continue
			}
			out = append(out, func(o Options) Options {
				o.Leave = append(slices.Clone(o.Leave), act)
				return o
			})
		}
	}
	return append(out, func(o Options) Options { o.Think = 5 * time.Second; return o })
}
