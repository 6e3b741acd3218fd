package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/history"
)

// byRole parts the links of a record: its twins, and the issues of its actions,
// oldest first.
func byRole(ls []store.BoundIssue) (twins, actions []store.BoundIssue) {
	for _, l := range ls {
		if isAction(l) {
			actions = append(actions, l)
		} else {
			twins = append(twins, l)
		}
	}
	slices.SortStableFunc(actions, func(a, b store.BoundIssue) int {
		if a.Issue == nil || b.Issue == nil {
			return 0
		}
		return cmp.Or(a.Issue.Created.Compare(b.Issue.Created), strings.Compare(a.Ref.Key, b.Ref.Key))
	})
	return twins, actions
}

// takeIn brings the actions of the record in step with their issues, before the
// guards are asked: an action is what its issue says, each change with its audit
// entry. That all actions are done closes nothing; it only lets guards pass.
func (k *attempt) takeIn(ctx context.Context) error {
	if len(k.actions) == 0 && len(k.Record.Actions) == 0 {
		return nil
	}
	return k.r.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, k.Record.ID, k.Fence); err != nil {
			return err
		}
		next, facts := k.Record, []register.Fact(nil)
		do := func(c register.Command) []register.Fact {
			more, _ := register.Decide(next, c, k.r.context(), k.r.Policy) // an edit is never refused
			next, facts = register.Replay(next, more), append(facts, more...)
			return more
		}
		var entries []audit.Entry
		var now []string
		for _, l := range k.actions {
			was := k.action(l)
			a, err := k.readAction(ctx, t, l, was)
			if err != nil {
				return err
			}
			if a.ID == "" {
				continue // its binding is not configured any more, and it was never read
			}
			now = append(now, a.ID)
			told := k.actionEntries(l, was, a)
			entries = append(entries, k.withFacts(told, l, do(register.SetAction{By: lastBy(l.Binding, told), Action: a}))...)
		}
		for _, was := range k.Record.Actions {
			if slices.Contains(now, was.ID) {
				continue
			}
			e, err := k.leftEntry(ctx, t, was)
			if err != nil {
				return err
			}
			entries = append(entries, k.withFacts([]audit.Entry{e}, store.BoundIssue{}, do(register.DropAction{By: register.Author{From: e.Origin.Binding}, ID: was.ID}))...)
		}
		if len(facts) == 0 {
			return nil
		}
		v, err := t.SaveRecord(ctx, next, k.Fence)
		if err != nil {
			return err
		}
		k.Record, k.Version = next, v
		for _, e := range entries {
			e.Subject.Version = v
			t.Audit(e)
		}
		return nil
	})
}

// lastBy is who changed an action last, by the entries that tell it.
func lastBy(binding string, entries []audit.Entry) register.Author {
	if len(entries) == 0 {
		return register.Author{From: binding}
	}
	e := entries[len(entries)-1]
	return author(binding, history.Act{Actor: e.Actor, At: e.Occurred})
}

// withFacts returns the entries of an action with what came of it: the last of those that
// tell it in words carries its fact.
func (k *attempt) withFacts(entries []audit.Entry, l store.BoundIssue, facts []register.Fact) []audit.Entry {
	if len(facts) == 0 {
		return nil
	}
	if len(entries) == 0 {
		e := k.entry(audit.SyncPulled)
		e.Origin = k.origin(l)
		entries = append(entries, e)
	}
	last := &entries[len(entries)-1]
	last.Facts = ledger.Text(facts[:1])
	subject, trigger := last.Subject, last.Origin.Trigger
	for _, told := range ledger.Entries(facts[1:]) {
		told.Subject, told.Origin.Trigger = subject, trigger
		entries = append(entries, told)
	}
	return entries
}

// action returns the action of an issue as the record has it, zero if it has none.
func (k *attempt) action(l store.BoundIssue) register.Action {
	i := slices.IndexFunc(k.Record.Actions, func(a register.Action) bool { return a.ID == l.Binding+":"+l.Ref.ID })
	if i < 0 {
		return register.Action{}
	}
	return k.Record.Actions[i]
}

