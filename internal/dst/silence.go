package dst

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// silent is S20: nothing is silent. What stands at a place of an issue at the end is what
// the register holds; or the record tells the problem of that very field on that issue,
// or a conflict of it. A place that is gone, or that cannot be read, is told. And each
// command has its answer.
func (p *picture) silent() {
	people := p.people()
	for _, r := range p.rows {
		for _, k := range p.links[r.Record.ID] {
			if p.gone[k.Ref.Key] || p.gone[k.Ref.ID] || k.State != store.IssueBound {
				continue // converged says what is wrong with it
			}
			for _, x := range places(p.LabelSets) {
				p.seen(r, k, x, people)
			}
		}
	}
	for _, c := range p.typed {
		p.heard(c)
	}
}

// tracker returns the side of a binding and the name of an issue in its log.
func sideOf(k store.BoundIssue) (side, issue string) {
	if k.Binding == rehearsal.JiraBinding {
		return jira, k.Ref.ID
	}
	return github, k.Ref.Key
}

// seen judges one place of one issue.
func (p *picture) seen(r store.Row, k store.BoundIssue, x place, people map[string]string) {
	side, issue := sideOf(k)
	state, ok := p.ledger.states[issue]
	if !ok || side == github && x.github == "" {
		return
	}
	s, want := state.look()[x.field], x.register(r.Record.Fields[x.field])
	told := p.told(r, k, x.field)
	last := lastTouch(p.ledger.touches[issue], x.field)
	switch {
	case s.seen == unclear:
		p.counts["judged: a place that cannot be read"]++
		if !told {
			p.violated("S20", "%s: it cannot be said what %s of %s is (%q), and the record does not tell", r.Record.Ref, x.field, k.Ref.Key, s.text)
		}
	case s.seen == gone:
		if want == "" || p.restored > 0 || !p.seenThere(r, k, x.field, p.ledger.touches[issue]) {
			return // a register that was set back has forgotten that there was a place
		}
		p.counts["judged: a place that is gone"]++
		if told {
			return
		}
		p.violated("S20", "%s: the place of %s is gone from %s, the register has %q, and the record does not tell", r.Record.Ref, x.field, k.Ref.Key, want)
	case p.agrees(x, s.text, want, people):
		p.counts["judged: a place that is as the register"]++
	case told:
		p.counts["judged: a difference that is told"]++
	case p.waits(r, k, x, s.text, people):
		p.counts[judgedWaits]++
	case x.field == register.FieldRisk && last.by == "":
		p.counts["judged: a tracker's own default"]++ // nobody has said anything by it
	case p.observed(k.Binding) && register.TriageDecides(x.field):
		p.counts["judged: a value that managers decide, where nothing is written"]++ // who decided it is E5
	case p.observed(k.Binding) && (last.by == "" || last.bot() || p.overtaken(r, last) || p.lost(r, last, people) || x.shape == set && p.joined(r, last, want)):
		// Nothing is written there, and nobody wrote what is not in the register.
	default:
		p.violated("S20", "%s: %s of %s is %q, of the register %q, and the record does not tell", r.Record.Ref, x.field, k.Ref.Key, s.text, r.Record.Fields[x.field])
	}
}

// agrees reports whether a place shows what the register holds.
func (p *picture) agrees(x place, text, want string, people map[string]string) bool {
	switch {
	case x.shape == set:
		return slices.Equal(x.members(text), x.members(want))
	case x.field == register.FieldOwner:
		who := touch{place: x}.values(text, people)
		if want == "" {
			return len(who) == 0
		}
		return slices.Contains(who, want) || strings.HasPrefix(want, "account:") && len(who) > 0
	}
	return x.value(text, people) == want
}

// lastTouch returns the last act at a place.
func lastTouch(ts []touch, f register.Field) (last touch) {
	for _, t := range ts {
		if t.field == f {
			last = t
		}
	}
	return last
}

// seenThere reports whether conformd took a value from a place or wrote one there, so that
// it knows that there was one.
func (p *picture) seenThere(r store.Row, k store.BoundIssue, f register.Field, ts []touch) bool {
	return p.pulled[r.Record.ID+" "+k.Binding+" "+string(f)] || slices.ContainsFunc(ts, func(t touch) bool { return t.field == f && t.bot() && t.to.filled() })
}

// lost reports whether a policy did not choose what stands at a place, which lies in a
// conflict of the record.
func (p *picture) lost(r store.Row, t touch, people map[string]string) bool {
	return p.Policy != "" && slices.ContainsFunc(p.conflicts, func(c store.ConflictRow) bool {
		return c.RecordID == r.Record.ID && c.Conflict.Field == t.field && slices.ContainsFunc(c.Conflict.Values, func(v plan.ConflictValue) bool {
			return t.register(v.Value) == t.value(t.to.text, people)
		})
	})
}

