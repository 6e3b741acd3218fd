package ingest

import (
	"context"
	"errors"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

// findRecord finds the record of an issue that conformd made and that is bound to
// nothing: the create was not answered, or the register is older than the issue. It
// never becomes a record of its own.
func (g *Ingester) findRecord(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, trigger audit.Trigger) error {
	if is.Marker == "" {
		return g.unplaced(ctx, t, b, is, trigger, "is of conformd's own making, and somebody took off the mark that tells for which record")
	}
	id, err := t.PendingMarker(ctx, b.ID, is.Marker)
	if err == nil {
		// Its attempt binds the issue. A listing may lag, and the issue be hidden until then.
		return errors.Join(t.MeetOwn(ctx, b.ID, is.Ref, is.Marker), g.MarkDirty(ctx, t, id))
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	id, err = t.RecordMarked(ctx, b.ID, is.Marker, markerIn(b.ID))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	why := "is of conformd's own making, and its record is not in the register"
	if err == nil {
		adopted, err := g.Adopt(ctx, t, b, is, id, trigger)
		if err != nil || adopted {
			return err
		}
		why = "is of conformd's own making, and its record has another issue here"
	}
	return g.unplaced(ctx, t, b, is, trigger, why)
}

// unplaced quarantines an issue of conformd's own making, and says so in the log when the
// reason is new.
func (g *Ingester) unplaced(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, trigger audit.Trigger, why string) error {
	fresh, err := g.quarantine(ctx, t, b, is, why)
	if err == nil && fresh {
		t.Audit(quarantinedEntry(b, is, trigger, why))
	}
	return err
}

// markerIn computes the markers of records in a binding.
func markerIn(binding string) func(recordID string) string {
	return func(id string) string { return mapping.IssueMarker(id, binding) }
}

// Adopt binds an issue of conformd's own making to its record, unless that has another
// issue in the binding. While the register still is as the backup has it, the base is
// what it holds: what the issue shows otherwise is news. Once it may have learnt
// something else, the base is what the issue shows: which of two different values is
// the news nobody knows. Either is in doubt and overwrites nothing.
func (g *Ingester) Adopt(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, id string, trigger audit.Trigger) (bool, error) {
	links, err := t.BoundIssues(ctx, id)
	if err != nil || slices.ContainsFunc(links, func(l store.BoundIssue) bool { return l.Binding == b.ID }) {
		return false, err
	}
	rec, err := t.Record(ctx, id)
	if err != nil {
		return false, err
	}
	unverified, err := g.Unverified(ctx, t)
	if err != nil {
		return false, err
	}
	base := shown(b.Profile, is, rec)
	if len(unverified) > 0 {
		base = shows(b.Profile, rec)
	}
	l := store.BoundIssue{
		Binding: b.ID, Ref: is.Ref, RecordID: id, Role: string(mapping.RoleRecord), State: store.IssueBound,
		Issue: is, Base: base.Doubted(),
	}
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return false, err
	}
	if err := t.Unquarantine(ctx, b.ID, is.Ref.ID); err != nil {
		return false, err
	}
	t.Audit(audit.Entry{
		Verb: audit.SyncPulled, Actor: history.Daemon(), Origin: audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: rec.ID, Ref: rec.Ref},
		Reason:  "an issue of conformd's own making, which the register did not know, was bound to its record",
	})
	if _, err := g.Events(ctx, t, b, l, is.Comments); err != nil {
		return false, err
	}
	return true, g.MarkDirty(ctx, t, id)
}

// takeOver notes conformd's comment on an issue if the register does not know it, so that
// it is edited in place: an earlier register, or another conformd, posted it.
func takeOver(ctx context.Context, t *store.Tx, b *binding.Binding, l store.BoundIssue, comments []connectors.Comment, self connectors.User) error {
	if l.Comment.ID != "" {
		return nil
	}
	marker := mapping.CommentMarker(l.RecordID, b.ID)
	i := slices.IndexFunc(comments, func(c connectors.Comment) bool { return c.Marker == marker && c.Author.ID == self.ID })
	if i < 0 {
		return nil
	}
	l.Comment = sticky.State{ID: comments[i].ID, Uncertain: true}
	return t.PutBoundIssue(ctx, l)
}

// shown returns what an issue shows as what was agreed on, of the fields in which the
// register has something to lose.
func shown(p *mapping.Profile, is *connectors.Issue, rec register.Record) plan.Base {
	base := plan.Base{}
	view := p.Read(is).View
	for f, v := range view {
		if rec.Fields[f] != "" {
			base[f] = plan.Agreed{Side: v.Raw, Register: v.Value}
		}
	}
	return base
}

// shows returns what an issue shows of the values that a record holds.
func shows(p *mapping.Profile, rec register.Record) plan.Base {
	base := plan.Base{}
	for _, fm := range p.Fields {
		v, known := rec.Fields[fm.Field]
		if raw, ok := p.Project(fm.Field, v); known && ok {
			base[fm.Field] = plan.Agreed{Side: raw, Register: v}
		}
	}
	return base
}

// adoptTwins binds the issues that wait for a record that was just taken in.
func (g *Ingester) adoptTwins(ctx context.Context, t *store.Tx, id string, trigger audit.Trigger) error {
	for _, b := range g.Bindings {
		if b.Profile.Role == mapping.RoleAction {
			continue
		}
		asides, err := t.QuarantinedMarked(ctx, b.ID, mapping.IssueMarker(id, b.ID))
		if err != nil {
			return err
		}
		for _, a := range asides {
			if !b.Own(a.Issue) {
				continue
			}
			if _, err := g.Adopt(ctx, t, b, a.Issue, id, trigger); err != nil {
				return err
			}
		}
	}
	return nil
}

// claims are the names under which the number of a record may be reserved.
func (g *Ingester) claims(id string) []string {
	out := []string{id}
	for _, b := range g.Bindings {
		out = append(out, mapping.IssueMarker(id, b.ID))
	}
	return out
}
