package dst

import (
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// A history is what became of the places of one record's issues, in one order.
type history struct {
	touches []touch
	said    []order // by commands
	took    []order // by commands that take in what is proposed
}

// An order is a value that somebody gave by a command.
type order struct {
	field  register.Field
	text   string
	moment int
	by     string
}

// absent is S19: nothing is lost by absence. What conformd's account replaced or took away
// in one tracker, a person replaced or took away, at that very place, in the other, or by
// a command; and a place at which it cannot be said what stands there is left as it is.
// The same holds of the register. It is judged from the logs of the trackers.
func (p *picture) absent(ctx context.Context) {
	people := p.people()
	for id, h := range p.histories {
		for _, t := range h.touches {
			if t.bot() {
				p.written(id, h, t, people)
			}
		}
	}
	p.taken(ctx, people)
}

// people are the persons behind the accounts of both trackers.
func (p *picture) people() map[string]string {
	out := map[string]string{}
	for _, x := range rehearsal.Players() {
		out[x.Login] = x.Login
		out[p.trackers.Jira.Person(x.Login).AccountID()] = x.Login
	}
	return out
}

// written judges one change by conformd's account.
func (p *picture) written(id string, h history, t touch, people map[string]string) {
	switch {
	case t.from.seen == unclear && p.unseen(h.touches, t):
		p.counts["overwritten in the window"]++
	case t.from.seen == unclear:
		p.violated("S19", "what stands there was not known, and conformd wrote over it: %s", t)
	case !t.from.filled():
	case t.shape == set || t.field == register.FieldOwner:
		p.members(id, h, t, people)
	case t.value(t.from.text, people) == t.value(t.to.text, people) && t.to.filled():
		p.counts["judged: the same in other words"]++
	case !t.to.filled():
		p.counts["judged: emptied in a tracker"]++
		taken := slices.ContainsFunc(h.touches, func(o touch) bool { return o.elsewhere(t) && o.empties() && o.moment < t.moment })
		if !taken && !p.raced(h, t, people) && !p.waited(id, t, people) {
			p.violated("S19", "nobody took away what conformd took away in %s: %s", id, t)
		}
	default:
		p.counts["judged: replaced in a tracker"]++
		since := h.introduced(t, people)
		given := slices.ContainsFunc(h.touches, func(o touch) bool {
			return o.elsewhere(t) && o.gives(t.to, people) && o.moment < t.moment && o.moment > since
		})
		if !given && !h.ordered(t, people) && !p.raced(h, t, people) && !p.forgotten(t, people) && !p.decided(t, people) && !p.waited(id, t, people) {
			p.violated("S19", "nobody wrote what conformd wrote in %s: %s", id, t)
		}
	}
}

// forgotten reports whether a person gave what was written on an issue that belonged to the
// record before its register was set back, and does not any more.
func (p *picture) forgotten(t touch, people map[string]string) bool {
	if p.restored == 0 {
		return false
	}
	for _, ts := range p.ledger.touches {
		if slices.ContainsFunc(ts, func(o touch) bool {
			return o.side != t.side && o.elsewhere(t) && o.gives(t.to, people) && o.moment < t.moment
		}) {
			return true
		}
	}
	return false
}

// decided reports whether a policy chose what was written over what it replaced, which is
// kept in a conflict.
func (p *picture) decided(t touch, people map[string]string) bool {
	if p.Policy == "" || !p.kept(t, people) {
		return false
	}
	p.counts[judgedPolicy]++
	return true
}

// unseen reports whether what a change replaced, or made unreadable, was saved between
// conformd's reading and its writing.
func (p *picture) unseen(ts []touch, t touch) bool {
	return slices.ContainsFunc(ts, func(o touch) bool {
		return o.issue == t.issue && o.field == t.field && !o.bot() && o.to == t.from && o.moment < t.moment && p.overlooked(t.side, t.issue, o.seq)
	})
}

// members judges a change of a set by conformd's account: each member that left or joined
// left or joined in the other tracker by a person.
func (p *picture) members(id string, h history, t touch, people map[string]string) {
	was, is := t.values(t.from.text, people), t.values(t.to.text, people)
	for _, m := range was {
		if slices.Contains(is, m) {
			continue
		}
		p.counts["judged: taken out of a set"]++
		left := slices.ContainsFunc(h.touches, func(o touch) bool {
			return o.elsewhere(t) && o.moment < t.moment && slices.Contains(o.values(o.from.text, people), m) && !slices.Contains(o.values(o.to.text, people), m)
		})
		// Where the owner did not stand, a person who gives one replaces the owner all the same.
		given := t.field == register.FieldOwner && slices.ContainsFunc(h.touches, func(o touch) bool {
			return o.elsewhere(t) && o.moment < t.moment && !o.from.filled() && slices.ContainsFunc(is, func(m string) bool {
				return !slices.Contains(was, m) && slices.Contains(o.values(o.to.text, people), m)
			})
		})
		if !left && !given && !h.ordered(t, people) && !p.raced(h, t, people) && !p.waited(id, t, people) {
			p.violated("S19", "nobody took %s away, and conformd did in %s: %s", m, id, t)
		}
	}
	for _, m := range is {
		if slices.Contains(was, m) {
			continue
		}
		joined := slices.ContainsFunc(h.touches, func(o touch) bool {
			return o.elsewhere(t) && o.moment < t.moment && slices.Contains(o.values(o.to.text, people), m)
		})
		if !joined && !h.ordered(t, people) && !p.waited(id, t, people) {
			p.violated("S19", "nobody added %s, and conformd did in %s: %s", m, id, t)
		}
	}
}

// elsewhere reports whether o is what a person did to the same field of another issue.
func (t touch) elsewhere(o touch) bool {
	return !t.bot() && t.field == o.field && t.issue != o.issue
}

// empties reports whether a place was emptied that was there.
func (t touch) empties() bool { return t.to.empty() && !t.from.empty() }

// gives reports whether a place was made to say a value.
func (t touch) gives(s sight, people map[string]string) bool {
	return t.to.filled() && t.value(t.to.text, people) == t.value(s.text, people)
}

// values are the members of a set, or the persons of several accounts.
func (t touch) values(s string, people map[string]string) []string {
	if t.field != register.FieldOwner {
		return t.members(s)
	}
	var out []string
	for one := range strings.FieldsSeq(s) {
		out = append(out, t.value(one, people))
	}
	return out
}

// introduced returns when a person first gave a field the value that a change replaced,
// -1 if no person ever did. Only what somebody wrote since can be worth more.
func (h history) introduced(t touch, people map[string]string) int {
	for _, o := range h.touches {
		if !o.bot() && o.field == t.field && o.gives(t.from, people) {
			return o.moment
		}
	}
	return -1
}

// raced reports whether what a change replaced was saved between conformd's reading and
// its writing. In GitHub nothing shows it; in Jira it is kept in a conflict, unless a
// person has replaced what conformd wrote.
func (p *picture) raced(h history, t touch, people map[string]string) bool {
	return slices.ContainsFunc(h.touches, func(o touch) bool {
		if o.issue != t.issue || o.bot() || o.moment >= t.moment || !o.gives(t.from, people) || !p.overlooked(t.side, t.issue, o.seq) {
			return false
		}
		return t.side == github || p.kept(t, people) || slices.ContainsFunc(p.replaced, func(v string) bool { return strings.Contains(v, t.from.text) }) || slices.ContainsFunc(h.touches, func(later touch) bool {
			return later.issue == t.issue && later.field == t.field && later.moment > t.moment && !later.bot()
		})
	})
}

// kept reports whether the value that a change replaced lies in a conflict.
func (p *picture) kept(t touch, people map[string]string) bool {
	return slices.ContainsFunc(p.conflicts, func(c store.ConflictRow) bool {
		return c.Conflict.Field == t.field && slices.ContainsFunc(c.Conflict.Values, func(v plan.ConflictValue) bool {
			if t.shape == set {
				return slices.Equal(t.members(v.Value), t.members(t.from.text))
			}
			return t.register(v.Value) == t.value(t.from.text, people)
		})
	})
}

// ordered reports whether a command gave a field the value that was written.
func (h history) ordered(t touch, people map[string]string) bool {
	return slices.ContainsFunc(h.said, func(o order) bool {
		if t.field == register.FieldOwner { // who stands beside others
			return o.field == t.field && o.moment < t.moment && slices.Contains(t.values(t.to.text, people), t.value(o.text, people))
		}
		return o.field == t.field && o.moment < t.moment && t.value(o.text, people) == t.value(t.to.text, people)
	})
}

// taken judges what the register took in, from its own log: each value was given by a
// person to that very field of one of the record's issues, or taken away there.
func (p *picture) taken(ctx context.Context, people map[string]string) {
	known := map[register.Field]place{}
	for _, x := range places(p.LabelSets) {
		known[x.field] = x
	}
	emptied := map[string]int{}
	for s, err := range auditdb.Read(ctx, p.engine.app.Store.Reader(), 0, -1) {
		if err != nil {
			p.violated("S19", "%v", err)
			return
		}
		switch s.Entry.Verb {
		case audit.RecordCreated, audit.RecordUpdated, audit.SyncPulled:
		default:
			continue
		}
		id := s.Entry.Subject.ID
		h, bound := p.histories[id]
		if !bound {
			continue
		}
		for _, c := range s.Entry.Changes {
			p.pulled[id+" "+s.Entry.Origin.Binding+" "+c.Field] = true
			x, ok := known[register.Field(c.Field)]
			if !ok || c.After == nil || c.After.SHA256 != "" {
				continue
			}
			if c.After.Value == "" {
				emptied[id+" "+c.Field]++
				p.counts["judged: emptied in the register"]++
				continue
			}
			p.counts["judged: taken into the register"]++
			if v, wrong := p.ungiven(h, x, c.After.Value, people); wrong {
				p.violated("S19", "nobody gave %s of %s the value %q, which the register took (entry %d)", c.Field, id, v, s.Seq)
			}
		}
	}
	for what, n := range emptied {
		id, field, _ := strings.Cut(what, " ")
		most := 0
		for _, t := range p.histories[id].touches {
			// What conformd's account emptied is judged by itself; Jira's history holds it
			// between what people did.
			if string(t.field) == field && t.empties() {
				most++
			}
		}
		// A register that was set back takes in once more what it has forgotten.
		if n > most*(1+p.restored) {
			p.violated("S19", "%s of %s was emptied %d times in the register, and people emptied it %d times", field, id, n, most)
		}
	}
}

// ungiven returns what of a value of the register nobody gave.
func (p *picture) ungiven(h history, x place, value string, people map[string]string) (string, bool) {
	given := func(v string, has func(touch) bool) (string, bool) {
		return v, !slices.ContainsFunc(h.touches, func(t touch) bool { return !t.bot() && t.field == x.field && has(t) })
	}
	switch {
	case x.shape == set:
		for _, m := range x.members(value) {
			if v, wrong := given(m, func(t touch) bool { return slices.Contains(t.values(t.to.text, people), m) }); wrong {
				return v, true
			}
		}
		return "", false
	case slices.ContainsFunc(h.said, func(o order) bool { return o.field == x.field && x.value(o.text, people) == x.register(value) }):
		return "", false
	case x.field == register.FieldOwner:
		return given(value, func(t touch) bool {
			return slices.ContainsFunc(t.values(t.to.text, people), func(v string) bool { return v == value || strings.HasPrefix(value, "account:") })
		})
	}
	return given(value, func(t touch) bool { return t.to.filled() && x.value(t.to.text, people) == x.register(value) })
}

// register returns a value of the register in the form that value has.
func (p place) register(v string) string {
	if p.shape == words {
		return said(v)
	}
	return strings.TrimSpace(v)
}

// readHistories puts the ledger together by record.
func (p *picture) readHistories() {
	p.histories = map[string]history{}
	of := map[string]string{}
	for id, links := range p.links {
		for _, k := range links {
			of[k.Ref.ID], of[k.Ref.Key] = id, id
		}
	}
	for issue, touches := range p.ledger.touches {
		id, bound := of[issue]
		if !bound {
			for _, t := range touches {
				if t.bot() && t.from.filled() && p.restored == 0 {
					p.violated("S19", "%s belongs to no record, and conformd wrote to it: %s", issue, t)
				}
			}
			continue
		}
		h := p.histories[id]
		h.touches = append(h.touches, touches...)
		p.histories[id] = h
	}
	for _, c := range p.typed {
		id, bound := of[c.issue]
		h := p.histories[id]
		if bound && c.verb == "amend" {
			h.took = append(h.took, order{c.field, "", p.moment(c.side, c.seq), c.by})
			p.histories[id] = h
		}
		if !bound || c.field == "" || !c.counts && c.value == "" {
			continue
		}
		h.said = append(h.said, order{c.field, c.words, p.moment(c.side, c.seq), c.by})
		p.histories[id] = h
	}
	for id, h := range p.histories {
		slices.SortStableFunc(h.touches, func(a, b touch) int { return a.moment - b.moment })
		p.histories[id] = h
	}
}
