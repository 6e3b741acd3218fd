package apply

import (
	"context"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
)

// Create files the twin of a record. A create is never sent again before the
// tracker was asked for the marker of the first.
func (a *Applier) Create(ctx context.Context, b *Binding, turn Turn, c plan.Create, backlink string) error {
	if err := a.settled(ctx, b); err != nil {
		return err
	}
	marker := mapping.IssueMarker(turn.Record.ID, b.ID)
	draft, err := b.Profile.Draft(c.Want, marker, backlink)
	if err != nil {
		return &Refused{b.ID, "mapping", err}
	}
	if len(b.Labels) > 0 {
		v := draft.Fields[connectors.Labels]
		v.Items = slices.Concat(v.Items, b.Labels)
		slices.Sort(v.Items)
		v.Items = slices.Compact(v.Items)
		draft.Fields[connectors.Labels] = v
	}
	in := store.Intent{Op: store.OpCreate, Marker: marker, Want: c.Want, Agree: c.Agree}
	in, err = a.begin(ctx, b, turn, in, string(plan.ReasonTwin), nil, nil)
	if err != nil {
		return err
	}
	written, err := b.Tracker.Create(ctx, draft)
	if err != nil {
		return a.failed(ctx, b, turn, in, "create", err)
	}
	return a.finish(ctx, b, turn, in, end{
		verb: audit.WriteOutcome, outcome: audit.Done, written: written, readBack: shownAs(b, written.Issue, c.Agree),
		then: func(t *store.Tx) error { return a.bind(ctx, t, b, turn, written.Ref, written.Issue, c.Agree) },
	})
}

// bind stores the link to an issue of our own making. Until it was seen once what
// it shows otherwise than we sent counts as dropped, see plan.Side.Fresh.
func (a *Applier) bind(ctx context.Context, t *store.Tx, b *Binding, turn Turn, ref connectors.Ref, is *connectors.Issue, base plan.Base) error {
	l := store.Link{
		Binding: b.ID, Ref: ref, RecordID: turn.Record.ID, Role: string(mapping.RoleRecord),
		State: store.LinkFresh, Issue: is, Base: base,
	}
	if err := t.PutLink(ctx, l); err != nil {
		return err
	}
	if is == nil {
		return nil
	}
	return t.Want(ctx, turn.Record.ID)
}

// shownAs compares the issue in an answer, if there is one, with what was sent.
func shownAs(b *Binding, is *connectors.Issue, sent plan.Base) audit.ReadBack {
	if is == nil {
		return audit.Unread
	}
	view, _ := b.Profile.View(is)
	for f, a := range sent {
		if v, ok := view[f]; ok && v.Raw != a.Side {
			return audit.ReadDiffers
		}
	}
	return audit.ReadEqual
}
