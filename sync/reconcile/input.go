package reconcile

import (
	"context"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// input puts together what the plan depends on.
func (k *attempt) input() plan.Input {
	in := plan.Input{
		Record: k.Record, Events: k.events, Answers: k.answers, Unreacted: k.unreacted, Policy: k.r.Policy, Context: k.r.context(),
		Reverts: k.reverts, MaxReverts: k.r.MaxReverts, First: k.row.ObservedGeneration == 0,
	}
	in.Context.Records, in.Context.Similar, in.Context.Findings = k.existing, k.similar, k.findings
	for _, l := range k.linked {
		in.Linked = append(in.Linked, plan.Reference{Kind: l.Kind, Ref: l.From.Ref})
	}
	for _, b := range k.r.bindings() {
		bound := false
		for _, l := range k.links {
			if l.Binding == b.ID {
				bound = true
				s := k.side(b, l)
				s.Edited, s.Skew = k.edited[b.ID], b.Skew()
				in.Sides = append(in.Sides, s)
			}
		}
		if !bound && b.Twin && !k.Record.Kind().Evaluates() {
			in.Twins = append(in.Twins, plan.Twin{Binding: b.ID, Profile: b.Profile, Mode: b.Mode, Refused: k.refusals[b.ID]})
		}
	}
	return in
}

// named returns what the record, its issues and what people just said name as another
// record.
func (k *attempt) named() []string {
	texts := register.LinkTexts(k.Record)
	for _, l := range k.links {
		b := k.r.binding(l.Binding)
		if b == nil || l.Issue == nil {
			continue
		}
		shown := k.show(b, l.Issue).View
		for _, f := range register.LinkFields() {
			texts = append(texts, shown[f].Value)
		}
	}
	for _, e := range k.events {
		texts = append(texts, e.Text, e.Value)
	}
	return register.References(strings.Join(texts, "\n"))
}

// shownAs returns the record as the register has it, and as each issue shows it.
func (k *attempt) shownAs() []register.Record {
	out := []register.Record{k.Record}
	for _, l := range k.links {
		b := k.r.binding(l.Binding)
		if b == nil || l.Issue == nil {
			continue
		}
		as, differs := k.Record.Clone(), false
		for f, v := range k.show(b, l.Issue).View {
			if f != register.FieldState && !register.Derived(f) && v.Value != "" && as.Fields[f] != v.Value {
				as.Fields[f], differs = v.Value, true
			}
		}
		if differs {
			out = append(out, as)
		}
	}
	return out
}

// show returns what a profile reads of an issue, which is read once in an iteration.
func (k *attempt) show(b *binding.Binding, is *connectors.Issue) mapping.Reading {
	r, ok := k.shown[is]
	if !ok {
		r = b.Profile.Read(is)
		k.shown[is] = r
	}
	return r
}

func (k *attempt) side(b *binding.Binding, l store.BoundIssue) plan.Side {
	fresh := l.State == store.IssueFresh && l.Issue != nil
	s := plan.Side{
		Binding: b.ID, Issue: l.Issue, Base: l.Base, Profile: b.Profile, Mode: b.Mode, Grace: b.Grace,
		Orphan: l.State == store.IssueOrphaned, Comment: l.Comment, Reacts: b.Reacts(),
		Fresh: fresh && !history.Touched(b, l.Issue, ""),
		Moved: fresh && history.Touched(b, l.Issue, b.Profile.HistoryField(register.FieldState)),
	}
	if l.Issue != nil {
		s.Reading = k.show(b, l.Issue)
		s.Timeline = b.Profile.Timeline(l.Issue)
		s.By = edits(b, l, s.Reading.View, s.Timeline, k.Record)
		shown := func(f register.Field) (out []plan.Edit) {
			for _, act := range history.Shown(b, l.Issue, s.Timeline, l.Known, f) {
				out = append(out, plan.Edit{Author: author(b.ID, act), Value: act.Value, Told: true})
			}
			return out
		}
		s.Owners, s.Plans = shown(register.FieldOwner), shown(register.FieldActionPlan)
	}
	if fresh && !s.Fresh && b.Tracker.Capabilities().Changelog {
		s.Untouched = map[register.Field]bool{}
		for _, m := range b.Profile.Fields {
			s.Untouched[m.Field] = b.Profile.HasOwnHistory(m.Field) && !history.Touched(b, l.Issue, b.Profile.HistoryField(m.Field))
		}
	}
	return s
}

// edits tells who gave an issue its values, for the fields that differ from what was agreed.
func edits(b *binding.Binding, l store.BoundIssue, view mapping.View, t *mapping.Timeline, now register.Record) map[register.Field][]plan.Edit {
	out := map[register.Field][]plan.Edit{}
	for f, v := range view {
		if a, agreed := l.Base[f]; agreed && a.Side == v.Raw {
			continue
		}
		if f == register.FieldValues || f == register.FieldValue {
			out[f] = typed(b, l, t, f)
			continue
		}
		acts := history.Acts(b, l.Issue, t, l.Known, f, now.Fields[f])
		if a := acts[len(acts)-1]; a.Actor.Kind == audit.Unattributed && l.Known != "" {
			// What was in conflict, or stood behind a brake, was made before the last look.
			all := history.Acts(b, l.Issue, t, store.NoHistory, f, now.Fields[f])
			acts = all[len(all)-1:]
			if acts[0].Actor.Kind == audit.Unattributed { // no change gave it: the issue was filed with it
				first := history.Latest(b, l.Issue, t, []register.Field{f}, true)
				acts[0].Actor, acts[0].At = first.Actor, first.At
			}
		}
		if f == register.FieldState && l.Issue.History.Asked() {
			acts = acts[len(acts)-1:] // what the register was not asked to hold it never held
		}
		for _, act := range acts {
			out[f] = append(out[f], plan.Edit{Author: author(b.ID, act), Value: act.Value, Told: act.Told})
		}
	}
	return out
}

// typed tells who brought which lines to a place of values. Each line counts by its author, so that all changes are told, and
// not the last one alone. What stood there before a change, and no earlier one brought, is of somebody who is not known.
func typed(b *binding.Binding, l store.BoundIssue, t *mapping.Timeline, f register.Field) (out []plan.Edit) {
	agreed, _ := b.Profile.Lift(f, l.Base[f].Side)
	known := l.Known
	if known == "" {
		known = store.NoHistory
	}
	acts := history.Acts(b, l.Issue, t, known, f, agreed)
	if acts[len(acts)-1].Actor.Kind == audit.Unattributed { // it was made before the last look: the field is mapped since
		acts = history.Acts(b, l.Issue, t, store.NoHistory, f, agreed)
	}
	if len(acts) == 1 && acts[0].Actor.Kind == audit.Unattributed { // no change made it: the issue was filed with it
		acts[0] = history.Latest(b, l.Issue, t, []register.Field{f}, true)
	}
	was := agreed
	for _, act := range acts {
		if act.From != "" && act.From != was {
			out = append(out, plan.Edit{Author: register.Author{From: b.ID, At: act.At}, Value: act.From, Told: true})
		}
		out = append(out, plan.Edit{Author: author(b.ID, act), Value: act.Value, Told: act.Told})
		was = act.Value
	}
	return out
}

// author returns who did an act as the register names them. Times are those of the log, to
// the millisecond.
func author(from string, act history.Act) register.Author {
	a := register.Author{From: from, At: act.At.UTC().Truncate(time.Millisecond), Means: string(act.Actor.How)}
	if act.Actor.Kind == audit.Person || act.Actor.Kind == audit.TrackerApp {
		a.Person, a.Account, a.Bot = act.Actor.ID, act.Actor.Account, act.Actor.Kind == audit.TrackerApp
	}
	return a
}

func isAction(l store.BoundIssue) bool { return l.Role == string(mapping.RoleAction) }

// editTimes asks a tracker when descriptions were last edited, where that decides
// whether a decision came after the evidence, or a command after the edit: somebody
// decided or commanded, and the issue changed since in a way that the tracker's history
// does not tell.
func (k *attempt) editTimes(ctx context.Context) error {
	k.edited = map[string]time.Time{}
	for _, l := range k.links {
		b := k.r.binding(l.Binding)
		if b == nil || l.Issue == nil || !k.saidBefore(b.ID, l.Issue.Updated) {
			continue
		}
		if l.Issue.History == connectors.HistoryWhole {
			continue // its changes tell more
		}
		at, known, err := lastEdited(ctx, b, l.Ref)
		if err != nil {
			if err := k.failed(b, k.readFailed(ctx, b, err)); err != nil {
				return err
			}
			continue
		}
		if known {
			k.edited[b.ID] = at
		}
	}
	return nil
}

// saidBefore reports whether a decision that is to be judged, or a command on an issue of
// the binding, was given before a time.
func (k *attempt) saidBefore(binding string, t time.Time) bool {
	for _, e := range k.events {
		counts := e.Kind == mapping.EventApproval || e.Kind == mapping.EventField && e.Binding == binding
		if counts && e.Refused == "" && e.At.Before(t) {
			return true
		}
	}
	return false
}

func lastEdited(ctx context.Context, b *binding.Binding, ref connectors.Ref) (time.Time, bool, error) {
	x, ok := b.Tracker.(connectors.EditTimes)
	if !ok {
		return time.Time{}, false, nil
	}
	edits, err := x.LastEdited(ctx, []connectors.Ref{ref})
	if err != nil {
		return time.Time{}, false, err
	}
	e, ok := edits[ref.ID]
	return e.At, ok, nil
}
