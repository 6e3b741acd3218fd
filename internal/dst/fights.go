package dst

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors/simkit"
)

// fought is E3: a fight ends. Conformd puts a field of an issue back only so often in a day,
// whatever a person or an automation does.
func (p *picture) fought() {
	fights := map[string]int{}
	for side, changes := range p.truth {
		for _, c := range changes {
			number := c.Field == "Register no." && c.From == mine
			reopened := side == github && c.Field == "state" && strings.HasPrefix(c.To, "open") && !p.followed(c)
			if isBot(c.By) && (number || reopened) {
				fights[side+" "+c.Issue+" "+c.Field]++
			}
		}
	}
	for what, n := range fights {
		// A register that was set back has forgotten what it put back since, and each
		// jump of the clock may end the day for which it counts.
		if n > p.engine.app.Reconciler.MaxReverts*(1+p.restored+p.counts["clock set"]) {
			p.violated("E3", "%s was put back %d times", what, n)
		}
	}
}

// followed reports whether conformd opened an issue of GitHub because a person had opened
// another issue of its record since this one was closed. That carries a person's word over
// and puts nothing back.
func (p *picture) followed(opened simkit.Change) bool {
	until, since := p.moment(github, opened.Seq), -1
	for _, c := range p.truth[github] {
		if c.Issue == opened.Issue && c.Seq < opened.Seq && c.Field == "state" && strings.HasPrefix(c.To, "closed") {
			since = p.moment(github, c.Seq)
		}
	}
	for _, links := range p.links {
		var others []string
		mine := false
		for _, k := range links {
			side, issue := sideOf(k)
			mine = mine || side == github && issue == opened.Issue
			others = append(others, side+" "+issue)
		}
		if !mine {
			continue
		}
		for side, changes := range p.truth {
			if slices.ContainsFunc(changes, func(c simkit.Change) bool {
				at := p.moment(side, c.Seq)
				return c.Issue != opened.Issue && slices.Contains(others, side+" "+c.Issue) && !isBot(c.By) && reopens(side, c) && at > since && at < until
			}) {
				return true
			}
		}
	}
	return false
}

// reopens reports whether a change took an issue out of an end.
func reopens(side string, c simkit.Change) bool {
	if side == jira {
		return c.Field == "status" && c.From == "Closed" && c.To != "Closed"
	}
	return c.Field == "state" && strings.HasPrefix(c.From, "closed") && strings.HasPrefix(c.To, "open")
}
