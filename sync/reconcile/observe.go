package reconcile

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/plan"
)

// see takes in one observed issue: a new one becomes a record, a known one is
// compared with what was known of it. It reports whether somebody changed a known
// issue, which is what the brake counts.
func (r *Reconciler) see(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, trigger audit.Trigger) (bool, error) {
	known, err := t.Seen(ctx, b.ID, is)
	if err != nil || known {
		return false, err
	}
	l, err := t.LinkOf(ctx, b.ID, connectors.Ref{ID: is.Ref.ID})
	if errors.Is(err, store.ErrNotFound) {
		return false, r.meet(ctx, t, b, is, trigger)
	}
	if err != nil {
		return false, err
	}
	edited := l.State == store.LinkBound && l.Issue != nil && edited(b, l.Issue, is)
	if l.Issue != nil && l.Issue.Version != is.Version && !is.Updated.After(l.Issue.Updated) {
		// Listings lag. What is not newer by the tracker's own clock may be what the
		// issue was before our last write, and would look like somebody's change back.
		// Within the same tick of that clock it may be either, and counts for the brake.
		return edited && is.Updated.Equal(l.Issue.Updated), r.doubt(ctx, t, b.ID, is.Ref)
	}
	if err := r.update(ctx, t, b, l, is, trigger); err != nil {
		return false, err
	}
	return edited, r.want(ctx, t, l.RecordID)
}

// edited reports whether two sightings of an issue differ in anything mapped.
func edited(b *apply.Binding, was, is *connectors.Issue) bool {
	before, _ := b.Profile.View(was)
	now, _ := b.Profile.View(is)
	return !maps.EqualFunc(before, now, func(x, y mapping.Shown) bool { return x.Raw == y.Raw })
}

// update stores a newer sighting of a bound issue. A sighting in a listing heeds no
// hint: listings lag, and what the hint spoke of may not be in it yet.
func (r *Reconciler) update(ctx context.Context, t *store.Tx, b *apply.Binding, l store.Link, is *connectors.Issue, trigger audit.Trigger) error {
	origin := audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger}
	subject := audit.Subject{Type: audit.SubjectIssue, ID: is.Ref.ID, Ref: is.Ref.Key}
	if l.Ref.Key != is.Ref.Key {
		t.Audit(audit.Entry{
			Verb: audit.SyncMoved, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}, Origin: origin, Subject: subject,
			Changes: []audit.FieldChange{{Field: "key", Before: audit.NewText(l.Ref.Key), After: audit.NewText(is.Ref.Key)}},
		})
	}
	// Where creates are answered without the issue, what is known of a fresh one is a
	// sighting like any other, and its history tells whose values it shows.
	if traits := b.Tracker.Traits(); l.State == store.LinkFresh && (l.Issue != nil && traits.WriteEchoes || !traits.Changelog) {
		if err := r.kept(ctx, t, b, &l, is, origin); err != nil {
			return err
		}
	}
	if l.State == store.LinkOrphaned {
		l.State = store.LinkBound
		t.Audit(audit.Entry{Verb: audit.SyncPulled, Actor: daemon(), Origin: origin, Subject: subject, Reason: "the issue is back"})
	}
	if l.State == store.LinkRestored {
		l.State = store.LinkBound
		if l.Issue != nil && l.Issue.Version == is.Version {
			l.Base = l.Base.Trusted() // nobody touched it since the backup
		}
	}
	l.Issue, l.Ref = is, is.Ref
	l.Missing = time.Time{}
	if err := t.PutLink(ctx, l); err != nil {
		return err
	}
	if l.Role == string(mapping.RoleAction) {
		return r.reparent(ctx, t, b, l, trigger)
	}
	_, err := r.events(ctx, t, b, l, is.Comments)
	return err
}

// kept settles what the answer to our create showed, before a later sighting
// replaces it: that is what the tracker kept of what we sent, and whatever the
// issue shows otherwise since then is somebody's change. Without that answer and
// without a history, only what is not there counts as not kept: such a tracker
// sets no defaults, so whatever else differs somebody has written.
func (r *Reconciler) kept(ctx context.Context, t *store.Tx, b *apply.Binding, l *store.Link, is *connectors.Issue, origin audit.Origin) error {
	row, err := t.Row(ctx, l.RecordID)
	if err != nil {
		return err
	}
	answered := l.Issue != nil
	if answered {
		is = l.Issue
	}
	view, _ := b.Profile.View(is)
	base := maps.Clone(l.Base)
	if base == nil {
		base = plan.Base{}
	}
	for _, f := range slices.Sorted(maps.Keys(view)) {
		sent, agreed := base[f]
		switch {
		case !answered && (!agreed || view[f].Raw != ""):
		case f == register.FieldState:
			base[f] = plan.Agreed{Side: view[f].Raw, Register: string(row.Record.State)}
		case !agreed:
			base[f] = plan.Agreed{Side: view[f].Raw} // nothing was known of it when the issue was made
		case sent.Side != view[f].Raw:
			base[f] = plan.Agreed{Side: view[f].Raw, Register: sent.Register}
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: daemon(), Origin: origin,
				Subject: audit.Subject{Type: audit.SubjectRecord, ID: row.Record.ID, Ref: row.Record.Ref, Version: row.Version},
				Changes: []audit.FieldChange{{Field: string(f), Before: audit.NewText(sent.Side), After: audit.NewText(view[f].Raw)}},
				Reason:  "the tracker did not keep the value that was sent",
			})
		}
	}
	l.Base, l.State = base, store.LinkBound
	return nil
}