// overtaken reports whether somebody changed a field elsewhere after a touch.
func (p *picture) overtaken(r store.Row, t touch) bool {
	h := p.histories[r.Record.ID]
	if slices.ContainsFunc(h.said, func(o order) bool { return o.field == t.field && o.moment > t.moment }) {
		return true
	}
	return slices.ContainsFunc(h.touches, func(o touch) bool { return o.elsewhere(t) && o.moment > t.moment })
}

// joined reports whether people explain how a set of the register differs from what stands
// at a place: each member besides was added elsewhere, and each that is missing was taken
// out elsewhere since it came to this place.
func (p *picture) joined(r store.Row, t touch, want string) bool {
	people := p.people()
	here, all := t.values(t.to.text, people), t.members(want)
	touches := p.histories[r.Record.ID].touches
	for _, m := range all {
		if !slices.Contains(here, m) && !slices.ContainsFunc(touches, func(o touch) bool {
			return o.elsewhere(t) && slices.Contains(o.values(o.to.text, people), m)
		}) {
			return false
		}
	}
	for _, m := range here {
		since := p.since(t, m, people)
		if !slices.Contains(all, m) && !slices.ContainsFunc(touches, func(o touch) bool {
			return o.elsewhere(t) && o.moment > since && slices.Contains(o.values(o.from.text, people), m) && !slices.Contains(o.values(o.to.text, people), m)
		}) {
			return false
		}
	}
	return true
}

// since returns when a member of a set came to the place of a touch for the last time.
func (p *picture) since(t touch, member string, people map[string]string) (moment int) {
	for _, o := range p.ledger.touches[t.issue] {
		if o.field == t.field && slices.Contains(o.values(o.to.text, people), member) && !slices.Contains(o.values(o.from.text, people), member) {
			moment = o.moment
		}
	}
	return moment
}

// told reports whether a record tells of a field on an issue.
func (p *picture) told(r store.Row, k store.BoundIssue, f register.Field) bool {
	if slices.ContainsFunc(r.Problems, func(x plan.Problem) bool { return x.Binding == k.Binding && x.Field == f }) {
		return true
	}
	return p.contested(r, f) || k.Base[f].Contested
}

// heard judges the answer to one comment.
func (p *picture) heard(c typed) {
	link, r, ok := p.bound(c)
	if !ok {
		p.counts["typed on an issue that is gone"]++
		return
	}
	if c.revised {
		return // see revised
	}
	if c.nothing {
		p.counts["judged: no command"]++
		for _, a := range r.Record.Approvals {
			// What is typed with a transition is its reason, whatever it looks like.
			if a.How == register.ByComment && strings.Contains(a.Reason, c.token) {
				p.violated("S20", "%s: what %s typed on %s is no command (%s), and counts as a decision", r.Record.Ref, c.by, c.issue, c.kind)
			}
		}
		for f, v := range r.Record.Fields {
			if strings.Contains(v, c.token) {
				p.violated("S20", "%s: what %s typed on %s is no command (%s), and became %s", r.Record.Ref, c.by, c.issue, c.kind, f)
			}
		}
	}
	if p.observed(link.Binding) {
		return
	}
	if c.side == github {
		p.thumbed(c, r)
		return
	}
	if c.nothing || !p.latest(c) || r.Record.State.Ended() || c.corrected(r) {
		return
	}
	p.counts["judged: an answer in Jira"]++
	if !p.answered(link, c) {
		p.violated("S20", "%s: %s on %s (%s) is not answered in the comment", r.Record.Ref, c.verb, c.issue, c.kind)
	}
}

// oldCommand is how old a command is, by its tracker's clock, that gets no reaction when it
// is first seen.
const oldCommand = 24 * time.Hour

// thumbed judges the reaction to a comment in GitHub, and the reason of a thumb down.
func (p *picture) thumbed(c typed, r store.Row) {
	thumb := p.thumb(c)
	switch {
	case c.nothing && thumb != "":
		p.violated("S20", "%s: what %s typed on %s is no command (%s), and got a reaction", r.Record.Ref, c.by, c.issue, c.kind)
	case c.nothing:
	case thumb == "" && c.early && p.GitHubSkew < -oldCommand+2*p.Late:
		p.counts["typed so long ago, by GitHub's clock, that nobody waits for a reaction"]++
	case thumb == "":
		p.violated("S20", "%s: %s by %s on %s (%s) got no reaction", r.Record.Ref, c.verb, c.by, c.issue, c.kind)
	case isBot(c.by) && thumb == "+1":
		p.violated("S20", "%s: a decision by conformd's own account on %s counts", r.Record.Ref, c.issue)
	default:
		p.counts["judged: a reaction "+thumb]++
		link, _, _ := p.bound(c)
		if thumb == "-1" && !p.silenced(link) && p.latest(c) && !r.Record.State.Ended() && !c.corrected(r) {
			p.counts["judged: a reason in the comment"]++
			if !p.answered(link, c) {
				p.violated("S20", "%s: %s by %s on %s (%s) got a thumb down and no reason", r.Record.Ref, c.verb, c.by, c.issue, c.kind)
			}
		}
	}
}

