package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// Update carries out a write to an existing issue. The issue is read from the
// source of truth first: neither tracker offers compare-and-swap, so this keeps
// the window in which a person's change can be overwritten as small as it can be.
func (a *Applier) Update(ctx context.Context, b *Binding, turn Turn, l store.Link, w plan.Write) error {
	is, err := b.Tracker.Get(ctx, l.Ref)
	if err != nil {
		return a.ReadFailed(ctx, b, err)
	}
	view, _ := b.Profile.View(is)
	if f, moved := differs(view, w.Saw); moved {
		if err := a.observe(ctx, turn, l, is); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s %s", ErrVoid, l.Ref, f)
	}
	l.Issue, l.Ref = is, is.Ref
	want := w.Want
	sent, err := a.patch(ctx, b, turn, &l, w, want)
	r, refused := asRefused(err)
	if kind := connectors.KindOf(err); !refused || sent || len(want) < 2 || kind != connectors.Rejected && kind != "" {
		return err
	}
	// One field the tracker will not take must not hold up the others, nor the labels.
	labels := w
	labels.Want = nil
	if _, err := a.patch(ctx, b, turn, &l, labels, nil); err != nil {
		if _, ok := asRefused(err); !ok {
			return err
		}
	}
	for _, f := range slices.Sorted(maps.Keys(want)) {
		one := w
		one.Want = map[register.Field]string{f: want[f]}
		one.AddLabels, one.RemoveLabels = nil, nil
		if _, err := a.patch(ctx, b, turn, &l, one, one.Want); err != nil {
			if rf, ok := asRefused(err); ok {
				r = rf
				continue
			}
			return err
		}
	}
	return r
}

// differs returns a field that the issue shows otherwise than the plan saw it.
func differs(view mapping.View, saw map[register.Field]string) (register.Field, bool) {
	for _, f := range slices.Sorted(maps.Keys(saw)) {
		if v, ok := view[f]; !ok || v.Raw != saw[f] {
			return f, true
		}
	}
	for _, f := range slices.Sorted(maps.Keys(view)) {
		if _, ok := saw[f]; !ok {
			return f, true
		}
	}
	return "", false
}

// patch sends what is needed to show want: one request, or two where a status
// change is a request of its own. It reports whether the fields of two requests were
// accepted, also when the status was not.
func (a *Applier) patch(ctx context.Context, b *Binding, turn Turn, l *store.Link, w plan.Write, want map[register.Field]string) (sent bool, err error) {
	p, err := b.Profile.Patch(l.Issue, want)
	if err != nil {
		return false, &Refused{b.ID, "mapping", err}
	}
	p.AddLabels = append(p.AddLabels, w.AddLabels...)
	p.RemoveLabels = append(p.RemoveLabels, w.RemoveLabels...)
	if p.Empty() {
		return false, a.agree(ctx, turn, l, w.Agree, want)
	}
	if !b.Tracker.Traits().SeparateTransition || p.Status == nil {
		return false, a.send(ctx, b, turn, l, w, want, p)
	}
	fields := p
	fields.Status = nil
	if !fields.Empty() {
		rest := maps.Clone(want)
		delete(rest, register.FieldState)
		if err := a.send(ctx, b, turn, l, w, rest, fields); err != nil {
			return false, err
		}
	}
	w.AddLabels, w.RemoveLabels = nil, nil
	return !fields.Empty(), a.move(ctx, b, turn, l, w, want[register.FieldState])
}

// move changes the status, by one step at a time where the workflow does not lead
// there at once. After a step on the way the plan is made anew.
func (a *Applier) move(ctx context.Context, b *Binding, turn Turn, l *store.Link, w plan.Write, raw string) error {
	next := raw
	view, _ := b.Profile.View(l.Issue)
	var to *connectors.Target
	if flow, ok := b.Tracker.(connectors.Workflow); ok {
		reachable, err := flow.Reachable(ctx, l.Ref)
		if err != nil {
			return a.ReadFailed(ctx, b, err)
		}
		hop, entry, ok := b.Profile.Hop(view, raw, reachable)
		if !ok {
			return &Refused{b.ID, "move " + l.Ref.String(), noWay(raw, reachable)}
		}
		to = &connectors.Target{Name: entry.Status, Reason: entry.Reason}
		if hop != raw {
			next = hop
			w.Agree = plan.Base{register.FieldState: {Side: hop, Register: string(entry.State)}}
		}
	}
	want := map[register.Field]string{register.FieldState: next}
	if to == nil {
		p, err := b.Profile.Patch(l.Issue, want)
		if err != nil {
			return &Refused{b.ID, "mapping", err}
		}
		to = p.Status
	}
	if to == nil {
		return a.agree(ctx, turn, l, w.Agree, want)
	}
	err := a.send(ctx, b, turn, l, w, want, connectors.Patch{Status: to})
	if err == nil && next != raw {
		return fmt.Errorf("%w: %s to %s", ErrOnTheWay, l.Ref, raw)
	}
	return err
}

// noWay says that the workflow does not lead to a status, and what it leads to.
func noWay(raw string, reachable []connectors.Status) error {
	names := make([]string, len(reachable))
	for i, s := range reachable {
		names[i] = s.Name
	}
	to := "none: the account may lack the permission to make transitions"
	if len(names) > 0 {
		to = strings.Join(names, ", ")
	}
	return fmt.Errorf("the workflow does not lead to %s from here; reachable: %s", raw, to)
}