// readAction returns what an issue says of its action. Where that is not known,
// the action stays as it was, and the record says why.
func (k *attempt) readAction(ctx context.Context, t *store.Tx, l store.BoundIssue, was register.Action) (register.Action, error) {
	b := k.r.binding(l.Binding)
	switch {
	case b == nil || b.Profile.Role != mapping.RoleAction:
		k.problems = append(k.problems, l.Ref.Key+" is an action and "+l.Binding+" is no binding of actions any more; the action stays as it was")
		return was, nil
	case l.State == store.IssueOrphaned:
		return k.gone(l, was), nil
	case l.Issue == nil:
		return was, nil
	}
	_, why, err := k.r.Ingest.Parent(ctx, t, b, l.Issue, l.RecordID)
	if err != nil {
		return was, err
	}
	if why != "" {
		k.problems = append(k.problems, fmt.Sprintf("%s %s; it stays an action of %s", l.Ref.Key, why, k.Record.Ref))
	}
	a, problems := b.Profile.Action(l.Issue, was)
	for _, x := range problems {
		k.problems = append(k.problems, l.Ref.Key+": "+x.String())
	}
	return a, nil
}

// gone returns the action of an issue that vanished. What was done stays done. What
// was not will not be, so it counts as cancelled, and G12 asks why: nothing passes
// because somebody deleted an issue, and nothing is stuck for ever. The line of the
// action plan with its title can give the reason.
func (k *attempt) gone(l store.BoundIssue, was register.Action) register.Action {
	if was.ID == "" || was.State == register.ActionDone {
		return was
	}
	was.State = register.ActionCancelled
	what := l.Ref.Key + " is gone, and its action counts as cancelled"
	if was.Reason == "" {
		what += "; the line of the action plan with its title can say why"
	}
	k.problems = append(k.problems, what)
	return was
}

// actionEntries say what changed of an action: one for each person and time.
func (k *attempt) actionEntries(l store.BoundIssue, was, a register.Action) []audit.Entry {
	var entries []audit.Entry
	b := k.r.binding(l.Binding)
	now := actionFields(a)
	var steps *mapping.Timeline
	if b != nil && l.Issue != nil {
		steps = b.Profile.Timeline(l.Issue)
	}
	for i, f := range actionFields(was) {
		if f.value == now[i].value {
			continue
		}
		c := audit.FieldChange{Field: "action." + l.Ref.Key + "." + f.name, After: audit.NewText(now[i].value)}
		if was.ID != "" {
			c.Before = audit.NewText(f.value)
		}
		e := k.entry(audit.SyncPulled)
		e.Origin = k.origin(l)
		if steps != nil {
			act := history.Latest(b, l.Issue, steps, []register.Field{f.field}, was.ID == "")
			e.Actor, e.Occurred = act.Actor, act.At
		}
		n := slices.IndexFunc(entries, func(o audit.Entry) bool { return o.Actor == e.Actor && o.Occurred.Equal(e.Occurred) })
		if n < 0 {
			n, entries = len(entries), append(entries, e)
		}
		entries[n].Changes = append(entries[n].Changes, c)
	}
	slices.SortStableFunc(entries, func(a, b audit.Entry) int { return a.Occurred.Compare(b.Occurred) })
	return entries
}

// leftEntry says that an action left the record: its issue belongs to another one.
func (k *attempt) leftEntry(ctx context.Context, t *store.Tx, was register.Action) (audit.Entry, error) {
	e := k.entry(audit.SyncPulled)
	e.Reason = "the issue belongs to another record now"
	key := was.ID
	if binding, id, ok := strings.Cut(was.ID, ":"); ok {
		l, err := t.BoundIssueOf(ctx, binding, connectors.Ref{ID: id})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return e, err
		}
		if err == nil {
			key = l.Ref.Key
			e.Origin.Binding, e.Origin.Issue, e.Origin.Key = binding, id, key
		}
	}
	for _, f := range actionFields(was) {
		if f.value != "" {
			e.Changes = append(e.Changes, audit.FieldChange{Field: "action." + key + "." + f.name, Before: audit.NewText(f.value)})
		}
	}
	return e, nil
}

// An actionField is one thing said of an action, by the name that the audit log
// uses and the field of the profile that it comes from.
type actionField struct {
	name  string
	field register.Field
	value string
}

func actionFields(a register.Action) []actionField {
	done := ""
	if !a.Done.IsZero() {
		done = a.Done.UTC().Format(time.RFC3339)
	}
	return []actionField{
		{"title", register.FieldTitle, a.Title},
		{"kind", register.FieldKind, string(a.Kind)},
		{"assignee", register.FieldOwner, a.Assignee},
		{"due", register.FieldDue, a.Due},
		{"state", register.FieldState, string(a.State)},
		{"evidence", register.FieldEvidence, a.Evidence},
		{"cancel_reason", register.FieldRejectReason, a.Reason},
		{"done_at", register.FieldState, done},
	}
}
