package dst

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/connectors/simkit"
	"github.com/conformd/conformd/internal/rehearsal"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// The judgements of the log, of conflicts, brakes and of issues that are kept aside.
const (
	judgedStopped  = "judged: writing is stopped"
	judgedReleased = "judged: a write that a person released while writing is stopped"
	judgedConflict = "judged: a conflict with its values and places"
	judgedBase     = "judged: a conflict with its base"
	judgedAside    = "judged: an issue kept aside as of conformd's own making"
	judgedQuiet    = "judged: the log in silence"
	judgedAsleep   = "judged: a record that sleeps and says why"
	judgedAlive    = "judged: progress under fire"
	judgedWho      = "judged: the person named for a change"
	judgedNobody   = "judged: nobody named for a change of which the tracker does not tell"
)

// readLog reads the audit log once for all who judge it.
func (p *picture) readLog(ctx context.Context) {
	for s, err := range auditdb.Read(ctx, p.engine.app.Store.Reader(), 0, -1) {
		if err != nil {
			p.violated("A5", "%v", err)
			return
		}
		p.log = append(p.log, s)
	}
}

// stopped is S12: from the entry that says that writing to a binding is stopped until the
// one that says that a person released it, nothing is intended there but what somebody
// released earlier.
func (p *picture) stopped() {
	if p.restored > 0 {
		return // a register that was set back has forgotten who released what
	}
	engaged := map[string]bool{}
	for _, s := range p.log {
		e := s.Entry
		switch at := e.Origin.Binding; e.Verb {
		case audit.BrakeEngaged:
			engaged[at] = true
			p.counts[judgedStopped]++
		case audit.BrakeReleased:
			engaged[at] = false
		case audit.WriteIntent:
			if !engaged[at] {
				continue
			}
			released := slices.ContainsFunc(p.letGo, func(g letGo) bool {
				return g.binding == at && slices.ContainsFunc(g.list, func(x store.Standing) bool { return x.Ref == e.Subject.Ref })
			})
			if released {
				p.counts[judgedReleased]++
				continue
			}
			p.violated("S12", "entry %d: %s is written to, although writing to %s is stopped and nobody released anything of %s", s.Seq, e.Origin.Key, at, e.Subject.Ref)
		}
	}
}

// disputed is S9: each conflict says which values there are, where, and what was agreed on
// before.
func (p *picture) disputed() {
	for _, c := range p.conflicts {
		p.counts[judgedConflict]++
		bad := func(what string) {
			p.violated("S9", "the conflict about %s of %s %s: %+v", c.Conflict.Field, c.Ref, what, c.Conflict)
		}
		var at []string
		for _, v := range c.Conflict.Values {
			if slices.Contains(at, v.Place) {
				bad("names " + v.Place + " twice")
			}
			at = append(at, v.Place)
			if v.Place != plan.Register && v.Place != rehearsal.JiraBinding && v.Place != rehearsal.GitHubBinding {
				bad("names no place for a value")
			}
			switch agreed := p.agreedBefore(c, v.Place); {
			case !agreed || p.restored > 0:
			case v.Base == "":
				bad("has no base, although " + v.Place + " and the register had agreed on a value")
			default:
				p.counts[judgedBase]++
			}
		}
		switch {
		case len(at) < 2:
			bad("has fewer than two values")
		case c.Opened.IsZero():
			bad("does not say since when")
		case c.Conflict.Field == "" || c.RecordID == "":
			bad("does not say what it is about")
		}
	}
}

// agreedBefore reports whether the register took a value of the field of a conflict from a
// place before, and never was without one since.
func (p *picture) agreedBefore(c store.ConflictRow, place string) bool {
	agreed := false
	for _, s := range p.log {
		e := s.Entry
		if e.Subject.ID != c.RecordID || !e.At.Before(c.Opened) || e.Verb != audit.SyncPulled && e.Verb != audit.RecordUpdated {
			continue
		}
		for _, x := range e.Changes {
			if x.Field != string(c.Conflict.Field) {
				continue
			}
			if x.After == nil || x.After.SHA256 == "" && x.After.Value == "" {
				return false
			}
			// What was commanded in an issue stands in the register alone until it is written.
			agreed = agreed || e.Origin.Binding == place && e.Actor.How != audit.ByComment
		}
	}
	return agreed
}

