//go:build unix

package blackbox

import (
	"fmt"
	"slices"
	"strings"
)

// A verdict is what the judge finds wrong in a picture, and what it counted on its way.
type verdict struct {
	*picture
	wrong []string
	seen  map[string]int
}

// judge checks a picture of a world at rest. It needs nothing but the picture, so a
// picture that somebody altered can be judged, too.
func judge(p *picture) *verdict {
	v := &verdict{picture: p, seen: map[string]int{}}
	v.lostEdits()
	v.lostDecisions()
	v.counterparts()
	v.enforced()
	v.told()
	v.bounded()
	v.intended()
	for _, why := range p.unsettled(false) {
		v.say("L1: %s", why)
	}
	v.seen["records"] += len(p.records)
	v.seen["conflicts"] += len(p.conflicts)
	slices.Sort(v.wrong)
	return v
}

func (v *verdict) say(format string, a ...any) { v.wrong = append(v.wrong, fmt.Sprintf(format, a...)) }

// counterparts is S4 and S5: no record has two issues in one tracker, no marker
// stands on two issues, and no issue has two comments of ours.
func (v *verdict) counterparts() {
	markers := map[string]string{}
	for key, is := range v.issues {
		if is.marker != "" {
			if other := markers[is.tracker+is.marker]; other != "" {
				v.say("S4: %s and %s carry the marker %s", min(key, other), max(key, other), is.marker)
			}
			markers[is.tracker+is.marker] = key
		}
		if len(is.comments) > 1 {
			v.say("S5: %s has %d comments of conformd:\n%s", key, len(is.comments), strings.Join(is.comments, "\n---\n"))
		}
	}
	people, ours := 0, 0
	for _, changes := range v.truth {
		for _, c := range changes {
			switch {
			case c.Field != "created":
			case c.By == bot:
				ours++
			default:
				people++
			}
		}
	}
	if len(v.records) != people {
		v.say("S4: people filed %d issues, there are %d records", people, len(v.records))
	}
	if ours > people {
		v.say("S4: conformd filed %d issues for %d of people", ours, people)
	}
	for _, r := range v.records {
		seen := map[string]int{}
		for _, i := range r.Issues {
			if seen[i.Binding]++; seen[i.Binding] > 1 {
				v.say("S4: %s has several issues in %s", r.Ref, i.Binding)
			}
		}
	}
	v.seen["counterparts"] += ours
}

// enforced is E2: what counts as closed has a root cause and a review by somebody who
// does not own it, and the trackers know of that review, too.
func (v *verdict) enforced() {
	for _, r := range v.records {
		if r.State != "closed" {
			continue
		}
		v.seen["closed"]++
		if r.Fields["root_cause"] == "" {
			v.say("E2: %s counts as closed without a root cause", r.Ref)
		}
		if !slices.ContainsFunc(r.Approvals, func(a approval) bool {
			return a.Subject == "effectiveness" && a.Outcome == "effective" && a.Refused == "" && v.did(a.By, r) &&
				a.By != r.Fields["owner"] // who also did all the actions, see complete
		}) {
			v.say("E2: %s counts as closed without an independent review: %+v", r.Ref, r.Approvals)
		}
	}
}

// told is the other half of S5: who asks for a closing that is held back is told why.
func (v *verdict) told() {
	for _, r := range v.records {
		if r.Requested != "closed" || r.Attention != "" {
			continue
		}
		v.seen["held back"]++
		if !slices.ContainsFunc(r.Issues, func(i link) bool { return v.issues[i.Key] != nil && len(v.issues[i.Key].comments) == 1 }) {
			v.say("S5: the closing of %s is held back and no issue says why", r.Ref)
		}
	}
}

// did reports whether somebody reviewed a record in a tracker: by the command in a
// comment, or by the step of the workflow.
func (p *picture) did(who string, r record) bool {
	for _, i := range r.Issues {
		is := p.issues[i.Key]
		if is == nil {
			continue
		}
		for _, c := range p.truth[is.tracker] {
			if c.Issue == is.id && c.By == who && (c.Field == "comment" && strings.HasPrefix(c.To, "/capa effective") || c.Field == "status" && c.To == "Closed") {
				return true
			}
		}
	}
	return false
}

// bounded is S11 and the other half of S6: nothing is ever deleted, and the number of
// writes is in proportion to what people did.
func (v *verdict) bounded() {
	acts, writes := 0, map[string]bool{}
	for t, changes := range v.truth {
		for _, c := range changes {
			if c.By == bot {
				writes[t+c.Request] = true
			} else {
				acts++
			}
		}
	}
	for t, requests := range v.requests {
		for _, r := range requests {
			if r.By == bot && r.Method == "DELETE" {
				v.say("S11: %s %s of %s", r.Method, r.Path, t)
			}
		}
	}
	// An act may be answered by a text, a label, a comment and a step of a workflow.
	if most := 4*acts + 10*len(v.records) + 2*v.kills; len(writes) > most {
		v.say("S6: %d writes for %d acts", len(writes), acts)
	}
	v.seen["changes by people"] += acts
	v.seen["writes of conformd"] += len(writes)
}
