package dst

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/register"
)

// The logs of the trackers number their own changes. A tide is how far both were at one
// time, so that what happened in one can be put before or after what happened in the
// other.
type tide struct{ jira, github int64 }

// tideLocked notes how far the logs are. The caller holds the lock.
func (w *world) tideLocked() {
	if w.trackers == nil {
		return
	}
	now := tide{w.trackers.Jira.Truth().Len(), w.trackers.GitHub.Truth().Len()}
	if n := len(w.tides); n == 0 || w.tides[n-1] != now {
		w.tides, w.tidesAt = append(w.tides, now), append(w.tidesAt, time.Now())
	}
}

// moment puts a change into the one order of both trackers. What one act changed has
// one moment.
func (w *world) moment(side string, seq int64) int {
	i, _ := slices.BinarySearchFunc(w.tides, seq, func(t tide, seq int64) int {
		if side == jira {
			return int(t.jira - seq)
		}
		return int(t.github - seq)
	})
	return i
}

func (t tide) of(side string) int64 {
	if side == jira {
		return t.jira
	}
	return t.github
}

// A touch is what one act made of one place of an issue, by the tracker's own log.
type touch struct {
	place
	side, issue string
	moment      int
	seq         int64 // of the last change in the tracker's log
	by          string
	from, to    sight
}

func (t touch) bot() bool { return isBot(t.by) }

func (t touch) String() string {
	return fmt.Sprintf("%s of %s %s by %s, %q to %q", t.field, t.side, t.issue, t.by, t.from.text, t.to.text)
}

// A ledger is what became of each issue, place by place, from the logs of the trackers.
type ledger struct {
	touches   map[string][]touch    // by issue, in their order
	states    map[string]issueState // at the end, by issue
	labelSets bool                  // see Options.LabelSets
}

// readLedger reads the logs.
func (p *picture) readLedger() ledger {
	l := ledger{touches: map[string][]touch{}, states: map[string]issueState{}, labelSets: p.LabelSets}
	for side, changes := range p.truth {
		for i := 0; i < len(changes); {
			// What one act did to one issue counts as one.
			n, at := i, p.moment(side, changes[i].Seq)
			for n < len(changes) && changes[n].Issue == changes[i].Issue && changes[n].By == changes[i].By && p.moment(side, changes[n].Seq) == at {
				n++
			}
			l.enter(side, at, changes[i:n])
			i = n
		}
	}
	for issue := range p.unmarked() {
		for i, t := range l.touches[issue] {
			if t.moment == l.touches[issue][0].moment && t.bot() {
				l.touches[issue][i].by = "conformd, and nobody could tell any more"
			}
		}
	}
	return l
}

// unmarked are the issues that conformd filed in GitHub and from which a person took the
// marker away. If the answer to the create was lost, conformd cannot know that the issue
// is its own: it is a record of its own then, which begins with what conformd wrote.
func (p *picture) unmarked() map[string]bool {
	own, out := map[string]bool{}, map[string]bool{}
	for _, c := range p.truth[github] {
		switch {
		case c.Field == "created" && isBot(c.By):
			own[c.Issue] = true
		case c.Field == "body" && !isBot(c.By) && own[c.Issue] && strings.Contains(c.From, marker) && !strings.Contains(c.To, marker):
			out[c.Issue] = true
		}
	}
	return out
}

// marker begins what tells conformd in a description of GitHub which record it is of.
const marker = "<!-- conformd:rec-"

// enter applies what one act did to one issue, or to a label or an option of all.
func (l *ledger) enter(side string, moment int, cs []simkit.Change) {
	first := cs[0]
	if ofTeam(first.Issue) {
		return
	}
	issues := []string{first.Issue}
	if first.Field == "option" || side == github && !strings.Contains(first.Issue, "#") {
		issues = nil
		for id, s := range l.states {
			if s.side == side {
				issues = append(issues, id)
			}
		}
		slices.Sort(issues)
	}
	for _, id := range issues {
		was, known := l.states[id]
		if !known {
			was = issueState{side: side, labelSets: l.labelSets, fields: map[string]string{}}
			if side == jira {
				was.fields["priority"] = "Medium" // Jira's own default, which its log does not tell
			}
		}
		now := issueState{side, l.labelSets, maps.Clone(was.fields), slices.Clone(was.labels), slices.Clone(was.assignees)}
		for _, c := range cs {
			now.apply(c)
		}
		l.states[id] = now
		before, after := map[register.Field]sight{}, now.look()
		if known {
			before = was.look()
		}
		if side == jira && !known && isBot(first.By) && !slices.ContainsFunc(cs, func(c simkit.Change) bool { return c.Field == "priority" }) {
			before[register.FieldRisk] = after[register.FieldRisk]
		}
		for _, p := range places(l.labelSets) {
			if before[p.field] != after[p.field] {
				l.touches[id] = append(l.touches[id], touch{p, side, id, moment, cs[len(cs)-1].Seq, first.By, before[p.field], after[p.field]})
			}
		}
	}
}

// apply applies one change of the log.
func (s *issueState) apply(c simkit.Change) {
	swap := func(in []string) []string {
		out := slices.DeleteFunc(in, func(x string) bool { return c.From != "" && strings.EqualFold(x, c.From) })
		if c.To != "" && (len(out) < len(in) || c.From == "") {
			out = append(out, c.To)
		}
		return out
	}
	switch {
	case c.Field == "option":
		for _, p := range places(s.labelSets) {
			if p.shape == choice && s.fields[p.jira] == c.From {
				s.fields[p.jira] = c.To
			}
		}
	case s.side == github && c.Field == "created":
		s.fields["title"] = c.To
	case s.side == github && c.Field == "label":
		s.labels = swap(s.labels)
	case s.side == github && c.Field == "assignee":
		s.assignees = swap(s.assignees)
	default:
		s.fields[strings.TrimSuffix(c.Field, renamed)] = c.To // the log has a field's name of the time
	}
}