// send is intent, request, read back, outcome.
func (a *Applier) send(ctx context.Context, b *Binding, turn Turn, l *store.Link, w plan.Write, want map[register.Field]string, p connectors.Patch) error {
	in := store.Intent{Ref: l.Ref, Op: store.OpUpdate, Want: want, Saw: w.Saw, Agree: pick(w.Agree, want)}
	if b.Tracker.Traits().Changelog {
		in.Known = store.NoHistory
		if h := l.Issue.Changes; len(h) > 0 {
			in.Known = h[len(h)-1].ID
		}
	}
	for _, x := range p.AddLabels {
		in.Labels = append(in.Labels, "+"+x)
	}
	for _, x := range p.RemoveLabels {
		in.Labels = append(in.Labels, "-"+x)
	}
	var reverts []register.Field
	for _, f := range w.Reverts {
		if _, ok := want[f]; ok {
			reverts = append(reverts, f)
		}
	}
	in, err := a.begin(ctx, b, turn, in, string(w.Reason), w.Rules, reverts)
	if err != nil {
		return err
	}
	p.IfVersion = l.Issue.Version
	written, err := b.Tracker.Update(ctx, l.Ref, p)
	if err != nil {
		return a.failed(ctx, b, turn, in, "update "+l.Ref.String(), err)
	}
	seen, readBack, err := a.readBack(ctx, b, l, written, want)
	if err != nil {
		// What it replaced is only to be seen on the issue: the outcome stays open until
		// that was read.
		return a.failed(ctx, b, turn, in, "", fmt.Errorf("%s was written and could not be read since: %v", l.Ref, err)) //nolint:errorlint // the write did not fail in this way
	}
	var settled store.Link // of the attempt to store it that succeeded
	err = a.finish(ctx, b, turn, in, end{
		verb: audit.WriteOutcome, outcome: audit.Done, written: written, readBack: readBack,
		then: func(t *store.Tx) (err error) {
			settled, err = a.settle(ctx, t, b, turn, *l, in, seen)
			return err
		},
	})
	if err == nil {
		*l = settled
	}
	return err
}

// readBack reads what the issue shows after a write.
func (a *Applier) readBack(ctx context.Context, b *Binding, l *store.Link, w connectors.Written, want map[register.Field]string) (*connectors.Issue, audit.ReadBack, error) {
	is := w.Issue
	if is == nil {
		var err error
		if is, err = b.Tracker.Get(ctx, l.Ref); err != nil {
			return nil, audit.Unread, err
		}
	}
	view, _ := b.Profile.View(is)
	for f, raw := range want {
		if v, ok := view[f]; !ok || v.Raw != raw {
			return is, audit.ReadDiffers, nil
		}
	}
	return is, audit.ReadEqual, nil
}

// settle stores the new base after a write. Where the issue shows what it showed
// before, the tracker dropped the value: that is agreed on as it stands and shown
// as a problem. Where it shows a third thing, somebody changed it meanwhile: the
// base is what we wrote, so that the next plan sees their change.
func (a *Applier) settle(ctx context.Context, t *store.Tx, b *Binding, turn Turn, l store.Link, in store.Intent, seen *connectors.Issue) (store.Link, error) {
	if l.Base = maps.Clone(l.Base); l.Base == nil {
		l.Base = plan.Base{}
	}
	before := l.Issue
	view, _ := b.Profile.View(seen)
	l.Issue, l.Ref = seen, seen.Ref
	for f, agreed := range in.Agree {
		if v, ok := view[f]; ok && v.Raw == in.Saw[f] && v.Raw != agreed.Side {
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: daemon(), Origin: origin(b, l.Ref, turn.Trigger),
				Subject: audit.Subject{Type: audit.SubjectIssue, ID: l.Ref.ID, Ref: l.Ref.Key},
				Changes: []audit.FieldChange{{Field: string(f), Before: audit.NewText(agreed.Side), After: audit.NewText(v.Raw)}},
				Reason:  "the tracker accepted the write and did not keep the value",
			})
			agreed.Side = v.Raw
		}
		l.Base[f] = agreed
	}
	if err := a.overwritten(ctx, t, b, turn, in, before, seen); err != nil {
		return l, err
	}
	if err := t.PutLink(ctx, l); err != nil {
		return l, err
	}
	if told(b, before, view, in.Want) {
		return l, t.Want(ctx, turn.Record.ID)
	}
	return l, nil
}

// told reports whether an issue shows something after a write that neither the write
// nor the read before it explains. No listing will tell of it again: it is known now.
func told(b *Binding, before *connectors.Issue, view mapping.View, want map[register.Field]string) bool {
	was, _ := b.Profile.View(before)
	for f, v := range view {
		expected, written := want[f]
		if !written {
			expected = was[f].Raw
		}
		if v.Raw != expected {
			return true
		}
	}
	return false
}

// agree stores a new base when nothing needs to be sent.
func (a *Applier) agree(ctx context.Context, turn Turn, l *store.Link, next plan.Base, want map[register.Field]string) error {
	return a.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.Hold(ctx, turn.Record.ID, turn.Epoch); err != nil {
			return err
		}
		if l.Base == nil {
			l.Base = plan.Base{}
		}
		maps.Copy(l.Base, pick(next, want))
		return t.Agree(ctx, *l)
	})
}

// observe stores a newer sighting of an issue, and asks for a new plan.
func (a *Applier) observe(ctx context.Context, turn Turn, l store.Link, is *connectors.Issue) error {
	return a.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.Hold(ctx, turn.Record.ID, turn.Epoch); err != nil {
			return err
		}
		l.Issue, l.Ref = is, is.Ref
		return t.PutLink(ctx, l)
	})
}

func asRefused(err error) (*Refused, bool) {
	r, ok := errors.AsType[*Refused](err)
	return r, ok
}

func pick(b plan.Base, want map[register.Field]string) plan.Base {
	out := plan.Base{}
	for f := range want {
		if a, ok := b[f]; ok {
			out[f] = a
		}
	}
	return out
}