// said takes in comments that were read apart from their issue.
func (r *Reconciler) said(ctx context.Context, t *store.Tx, b *apply.Binding, l store.Link, cs []connectors.Comment) error {
	fresh, err := r.events(ctx, t, b, l, cs)
	if err != nil || !fresh {
		return err
	}
	return r.want(ctx, t, l.RecordID)
}

// events stores what people said in comments and by transitions, once, and reports
// whether any of it is new.
func (r *Reconciler) events(ctx context.Context, t *store.Tx, b *apply.Binding, l store.Link, comments []connectors.Comment) (fresh bool, err error) {
	self, known := b.Self()
	if l.Issue == nil || !known || l.Role == string(mapping.RoleAction) {
		return false, nil // nobody decides about a record on the issue of an action
	}
	for _, e := range b.Profile.Events(l.Issue, comments, self) {
		added, err := t.AddEvent(ctx, l.RecordID, plan.Event{Binding: b.ID, Event: e})
		if err != nil {
			return fresh, err
		}
		fresh = fresh || added
	}
	return fresh, nil
}

// meet takes in an issue that is bound to nothing yet.
func (r *Reconciler) meet(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, trigger audit.Trigger) error {
	if unlooked, err := r.unlooked(ctx, t); err != nil || len(unlooked) > 0 {
		if err != nil {
			return err
		}
		return r.awaits(ctx, t, b, is, unlooked)
	}
	if b.Profile.Role == mapping.RoleAction {
		return r.meetAction(ctx, t, b, is, trigger)
	}
	if r.own(b, is) {
		return r.meetOwn(ctx, t, b, is, trigger)
	}
	view, _ := b.Profile.View(is)
	kind := register.Kind(view[register.FieldKind].Value)
	if kind == "" {
		kind = register.Nonconformity
	}
	id := mapping.RecordID(b.ID, is.Ref.ID)
	ref, err := t.Reserved(ctx, r.claims(id)...)
	if err != nil {
		return err
	}
	rec, err := t.NewRecord(ctx, r.prefix(kind), register.Record{ID: id, Ref: ref, Fields: map[register.Field]string{register.FieldKind: string(kind)}})
	if err != nil {
		return err
	}
	t.Audit(audit.Entry{
		Verb: audit.RecordCreated, Occurred: is.Created, Actor: author(b, is.Author, audit.ByToken),
		Origin:  audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: rec.ID, Ref: rec.Ref, Version: 1},
		Changes: []audit.FieldChange{
			{Field: string(register.FieldKind), After: audit.NewText(rec.Fields[register.FieldKind])},
			{Field: string(register.FieldState), After: audit.NewText(string(rec.State))},
		},
	})
	l := store.Link{Binding: b.ID, Ref: is.Ref, RecordID: rec.ID, Role: string(mapping.RoleRecord), State: store.LinkBound, Issue: is}
	if err := t.PutLink(ctx, l); err != nil {
		return err
	}
	if err := t.ForgetAside(ctx, b.ID, is.Ref.ID); err != nil {
		return err
	}
	if _, err := r.events(ctx, t, b, l, is.Comments); err != nil {
		return err
	}
	if err := r.twins(ctx, t, rec.ID, trigger); err != nil {
		return err
	}
	return r.want(ctx, t, rec.ID)
}

func (r *Reconciler) prefix(k register.Kind) string {
	if p := r.Prefixes[k]; p != "" {
		return p
	}
	switch k {
	case register.PotentialNonconformity:
		return "PNC"
	case register.Improvement:
		return "OFI"
	case register.Observation:
		return "OBS"
	default:
		return "NC"
	}
}

// author returns the audit actor of a tracker account: the person it is mapped
// to, or its pseudonymous account.
func author(b *apply.Binding, u connectors.User, how audit.How) audit.Actor {
	self, _ := b.Self()
	switch {
	case u.ID == "":
		return audit.Actor{Kind: audit.Unattributed, How: audit.ByNone}
	case u.ID == self.ID:
		return daemon()
	case u.Bot:
		return audit.Actor{Kind: audit.TrackerApp, ID: "account:" + b.ID + ":" + u.ID, How: how}
	}
	id := "account:" + b.ID + ":" + u.ID
	i := slices.IndexFunc(b.Profile.People, func(a mapping.Account) bool { return a.ID == u.ID })
	if i >= 0 {
		id = b.Profile.People[i].Person
	}
	return audit.Actor{Kind: audit.Person, ID: id, How: how}
}
