package reconcile

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
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
		if err := k.stillLinked(ctx, t, p); err != nil {
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
		if err := t.Recurred(ctx, k.Record, p.Facts, k.r.context(), k.r.Policy, k.Trigger); err != nil {
			return err
		}
		if err := t.Follow(ctx, k.Record, p.Facts, k.r.Ingest.Prefix, k.Trigger); err != nil {
			return err
		}
		if err := k.saveProblems(ctx, t, p); err != nil {
			return err
		}
		for _, e := range p.Typed {
			if _, err := t.AddEvent(ctx, k.Record.ID, e, false); err != nil {
				return err
			}
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

// stillLinked fails with ErrStale where the plan makes a link and the records that it was made
// for have changed since: two records that are rejected at the same time as duplicates of each
// other must not both be.
func (k *attempt) stillLinked(ctx context.Context, t *store.Tx, p plan.Plan) error {
	if !slices.ContainsFunc(p.Facts, func(f register.Fact) bool { return f.Kind == register.FactLinked }) {
		return nil
	}
	now, err := t.Existing(ctx, k.Record.ID, k.names)
	if err == nil && !reflect.DeepEqual(now, k.existing) {
		return store.ErrStale
	}
	return err
}

// saveProblems stores the values that could not be read or shown. Each is an entry of
// the log when it begins and when it ends.
func (k *attempt) saveProblems(ctx context.Context, t *store.Tx, p plan.Plan) error {
	problems := make([]plan.Problem, len(p.Problems))
	for i, x := range p.Problems {
		problems[i] = x.Kept()
	}
	if slices.Equal(k.row.Problems, problems) {
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
	note(problems, k.row.Problems, "")
	note(k.row.Problems, problems, ledger.PutRight)
	k.row.Problems = problems
	return t.SetProblems(ctx, k.Record.ID, problems)
}

// saveBases stores the bases that moved although nothing is written, and how much of
// each issue's history was taken in.
func (k *attempt) saveBases(ctx context.Context, t *store.Tx, p plan.Plan) error {
	for i, l := range k.links {
		next, ok := p.Bases[l.Binding]
		seen := l.State == store.IssueFresh && l.Issue != nil
		known := l.Known
		if l.Issue != nil && (len(l.Issue.Changes) > 0 || known == "") { // the answer to a write may come without a history
			known = lastChange(l.Issue)
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

// lastChange is the id of the last change in an issue's history.
func lastChange(is *connectors.Issue) string {
	if len(is.Changes) == 0 {
		return store.NoHistory
	}
	return is.Changes[len(is.Changes)-1].ID
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
		e.Reason = ledger.Differs + verdict(c)
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
		return ledger.Waits
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
	held := p.Record.Fields[register.FieldMissing]
	refused := p.Record.Requested != "" &&
		(p.Record.Requested != before.Requested || !p.Record.RequestedAt.Equal(before.RequestedAt) || held != before.Fields[register.FieldMissing])
	facts, asked := p.Facts, []register.Fact(nil)
	if n := len(facts); refused && n > 0 && facts[n-1].Kind == register.FactRequested {
		facts, asked = facts[:n-1], facts[n-1:]
	}
	k.tellFacts(t, facts)
	if refused {
		e := k.entry(audit.RecordRefused)
		e.Changes = []audit.FieldChange{{Field: "state", Before: audit.NewText(string(p.Record.State)), After: audit.NewText(string(p.Record.Requested))}}
		e.Rules = ledger.Verdicts(nil, p.Held)
		e.Reason = "the evidence for the requested state is not there"
		e.Facts = ledger.Text(asked)
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

// tellFacts writes the entries of facts.
func (k *attempt) tellFacts(t *store.Tx, facts []register.Fact) {
	for _, told := range ledger.Entries(facts) {
		e := k.entry(told.Verb)
		e.Actor, e.Occurred, e.Reason, e.Changes, e.Rules, e.Facts = told.Actor, told.Occurred, told.Reason, told.Changes, told.Rules, told.Facts
		if l := k.link(told.Origin.Binding); l.Binding != "" {
			e.Origin = k.origin(l)
		}
		e.Origin.Event = told.Origin.Event
		t.Audit(e)
	}
}
