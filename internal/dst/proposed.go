package dst

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

// What is judged of values that wait for a person: those of which triage has decided, and
// all of a closed record.
const (
	judgedWaits    = "judged: a difference that waits for a decision"
	judgedPutBack  = "judged: a value put back that nobody took in"
	judgedProposal = "judged: a proposal that somebody made"
)

// waits reports whether what stands at a place is proposed there: its tracker shows it, and
// the register and the other trackers keep what is decided.
func (p *picture) waits(r store.Row, k store.BoundIssue, x place, text string, people map[string]string) bool {
	return slices.ContainsFunc(r.Record.Proposals, func(y register.Proposal) bool {
		if y.Field != x.field || y.From != k.Binding {
			return false
		}
		return p.agrees(x, text, x.register(y.Value), people) || x.shape == set && p.proposed(r, k, x, text, y, people)
	})
}

// proposed reports whether a proposal is what people made of a set at a place. The register
// may have had members that were not written there when somebody changed the set. They took
// none of these out, so the proposal has them too, and nothing is written there until it is
// decided. Then the place must show all. Likewise it may still show what was taken out elsewhere.
func (p *picture) proposed(r store.Row, k store.BoundIssue, x place, text string, y register.Proposal, people map[string]string) bool {
	here, all, held := x.members(text), x.members(x.register(y.Value)), x.members(x.register(r.Record.Fields[x.field]))
	_, issue := sideOf(k)
	if slices.ContainsFunc(here, func(m string) bool { return !slices.Contains(all, m) && !p.leftElsewhere(r, issue, x, m, people) }) {
		return false
	}
	for _, m := range all {
		if !slices.Contains(here, m) && (!slices.Contains(held, m) || p.takenOut(r, issue, x, m, people)) {
			return false
		}
	}
	return true
}

// leftElsewhere reports whether a person took a member of a set out on another issue of the
// record. At a place where a proposal waits it stays until that is decided.
func (p *picture) leftElsewhere(r store.Row, issue string, x place, member string, people map[string]string) bool {
	return slices.ContainsFunc(p.histories[r.Record.ID].touches, func(t touch) bool {
		return t.issue != issue && t.field == x.field && !t.bot() &&
			slices.Contains(t.values(t.from.text, people), member) && !slices.Contains(t.values(t.to.text, people), member)
	})
}

// takenOut reports whether a person took a member of a set out at a place, and nobody added
// it elsewhere since.
//
// Where conformd did not look between, what a person put there and a person took out again
// is no change of the place. It then takes nothing back of somebody who added the member
// elsewhere, whenever that was: nobody at this place ever saw that addition.
func (p *picture) takenOut(r store.Row, issue string, x place, member string, people map[string]string) bool {
	has := func(t touch, s sight) bool { return slices.Contains(t.values(s.text, people), member) }
	in, out, unseen := touch{moment: -1}, touch{moment: -1}, false
	for _, t := range p.ledger.touches[issue] {
		switch {
		case t.field != x.field:
		case !has(t, t.from) && has(t, t.to):
			in = t
		case has(t, t.from) && !has(t, t.to) && !t.bot():
			out, unseen = t, in.moment >= 0 && !in.bot() && !p.shownBetween(in, t)
		}
	}
	return out.moment >= 0 && !slices.ContainsFunc(p.histories[r.Record.ID].touches, func(t touch) bool {
		return t.elsewhere(out) && (unseen || t.moment > out.moment) && has(t, t.to) && !has(t, t.from)
	})
}

// waited reports whether what a change by conformd's account replaced had waited for a
// person, and the register had what was written: the decision, or the evidence of a closed
// record, was put back.
func (p *picture) waited(id string, t touch, people map[string]string) bool {
	proposed, held := false, false
	for _, s := range p.log {
		e := s.Entry
		if e.Subject.ID != id {
			continue
		}
		for _, c := range e.Changes {
			if c.Field != string(t.field) || c.After == nil {
				continue
			}
			value := p.agrees(t.place, t.from.text, t.register(c.After.Value), people) || t.shape == set && within(t.members(t.from.text), t.members(t.register(c.After.Value)))
			decided := p.agrees(t.place, t.to.text, t.register(c.After.Value), people)
			switch e.Verb {
			case audit.RecordProposed:
				proposed = proposed || value || c.After.SHA256 != ""
			case audit.RecordCreated, audit.RecordUpdated, audit.SyncPulled:
				held = held || decided || c.After.SHA256 != ""
			default:
			}
		}
	}
	if proposed && (held || !t.to.filled()) {
		p.counts[judgedPutBack]++
		return true
	}
	return false
}

// within reports whether a set holds all of some members. What somebody adds to a place after
// their first change was put back is proposed together with that one.
func within(some, all []string) bool {
	return !slices.ContainsFunc(some, func(m string) bool { return !slices.Contains(all, m) })
}

// declined reports whether what a person wrote had waited for a decision, and is neither
// there nor waits any more: somebody decided against it, or proposed something else since.
func (p *picture) declined(e edit) bool {
	proposed := map[string]bool{} // by record and field
	for _, s := range p.log {
		for _, c := range s.Entry.Changes {
			what := s.Entry.Subject.ID + " " + c.Field
			switch {
			case s.Entry.Verb == audit.RecordProposed && c.After != nil && strings.Contains(c.After.Value, e.token):
				proposed[what] = true
			case s.Entry.Verb == audit.RecordSettled && proposed[what] && s.Entry.Actor.Kind == audit.Person:
				return true
			case s.Entry.Verb == audit.RecordProposed && proposed[what] && s.Entry.Actor.Kind == audit.Person:
				return true // a later proposal took its place
			}
		}
	}
	return false
}

// proposals judges what waits: a person made it so, in the tracker that the proposal names.
func (p *picture) proposals() {
	people := p.people()
	for _, r := range p.rows {
		for _, y := range r.Record.Proposals {
			i := slices.IndexFunc(places(p.LabelSets), func(x place) bool { return x.field == y.Field })
			k := slices.IndexFunc(p.links[r.Record.ID], func(k store.BoundIssue) bool { return k.Binding == y.From })
			if i < 0 || k < 0 || p.restored > 0 {
				continue
			}
			x := places(p.LabelSets)[i]
			_, issue := sideOf(p.links[r.Record.ID][k])
			p.counts[judgedProposal]++
			made := slices.ContainsFunc(p.ledger.touches[issue], func(t touch) bool {
				return t.field == y.Field && !t.bot() && (x.shape == set || p.agrees(x, t.to.text, x.register(y.Value), people))
			})
			said := slices.ContainsFunc(p.histories[r.Record.ID].said, func(o order) bool {
				return o.field == y.Field && x.value(o.text, people) == x.register(y.Value)
			})
			if !made && !said {
				p.violated("S19", "%s: %s is proposed as %q in %s, and nobody wrote that there", r.Record.Ref, y.Field, y.Value, y.From)
			}
			if y.Value == r.Record.Fields[y.Field] {
				p.violated("S19", "%s: %s is proposed as what it is: %q", r.Record.Ref, y.Field, y.Value)
			}
		}
	}
}
