package reconcile

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// save stores what the plan decided about the register, before anything is
// written to a tracker: the record, the bases, what was taken in, the conflicts,
// each with its audit entry in the same transaction; and what would be written, for
// the brake to judge.
func (k *attempt) save(ctx context.Context, p plan.Plan) error {
	return k.r.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, k.Record.ID, k.Fence); err != nil {
			return err
		}
		before := k.Record
		if !reflect.DeepEqual(before, p.Record) {
			v, err := t.SaveRecord(ctx, p.Record, k.Fence)
			if err != nil {
				return err
			}
			k.Record, k.Version = p.Record, v
		}
		k.tell(t, before, p)
		if err := k.saveProblems(ctx, t, p); err != nil {
			return err
		}
		if err := t.TakeEvents(ctx, p.Verdicts); err != nil {
			return err
		}
		if err := k.saveConflicts(ctx, t, p); err != nil {
			return err
		}
		if err := k.saveBases(ctx, t, p); err != nil {
			return err
		}
		return k.judge(ctx, t, p)
	})
}

// saveProblems stores the values that could not be read or shown. Each is an entry of
// the log when it begins and when it ends.
func (k *attempt) saveProblems(ctx context.Context, t *store.Tx, p plan.Plan) error {
	if slices.Equal(k.row.Problems, p.Problems) {
		return nil
	}
	note := func(ps, others []plan.Problem, prefix string) {
		for _, x := range ps {
			if slices.Contains(others, x) {
				continue
			}
			e := k.entry(audit.SyncProblem)
			e.Origin.Binding, e.Origin.Key = x.Binding, x.Issue
			e.Changes = []audit.FieldChange{{Field: string(x.Field)}}
			e.Reason = prefix + x.What
			t.Audit(e)
		}
	}
	note(p.Problems, k.row.Problems, "")
	note(k.row.Problems, p.Problems, "put right: ")
	k.row.Problems = p.Problems
	return t.SetProblems(ctx, k.Record.ID, p.Problems)
}