// filed judges the issues that are kept aside as of conformd's own making: its account
// filed them.
func (p *picture) filed() {
	by := map[string]string{}
	for _, changes := range p.truth {
		for _, c := range changes {
			if c.Field == "created" || by[c.Issue] == "" {
				by[c.Issue] = c.By
			}
		}
	}
	for _, a := range p.asides {
		if !strings.Contains(a.Why, "of conformd's own making") {
			continue
		}
		p.counts[judgedAside]++
		issue := a.Issue.Ref.Key
		if a.Binding == rehearsal.JiraBinding {
			issue = a.Issue.Ref.ID
		}
		if who := by[issue]; !isBot(who) {
			p.violated("S4", "%s is kept aside as of conformd's own making, and %q filed it", a.Issue.Ref.Key, who)
		}
	}
}

// attributed is A8 for each field: where the log names a person for a change that it took
// from an issue, that person made the place say so there; and it names one where the
// tracker does: while GitHub does not answer, the record waits.
func (p *picture) attributed() {
	people := p.people()
	known := map[register.Field]place{}
	for _, x := range places(p.LabelSets) {
		known[x.field] = x
	}
	for _, s := range p.log {
		e := s.Entry
		if e.Verb != audit.SyncPulled || e.Origin.Key == "" {
			continue
		}
		issue := e.Origin.Key
		if e.Origin.Binding == rehearsal.JiraBinding {
			issue = e.Origin.Issue
		}
		for _, c := range e.Changes {
			x, ok := known[register.Field(c.Field)]
			if ok && c.After != nil && c.After.SHA256 == "" && !strings.HasPrefix(e.Reason, string(plan.ReasonCommand)) {
				if p.commanded(s, x, c.After.Value, people) {
					continue
				}
				p.credited(s, p.givers(issue, x, c.After.Value, people), people)
			}
		}
	}
}

// commanded reports whether the person whom an entry names gave a value by a command.
func (p *picture) commanded(s audit.Stored, x place, value string, people map[string]string) bool {
	h := p.histories[s.Entry.Subject.ID]
	return slices.ContainsFunc(h.said, func(o order) bool {
		return o.field == x.field && o.by == s.Entry.Actor.ID && x.value(o.text, people) == x.register(value)
	}) || slices.ContainsFunc(h.took, func(o order) bool { return o.field == x.field && o.by == s.Entry.Actor.ID })
}

// givers are the changes that made a place of an issue say a value of the register. Of
// sets and owners, which may be put together, it is all changes.
func (p *picture) givers(issue string, x place, value string, people map[string]string) []touch {
	var out []touch
	for _, t := range p.ledger.touches[issue] {
		if t.field != x.field {
			continue
		}
		if x.shape == set || x.field == register.FieldOwner || value == "" && !t.to.filled() ||
			t.to.filled() && x.value(t.to.text, people) == x.register(value) {
			out = append(out, t)
		}
	}
	return out
}

// credited judges who the log names for a change.
func (p *picture) credited(s audit.Stored, by []touch, people map[string]string) {
	a := s.Entry.Actor
	if len(by) == 0 {
		return // whether anybody gave the value at all is S19
	}
	switch a.Kind {
	case audit.Person:
		p.counts[judgedWho]++
		named := slices.ContainsFunc(by, func(t touch) bool {
			who, mapped := people[t.by]
			// GitHub shows a label that was renamed under its new name also where somebody
			// had put it on.
			renamed := t.side == github && t.by == "admin"
			return who == a.ID || renamed || !mapped && strings.HasPrefix(a.ID, "account:")
		})
		if !named {
			p.violated("A8", "entry %d names %s, and it was: %v", s.Seq, a.ID, by)
		}
	case audit.Unattributed:
		if !slices.ContainsFunc(by, p.untold) {
			p.violated("A8", "entry %d names nobody, and %s tells: %v", s.Seq, by[0].side, by)
			return
		}
		p.counts[judgedNobody]++
	case audit.Daemon:
		if !slices.ContainsFunc(by, touch.bot) {
			p.violated("A8", "entry %d names conformd, and it was: %v", s.Seq, by)
		}
	}
}