// thumb returns the reaction of conformd to a comment in GitHub, "" if there is none.
func (p *picture) thumb(c typed) string {
	var n int
	if _, err := fmt.Sscanf(c.issue, "acme/isms#%d", &n); err != nil {
		panic(err)
	}
	for _, x := range p.trackers.GitHub.Issue(n).Comments {
		if x.ID != c.id {
			continue
		}
		for _, y := range x.Reactions {
			if isBot(y.By) {
				return y.Content
			}
		}
	}
	return ""
}

// bound returns the link and the record of a comment's issue.
func (p *picture) bound(c typed) (store.BoundIssue, store.Row, bool) {
	for _, r := range p.rows {
		for _, k := range p.links[r.Record.ID] {
			if _, issue := sideOf(k); issue == c.issue && k.State == store.IssueBound && !p.gone[k.Ref.Key] && !p.gone[k.Ref.ID] {
				return k, r, true
			}
		}
	}
	return store.BoundIssue{}, store.Row{}, false
}

// latest reports whether a comment is the last of those on its issue that get the same
// sort of answer. Older ones have been read, and a comment holds only some.
func (p *picture) latest(c typed) bool {
	return !slices.ContainsFunc(p.typed, func(o typed) bool { return o.issue == c.issue && o.seq > c.seq && (!o.nothing || o.revised) }) &&
		!slices.ContainsFunc(p.truth[c.side], func(o simkit.Change) bool {
			return o.Issue == c.issue && o.Seq > c.seq && o.Field == "comment" && !isBot(o.By) && command.MatchString(o.To)
		})
}

// corrected reports whether whoever mistyped a command gave one later that counts: there is
// nothing left to be told then.
func (c typed) corrected(r store.Row) bool {
	return !c.counts && slices.ContainsFunc(r.Record.Approvals, func(a register.Approval) bool {
		var id int64
		_, err := fmt.Sscanf(a.Event, rehearsal.GitHubBinding+":comment:%d:", &id)
		return a.By == c.by && a.Refused == "" && (c.side == jira || err == nil && id > c.id)
	})
}

// answered reports whether conformd's comment on an issue names a command among its
// answers or, where somebody asked for them, lists the commands or says where the record
// stands.
func (p *picture) answered(k store.BoundIssue, c typed) bool {
	return slices.ContainsFunc(p.comments(k), func(s string) bool {
		_, answers, ok := strings.Cut(s, "Answers")
		switch c.verb {
		case "help":
			return strings.Contains(s, "/capa isms-change <text>")
		case "status":
			return strings.Contains(s, "NC-") && strings.Contains(s, " · ")
		}
		return ok && strings.Contains(answers, c.verb)
	})
}

// Judgements lists what is judged, so that a run tells if something never was.
func Judgements() []string {
	out := []string{
		"the same in other words", "emptied in a tracker", "replaced in a tracker", "taken out of a set", "emptied in the register", "taken into the register",
		"emptied within the limits", "replaced within the limits", "created within the limits", "said within the limits",
		"a place that cannot be read", "a place that is gone", "a place that is as the register", "a difference that is told", "a tracker's own default",
		"no command", "an answer in Jira", "a reaction +1", "a reaction -1", "a reason in the comment",
	}
	for i, what := range out {
		out[i] = "judged: " + what
	}
	out = append(out, judgedWaited, judgedBudget, judgedSpent, judgedFresh, judgedReopened, judgedIdle, judgedPolled, judgedHinted, judgedHeeded,
		judgedStopped, judgedReleased, judgedConflict, judgedBase, judgedAside, judgedQuiet, judgedAsleep, judgedAlive, judgedWho, judgedNobody, secondWorked, secondTook)
	out = append(out, laterPages()...)
	out = slices.Concat(out, decided(), revisedKinds(), outages())
	out = append(out, judgedAction, judgedActionAside, judgedPolicy, renewed, notRenewed, searchDataCenter)
	return append(out, "brake on a plan", "brake released")
}