// saveBases stores the bases that moved although nothing is written, and how much of
// each issue's history was taken in.
func (k *attempt) saveBases(ctx context.Context, t *store.Tx, p plan.Plan) error {
	for i, l := range k.links {
		next, ok := p.Bases[l.Binding]
		seen := l.State == store.IssueFresh && l.Issue != nil
		known := l.Known
		if l.Issue != nil {
			known = lastChange(l)
		}
		if !ok || (maps.Equal(next, l.Base) && !seen && known == l.Known) {
			continue
		}
		l.Base, l.Known = next, known
		if seen {
			l.State = store.IssueBound
		}
		k.links[i] = l
		if err := t.Agree(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// lastChange is the id of the last change in an issue's history. Where the history was not
// asked for or not told, what was known of it stands.
func lastChange(l store.BoundIssue) string {
	switch {
	case len(l.Issue.Changes) > 0:
		return l.Issue.Changes[len(l.Issue.Changes)-1].ID
	case l.Known != "" && l.Issue.History != connectors.HistoryWhole:
		return l.Known
	default:
		return store.NoHistory
	}
}

// saveConflicts opens, updates and closes conflicts.
func (k *attempt) saveConflicts(ctx context.Context, t *store.Tx, p plan.Plan) error {
	standing := map[register.Field]bool{}
	for _, c := range p.Conflicts {
		standing[c.Field] = true
		open, known := k.conflicts[c.Field]
		if known && c.Winner == "" && reflect.DeepEqual(open.Conflict, c) {
			continue
		}
		opened := t.Now()
		if known {
			opened = open.Opened
		}
		if err := t.PutConflict(ctx, k.Record.ID, opened, c); err != nil {
			return err
		}
		e := k.entry(audit.SyncConflict)
		e.Reason = "changed to different values; " + verdict(c)
		for _, v := range c.Values {
			e.Changes = append(e.Changes, audit.FieldChange{Field: string(c.Field) + "@" + v.Place, Before: audit.NewText(v.Base), After: audit.NewText(v.Value)})
		}
		t.Audit(e)
	}
	for f, open := range k.conflicts {
		if standing[f] {
			continue
		}
		if err := t.CloseConflict(ctx, open); err != nil {
			return err
		}
		e := k.entry(audit.SyncConflictResolved)
		e.Changes = []audit.FieldChange{{Field: string(f), After: audit.NewText(k.Record.Fields[f])}}
		e.Reason = "the values are equal again"
		t.Audit(e)
	}
	return nil
}

func verdict(c plan.Conflict) string {
	if c.Winner == "" {
		return "nothing is overwritten until a person decides"
	}
	return "policy " + c.Policy + " took the value of " + c.Winner
}

// entry starts an audit entry about the record.
func (k *attempt) entry(v audit.Verb) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: history.Daemon(), Origin: audit.Origin{Trigger: k.Trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: k.Record.ID, Ref: k.Record.Ref, Version: k.Version},
	}
}

// tell writes the audit entries of a plan.
func (k *attempt) tell(t *store.Tx, before register.Record, p plan.Plan) {
	for _, a := range p.Approvals {
		t.Audit(k.approvalEntry(a))
	}
	for _, from := range places(p.Changes) {
		k.tellChanges(t, from, p)
	}
	if held := p.Record.Fields[register.FieldMissing]; p.Record.Requested != "" &&
		(p.Record.Requested != before.Requested || !p.Record.RequestedAt.Equal(before.RequestedAt) || held != before.Fields[register.FieldMissing]) {
		e := k.entry(audit.RecordRefused)
		e.Changes = []audit.FieldChange{{Field: "state", Before: audit.NewText(string(p.Record.State)), After: audit.NewText(string(p.Record.Requested))}}
		e.Rules = verdicts(p.Held)
		e.Reason = "the evidence for the requested state is not there"
		t.Audit(e)
	}
	for _, d := range p.Dropped {
		e := k.entry(audit.SyncProblem)
		e.Origin.Binding = d.Binding
		e.Changes = []audit.FieldChange{{Field: string(d.Field), Before: audit.NewText(d.Sent), After: audit.NewText(d.Shown)}}
		e.Reason = "the tracker did not keep the value that was sent"
		t.Audit(e)
	}
	for _, c := range p.Contested {
		e := k.entry(audit.SyncContested)
		e.Origin.Binding = c.Binding
		e.Changes = []audit.FieldChange{{Field: string(c.Field)}}
		e.Reason = "reverted too often in 24 hours; a person decides"
		t.Audit(e)
	}
}

// tellChanges writes the entries of what was taken from one place: one for each person
// and time, as far as the tracker tells them apart.
func (k *attempt) tellChanges(t *store.Tx, from string, p plan.Plan) {
	var entries []audit.Entry
	for _, c := range p.Changes {
		if c.From != from {
			continue
		}
		last := -1 // the entry of the step before: what became of a field is told in its order
		for _, s := range k.steps(c) {
			verb := audit.RecordUpdated
			switch {
			case c.Field == register.FieldState:
				verb = audit.RecordTransitioned
			case from != plan.Register:
				verb = audit.SyncPulled
			}
			i := last + 1 + slices.IndexFunc(entries[last+1:], func(e audit.Entry) bool {
				return e.Verb == verb && e.Actor == s.Actor && e.Occurred.Equal(s.At) && e.Reason == string(c.Reason)
			})
			if i == last {
				i = len(entries)
				e := k.entry(verb)
				e.Actor, e.Occurred, e.Reason = s.Actor, s.At, string(c.Reason)
				entries = append(entries, e)
			}
			entries[i].Changes = append(entries[i].Changes, s.change)
			last = i
		}
	}
	slices.SortStableFunc(entries, func(a, b audit.Entry) int { return a.Occurred.Compare(b.Occurred) })
	l := k.link(from)
	for _, e := range entries {
		if l.Binding != "" {
			e.Origin = k.origin(l)
		}
		t.Audit(e)
	}
}

// A step is a part of a change: what one person made of a field.
type step struct {
	history.Act
	change audit.FieldChange
}

// steps tells who made a change. Of a field that several people changed between two
// looks, each has a step, as far as the tracker's history says what it was in between.
func (k *attempt) steps(c plan.Change) []step {
	b, l := k.r.binding(c.From), k.link(c.From)
	if b == nil {
		return []step{{history.Act{Actor: history.Daemon()}, fieldChange(c)}}
	}
	for _, e := range k.events {
		if e.Binding == c.From && e.Field == c.Field && c.Reason == plan.ReasonCommand {
			return []step{{history.Act{Actor: audit.Actor{Kind: audit.Person, ID: e.By, How: audit.ByComment}, At: e.At}, fieldChange(c)}}
		}
	}
	if l.Issue == nil {
		return []step{{history.Act{Actor: history.Unattributed()}, fieldChange(c)}}
	}
	acts := history.Acts(b, l.Issue, l.Known, c.Field, c.Before)
	if c.Field == register.FieldState && l.Issue.History != "" {
		acts = acts[len(acts)-1:] // what the register was not asked to hold it never held
	}
	out := make([]step, 0, len(acts))
	was := c.Before
	for i, a := range acts {
		now := c.After
		if i < len(acts)-1 {
			now = a.Value
		}
		if !a.Told && len(acts) > 1 {
			continue // it is known that somebody changed it, and not into what
		}
		out = append(out, step{a, fieldChange(plan.Change{Field: c.Field, Before: was, After: now})})
		was = now
	}
	if len(out) == 0 {
		out = append(out, step{acts[len(acts)-1], fieldChange(c)})
	}
	return out
}

func fieldChange(c plan.Change) audit.FieldChange {
	f := audit.FieldChange{Field: string(c.Field), After: audit.NewText(c.After)}
	if c.Before != "" {
		f.Before = audit.NewText(c.Before)
	}
	return f
}

func (k *attempt) approvalEntry(a register.Approval) audit.Entry {
	e := k.entry(audit.ApprovalGiven)
	e.Reason = a.Reason
	if a.Refused != "" {
		e.Verb, e.Reason = audit.ApprovalIgnored, a.Refused
	}
	e.Actor = audit.Actor{Kind: audit.Person, ID: a.By, How: audit.ByComment}
	if a.How == register.ByTransition {
		e.Actor.How = audit.ByChangelog
	}
	e.Occurred, e.Origin.Event = a.At, a.Event
	e.Changes = []audit.FieldChange{{Field: "approval." + string(a.Subject), After: audit.NewText(string(a.Outcome))}}
	return e
}

func verdicts(vs []register.Violation) []audit.Verdict {
	var out []audit.Verdict
	for _, v := range vs {
		for _, l := range v.Lacks {
			out = append(out, audit.Verdict{Rule: v.Rule.ID, Why: l.What})
		}
	}
	return out
}

// places lists where changes came from, in order of first appearance.
func places(cs []plan.Change) []string {
	var out []string
	for _, c := range cs {
		if !slices.Contains(out, c.From) {
			out = append(out, c.From)
		}
	}
	return out
}