// untold reports whether a tracker does not tell of a change: an issue of Jira does not tell
// what it began with, and an option or a label that is renamed changes no issue.
func (p *picture) untold(t touch) bool {
	return t.side == jira && t.moment == p.ledger.touches[t.issue][0].moment || t.by == "admin" || t.bot()
}

// idleLog is S16 at rest: in a time in which nothing happened the log does not grow, but for
// the writes that a tracker refuses, and for a word that a binding is read again which was
// not when the time began. A refused write is tried again every hour, and whenever its record
// is looked at: for a month each sweep looks for an issue that has vanished.
func (w *world) idleLog(ctx context.Context, entries int64) {
	const perRefusal, perTry = 8, 2
	sweeps := int64(w.Silence/w.Sweep) + 1
	rows, err := w.engine.app.Store.Records(ctx)
	if err != nil {
		panic(err)
	}
	most := int64(len(w.engine.app.Bindings))
	for _, r := range rows {
		if r.Problem == "" {
			continue
		}
		most += perRefusal
		links, err := w.engine.app.Store.BoundIssues(ctx, r.Record.ID)
		if err != nil {
			panic(err)
		}
		for _, l := range links {
			if l.State == store.IssueOrphaned {
				most += perTry * sweeps
			}
		}
	}
	w.count(judgedQuiet)
	if entries > most {
		w.violated("S16", "%d entries in the log for a time in which nothing happened, want %d at most", entries, most)
	}
}

// aliveFor is how long the daemon has run, and known of an issue it could see, before L5
// asks for progress.
const aliveFor = time.Hour

// progressed is L5: with faults in every part of the network, what people do arrives.
func (w *world) progressed(ctx context.Context) {
	w.mu.Lock()
	e := w.engine
	w.mu.Unlock()
	if e == nil || e.app == nil || time.Since(e.began) < aliveFor {
		return
	}
	first := slices.IndexFunc(w.truth(), func(c simkit.Change) bool { return !isBot(c.By) })
	if first < 0 || w.skewed() || time.Since(w.truth()[first].At) < aliveFor {
		return
	}
	rows, err := e.app.Store.Records(ctx)
	if err != nil {
		return // the process is dying
	}
	w.count(judgedAlive)
	if len(rows) == 0 {
		w.violated("L5", "the daemon has run for %s, people have filed issues, and the register is empty", time.Since(e.began))
	}
}

// skewed reports whether the trackers' clocks are off, so that their times say nothing.
func (w *world) skewed() bool { return w.JiraSkew != 0 || w.GitHubSkew != 0 }

// asleep is L6: a record that wakes later than in a moment says what it waits for.
func (w *world) asleep(ctx context.Context, e *engine) {
	const moment = 2 * time.Minute
	if w.Steps {
		return // a moment by a clock that jumps is none
	}
	ids := map[string]string{}
	rows, err := e.app.Store.Reader().QueryContext(ctx, "SELECT ref, problem FROM record WHERE wake > $1 AND wanted = done", w.now().Add(moment).UnixMilli())
	if err != nil {
		return // the process is dying
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var ref, problem string
		if rows.Scan(&ref, &problem) == nil {
			ids[ref] = problem
		}
	}
	if rows.Err() != nil {
		return
	}
	for ref, problem := range ids {
		w.count(judgedAsleep)
		if problem != "" {
			continue
		}
		row, err := e.app.Store.Record(ctx, ref)
		if err == nil && row.Record.Fields[register.FieldMissing] == "" {
			w.violated("L6", "%s sleeps and does not say why", ref)
		}
	}
}

// logSize returns how many entries the log has.
func (w *world) logSize(ctx context.Context) int64 {
	n, err := w.engine.app.Store.LogSize(ctx)
	if err != nil {
		panic(err)
	}
	return n
}
