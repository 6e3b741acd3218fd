package ingest

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// ingest takes in one listed issue: a new one becomes a record, a known one is compared
// with what was known of it. It reports whether a known issue has changed.
func (g *Ingester) ingest(ctx context.Context, t *store.Tx, b *binding.Binding, is *connectors.Issue, trigger audit.Trigger) (bool, error) {
	known, err := t.Seen(ctx, b.ID, is)
	if err != nil || known {
		return false, err
	}
	if err := g.noticeIssue(ctx, t, b, is); err != nil {
		return false, err
	}
	l, err := t.BoundIssueOf(ctx, b.ID, connectors.Ref{ID: is.Ref.ID})
	if errors.Is(err, store.ErrNotFound) {
		return false, g.register(ctx, t, b, is, trigger)
	}
	if err != nil {
		return false, err
	}
	if l.Issue != nil && l.Issue.Version != is.Version && !is.Updated.After(l.Issue.Updated) {
		// Listings lag. An issue that is not newer by the tracker's own clock may be the one
		// from before conformd's last write, and would look like somebody's change back.
		// Within the same tick of that clock it may be either: it is read directly.
		return false, g.invalidate(ctx, t, b.ID, is.Ref)
	}
	if err := g.Observe(ctx, t, b, l, is, trigger); err != nil {
		return false, err
	}
	return true, g.MarkDirty(ctx, t, l.RecordID)
}

// Observe stores a newer sighting of a bound issue. A sighting in a listing heeds no
// hint: listings lag, and what the hint spoke of may not be in it yet.
func (g *Ingester) Observe(ctx context.Context, t *store.Tx, b *binding.Binding, l store.BoundIssue, is *connectors.Issue, trigger audit.Trigger) error {
	origin := audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger}
	subject := audit.Subject{Type: audit.SubjectIssue, ID: is.Ref.ID, Ref: is.Ref.Key}
	if l.Ref.Key != is.Ref.Key {
		t.Audit(audit.Entry{
			Verb: audit.SyncMoved, Actor: history.Unattributed(), Origin: origin, Subject: subject,
			Changes: []audit.FieldChange{{Field: "key", Before: audit.NewText(l.Ref.Key), After: audit.NewText(is.Ref.Key)}},
		})
	}
	// Where creates are answered without the issue, what is known of a fresh one is a
	// sighting like any other, and its history tells whose values it shows.
	if traits := b.Tracker.Capabilities(); l.State == store.IssueFresh && (l.Issue != nil && traits.WriteEchoes || !traits.Changelog) {
		if err := g.settleCreate(ctx, t, b, &l, is, origin); err != nil {
			return err
		}
	}
	if l.State == store.IssueOrphaned {
		l.State = store.IssueBound
		t.Audit(audit.Entry{Verb: audit.SyncPulled, Actor: history.Daemon(), Origin: origin, Subject: subject, Reason: ledger.Back})
	}
	if l.State == store.IssueRestored {
		l.State = store.IssueBound
		if l.Issue != nil && l.Issue.Version == is.Version {
			l.Base = l.Base.Trusted() // nobody touched it since the backup
		}
	}
	if is.History == "" && l.Issue != nil && l.Issue.Version == is.Version {
		is.Changes, is.History = l.Issue.Changes, l.Issue.History // asked for before
	}
	l.Issue, l.Ref = is, is.Ref
	l.Missing = time.Time{}
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return err
	}
	if l.Role == string(mapping.RoleAction) {
		return g.reparent(ctx, t, b, l, trigger)
	}
	_, err := g.Events(ctx, t, b, l, is.Comments)
	return err
}

// settleCreate compares the created issue with what was sent, before a later sighting
// replaces it, so that dropped values are noticed: a difference that comes later is
// somebody's change. Without the answer to the create and without a history, only an
// empty place counts as dropped: such a tracker sets no defaults, so any other
// difference was written by somebody.
func (g *Ingester) settleCreate(ctx context.Context, t *store.Tx, b *binding.Binding, l *store.BoundIssue, is *connectors.Issue, origin audit.Origin) error {
	row, err := t.Row(ctx, l.RecordID)
	if err != nil {
		return err
	}
	answered := l.Issue != nil
	if answered {
		is = l.Issue
	}
	r := b.Profile.Read(is)
	base := maps.Clone(l.Base)
	if base == nil {
		base = plan.Base{}
	}
	for _, f := range fields(b.Profile) {
		raw, known := r.Shows(f)
		sent, agreed := base[f]
		switch {
		case !known:
		case !answered && (!agreed || raw != ""):
		case f == register.FieldState:
			base[f] = plan.Agreed{Side: raw, Register: string(row.Record.State)}
		case sent.Refused != "":
			sent.Side = raw
			base[f] = sent
		case !agreed:
			base[f] = plan.Agreed{Side: raw} // nothing was known of it when the issue was made
		case sent.Side != raw:
			base[f] = plan.Agreed{Side: raw, Register: sent.Register, Refused: plan.NotKept}
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: origin,
				Subject: audit.Subject{Type: audit.SubjectRecord, ID: row.Record.ID, Ref: row.Record.Ref, Version: row.Version},
				Changes: []audit.FieldChange{{Field: string(f), Before: audit.NewText(sent.Side), After: audit.NewText(raw)}},
				Reason:  "the tracker did not keep the value that was sent",
			})
		}
	}
	l.Base, l.State = base, store.IssueBound
	return nil
}

// fields lists the fields that a profile maps and the state, by name.
func fields(p *mapping.Profile) []register.Field {
	out := []register.Field{register.FieldState}
	for _, m := range p.Fields {
		out = append(out, m.Field)
	}
	slices.Sort(out)
	return out
}
