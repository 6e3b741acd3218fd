package dst

import (
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// entered is E1: a record enters the state closed by all rules of its day, each of which the
// log names as met. Which rules those are does not come from the daemon, which may have
// been started with others: they are the ones that were adopted first. Afterwards no rule
// is asked again.
func (p *picture) entered() {
	p.countDecisions()
	policy := p.adopted
	for _, s := range p.log {
		if !closes(s.Entry) {
			continue
		}
		i := slices.IndexFunc(p.rows, func(r store.Row) bool { return r.Record.ID == s.Entry.Subject.ID })
		if i < 0 || p.restored > 0 {
			continue
		}
		p.counts[judgedEntered]++
		r := p.rows[i].Record
		for _, rule := range policy.Rules {
			if rule.To.Rank() < 0 || rule.ID == "G11" || policy.Asks(rule.RuleInfo, r) != register.Must { // a major may be one only since
				continue
			}
			met := false
			for _, v := range s.Entry.Rules {
				met = met || v.Rule == rule.ID && v.OK
			}
			if !met {
				p.violated("E1", "%s was closed (entry %d), and the log does not say that %s held", r.Ref, s.Seq, rule.ID)
			}
		}
		for _, v := range s.Entry.Rules {
			if !v.OK {
				p.violated("E1", "%s was closed (entry %d) although %s does not hold: %s", r.Ref, s.Seq, v.Rule, v.Why)
			}
		}
	}
	for _, r := range p.rows {
		if r.Record.State == register.Closed {
			p.counts["closed with its evidence"]++
			p.evident(r)
		}
	}
}

// evident judges the evidence of a closed record by the rules and the time of its closing.
func (p *picture) evident(r store.Row) {
	ctx := register.Context{At: r.Record.Closed, People: p.engine.app.Reconciler.People, Records: p.existing(r.Record.ID)}
	if slices.ContainsFunc(p.deeds(r.Record.ID), func(d deed) bool { return d.by == manager && d.verb == "amend" }) {
		return // what a manager took in afterwards no rule was asked about
	}
	for _, v := range register.Unmet(r.Record, register.Closed, ctx, p.adopted) {
		if v.Rule.ID == "G14" && p.counts["clock set"] > 0 {
			continue // days by a clock that jumps are none
		}
		p.violated("E1", "%s counts as closed although %s did not hold when it was closed: %v", r.Record.Ref, v.Rule.ID, v.Lacks)
	}
	if r.Record.Fields[register.FieldRootCause] == "" {
		p.violated("E2", "%s counts as closed without a root cause", r.Record.Ref)
	}
	if days := time.Duration(p.Wait) * 24 * time.Hour; days > 0 && r.Record.Closed.Sub(p.began) < days-24*time.Hour {
		p.violated("E1", "%s was closed %s after the beginning, and a review waits %d days", r.Record.Ref, r.Record.Closed.Sub(p.began), p.Wait)
	}
}

// existing are the names by which a record may name another one: numbers, and the keys of
// issues, in short where its own issue is beside them.
func (p *picture) existing(id string) map[string]register.Other {
	out := map[string]register.Other{}
	for _, r := range p.rows {
		if r.Record.ID == id {
			continue
		}
		o := register.Other{ID: r.Record.ID, Ref: r.Record.Ref}
		out[r.Record.Ref] = o
		for _, k := range p.links[r.Record.ID] {
			out[k.Ref.Key] = o
			if short, ok := strings.CutPrefix(k.Ref.Key, rehearsal.Owner+"/"+rehearsal.Repo); ok {
				out[short] = o
			}
		}
	}
	return out
}
