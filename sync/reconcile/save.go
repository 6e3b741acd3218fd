package reconcile

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// save stores what the plan decided about the register, before anything is
// written to a tracker: the record, the bases, what was taken in, the conflicts,
// each with its audit entry in the same transaction.
func (k *turn) save(ctx context.Context, p plan.Plan) error {
	return k.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.Hold(ctx, k.Record.ID, k.Epoch); err != nil {
			return err
		}
		before := k.Record
		if !reflect.DeepEqual(before, p.Record) {
			v, err := t.SaveRecord(ctx, p.Record, k.Epoch)
			if err != nil {
				return err
			}
			k.Record, k.Version = p.Record, v
		}
		k.tell(t, before, p)
		if err := t.TakeEvents(ctx, k.events); err != nil {
			return err
		}
		if err := k.saveConflicts(ctx, t, p); err != nil {
			return err
		}
		return k.saveBases(ctx, t, p)
	})
}

// saveBases stores the bases that moved although nothing is written.
func (k *turn) saveBases(ctx context.Context, t *store.Tx, p plan.Plan) error {
	for i, l := range k.links {
		next, ok := p.Bases[l.Binding]
		seen := l.State == store.LinkFresh && l.Issue != nil
		if !ok || (maps.Equal(next, l.Base) && !seen) {
			continue
		}
		l.Base = next
		if seen {
			l.State = store.LinkBound
		}
		k.links[i] = l
		if err := t.Agree(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

// saveConflicts opens, updates and closes conflicts.
func (k *turn) saveConflicts(ctx context.Context, t *store.Tx, p plan.Plan) error {
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
func (k *turn) entry(v audit.Verb) audit.Entry {
	return audit.Entry{
		Verb: v, Actor: daemon(), Origin: audit.Origin{Trigger: k.Trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: k.Record.ID, Ref: k.Record.Ref, Version: k.Version},
	}
}

// tell writes the audit entries of a plan.
func (k *turn) tell(t *store.Tx, before register.Record, p plan.Plan) {
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
	for _, x := range p.Problems {
		e := k.entry(audit.SyncProblem)
		e.Origin.Binding = x.Binding
		e.Changes = []audit.FieldChange{{Field: string(x.Field)}}
		e.Reason = x.What
		t.Audit(e)
		k.problems = append(k.problems, x.Binding+": "+string(x.Field)+": "+x.What)
	}
}

// tellChanges writes the entries of what was taken from one place.
func (k *turn) tellChanges(t *store.Tx, from string, p plan.Plan) {
	for _, state := range []bool{false, true} {
		e := k.entry(audit.RecordUpdated)
		if from != plan.Register {
			e.Verb = audit.SyncPulled
		}
		if state {
			e.Verb = audit.RecordTransitioned
		}
		for _, c := range p.Changes {
			if c.From != from || (c.Field == register.FieldState) != state {
				continue
			}
			e.Changes = append(e.Changes, fieldChange(c))
			e.Reason = string(c.Reason)
			e.Actor, e.Occurred = k.actor(c)
		}
		if len(e.Changes) == 0 {
			continue
		}
		if i := slices.IndexFunc(k.links, func(l store.Link) bool { return l.Binding == from }); i >= 0 {
			e.Origin.Binding, e.Origin.Issue, e.Origin.Key = from, k.links[i].Ref.ID, k.links[i].Ref.Key
		}
		t.Audit(e)
	}
}

func fieldChange(c plan.Change) audit.FieldChange {
	f := audit.FieldChange{Field: string(c.Field), After: audit.NewText(c.After)}
	if c.Before != "" {
		f.Before = audit.NewText(c.Before)
	}
	return f
}

// actor says who made a change, as far as the tracker tells.
func (k *turn) actor(c plan.Change) (audit.Actor, time.Time) {
	b := k.binding(c.From)
	if b == nil {
		return daemon(), time.Time{}
	}
	for _, e := range k.events {
		if e.Binding == c.From && e.Field == c.Field {
			return audit.Actor{Kind: audit.Person, ID: e.By, How: audit.ByComment}, e.At
		}
	}
	l := k.link(c.From)
	is := l.Issue
	if is == nil {
		return audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, time.Time{}
	}
	name := b.Profile.HistoryField(c.Field)
	for _, h := range slices.Backward(is.Changes) {
		if h.Field == name {
			return author(b, h.Author, audit.ByChangelog), h.At
		}
	}
	if _, agreed := l.Base[c.Field]; !agreed && is.Updated.Equal(is.Created) {
		return author(b, is.Author, audit.ByToken), is.Created
	}
	return audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, is.Updated
}

func (k *turn) approvalEntry(a register.Approval) audit.Entry {
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
