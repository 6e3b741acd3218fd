package apply

import (
	"context"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// Resolve finds out what became of an intent without outcome, after a crash or a
// lost answer, by looking at the tracker. Nothing is sent again: if the write did
// not happen the next plan will ask for it anew.
func (a *Applier) Resolve(ctx context.Context, b *Binding, turn Turn, in store.Intent) error {
	if err := a.introduced(b); err != nil {
		return err
	}
	switch in.Op {
	case store.OpCreate:
		return a.resolveCreate(ctx, b, turn, in)
	case store.OpUpdate:
		return a.resolveUpdate(ctx, b, turn, in)
	default:
		return a.resolveComment(ctx, b, turn, in)
	}
}

func (a *Applier) resolveCreate(ctx context.Context, b *Binding, turn Turn, in store.Intent) error {
	refs, err := b.Tracker.FindCreated(ctx, in.Marker, in.After)
	if err != nil {
		return a.ReadFailed(ctx, b, err)
	}
	if len(refs) == 0 {
		settled := in.At.Add(connectors.Settle)
		if a.Now().Before(settled) {
			// A listing may lag: not finding it proves nothing yet.
			return &Wait{b.ID, settled, "looking for an issue whose create was not answered"}
		}
		return a.finish(ctx, b, turn, in, end{verb: audit.WriteResolved, outcome: audit.NotApplied})
	}
	e := end{verb: audit.WriteResolved, outcome: audit.Found, written: connectors.Written{Ref: refs[0]}}
	e.then = func(t *store.Tx) error {
		if len(refs) > 1 {
			keys := make([]string, len(refs))
			for i, r := range refs {
				keys[i] = r.Key
			}
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: daemon(), Origin: origin(b, refs[0], turn.Trigger), Subject: turn.subject(),
				Reason: "several issues carry the marker of this record: " + strings.Join(keys, ", "),
			})
		}
		if err := a.bind(ctx, t, b, turn, refs[0], nil, in.Agree); err != nil {
			return err
		}
		// No listing shows it any more if the answer was long in coming.
		_, err := t.Hint(ctx, b.ID, refs[0])
		return err
	}
	return a.finish(ctx, b, turn, in, e)
}

func (a *Applier) resolveUpdate(ctx context.Context, b *Binding, turn Turn, in store.Intent) error {
	is, err := b.Tracker.Get(ctx, in.Ref)
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		return a.finish(ctx, b, turn, in, end{verb: audit.WriteResolved, outcome: audit.Undeterminable, err: err})
	}
	if err != nil {
		return a.ReadFailed(ctx, b, err)
	}
	view, _ := b.Profile.View(is)
	done := true
	for f, raw := range in.Want {
		if v, ok := view[f]; !ok || v.Raw != raw {
			done = false
		}
	}
	if len(in.Want) == 0 {
		done = labelled(is, in.Labels)
	}
	e := end{verb: audit.WriteResolved, outcome: audit.NotApplied, readBack: audit.ReadDiffers}
	if done {
		e.outcome, e.readBack = audit.Found, audit.ReadEqual
	}
	e.then = func(t *store.Tx) error {
		l, err := t.LinkOf(ctx, b.ID, in.Ref)
		if err != nil {
			return err
		}
		if err := a.overwritten(ctx, t, b, turn, in, l.Issue, is); err != nil {
			return err
		}
		l.Issue, l.Ref = is, is.Ref
		if l.Base == nil {
			l.Base = plan.Base{}
		}
		for f, agreed := range in.Agree {
			// A third value leaves the base alone: whether it replaced ours cannot be
			// known, so the next plan makes it a conflict with both values kept.
			if v, ok := view[f]; ok && v.Raw == in.Want[f] {
				l.Base[f] = agreed
			}
		}
		return t.PutLink(ctx, l)
	}
	return a.finish(ctx, b, turn, in, e)
}

// labelled reports whether an issue carries the labels "+x" and not the labels "-x".
func labelled(is *connectors.Issue, want []string) bool {
	has := is.Fields[connectors.Labels].Items
	return !slices.ContainsFunc(want, func(w string) bool {
		return slices.Contains(has, w[1:]) != (w[0] == '+')
	})
}

func (a *Applier) resolveComment(ctx context.Context, b *Binding, turn Turn, in store.Intent) error {
	all, err := b.Tracker.Comments(ctx, in.Ref)
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		// If the issue comes back the comment may stand there: it is looked for then.
		return a.finish(ctx, b, turn, in, end{
			verb: audit.WriteResolved, outcome: audit.Undeterminable, err: err,
			then: func(t *store.Tx) error { return a.noted(ctx, t, b.ID, in.Ref, in.Comment, unsure) },
		})
	}
	if err != nil {
		return a.ReadFailed(ctx, b, err)
	}
	i := slices.IndexFunc(all, func(c connectors.Comment) bool { return c.Marker == in.Marker })
	e := end{verb: audit.WriteResolved, outcome: audit.NotApplied}
	if i >= 0 {
		e.outcome = audit.Found
		id := all[i].ID
		// Of an edit it is not known which text stands there. Editing again is
		// harmless, so the text is forgotten and the comment kept.
		said := in.Notice
		if in.Op == store.OpEdit {
			said = ""
			e.outcome = audit.Undeterminable
		}
		e.then = func(t *store.Tx) error {
			l, err := t.LinkOf(ctx, b.ID, in.Ref)
			if err != nil {
				return err
			}
			l.NoticeID = id
			if said != "" {
				l.Notice = said
			} else {
				l.Notice = unsure
			}
			return t.PutLink(ctx, l)
		}
	}
	return a.finish(ctx, b, turn, in, e)
}
