package reconcile

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/apply"
	"github.com/conformd/conformd/sync/plan"
)

// After a backup was restored the trackers know more than the register. So nothing
// new is taken in before every binding was listed entirely: what is unknown waits
// among the issues kept aside, and the numbers that it shows are reserved. The look
// that completes the picture then meets all of it at once, oldest first. A record
// gets the id that it had (mapping.RecordID) and, where a tracker shows it, its number;
// with the id its twin is known by its marker and bound in the same transaction, so
// that there is no moment at which a second one could be filed.

// unlooked returns the bindings that were not listed entirely since the restore.
func (r *Reconciler) unlooked(ctx context.Context, t *store.Tx) ([]string, error) {
	ids := make([]string, len(r.Bindings))
	for i, b := range r.Bindings {
		ids[i] = b.ID
	}
	return t.Unlooked(ctx, ids)
}

// awaits keeps a new issue aside until every binding was looked at.
func (r *Reconciler) awaits(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, unlooked []string) error {
	if err := r.reserve(ctx, t, b, is, is.Comments); err != nil {
		return err
	}
	why := "is not in the restored register and waits until " + strings.Join(unlooked, " and ") + " was looked at"
	_, err := t.PutAside(ctx, store.Aside{Binding: b.ID, Issue: is, Why: why})
	return err
}

// saidAside reserves the numbers that comments of ours name on an issue that waits.
func (k *look) saidAside(ctx context.Context, t *store.Tx, ref connectors.Ref, cs []connectors.Comment) error {
	if unlooked, err := k.unlooked(ctx, t); err != nil || len(unlooked) == 0 {
		return err
	}
	asides, err := t.AsidesOf(ctx, k.b.ID, ref.Key)
	if err != nil || len(asides) == 0 {
		return err
	}
	return k.reserve(ctx, t, k.b, asides[0].Issue, cs)
}

// heading finds the record number in the first line of a comment of ours.
var heading = regexp.MustCompile(`^\s*(?:#+|h\d\.)\s+(\S+)\s+·`)

// reserve keeps the numbers that an unknown issue shows from being handed out to
// another record: its field for the number, our line about the twin, our comment.
func (r *Reconciler) reserve(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, comments []connectors.Comment) error {
	var refs []string
	claim := ""
	switch {
	case b.Profile.Role == mapping.RoleAction:
		refs = b.Profile.Parents(is) // the numbers of others
	case r.own(b, is):
		claim = is.Marker
		refs = append(refs, b.Profile.LinkedRecord(is))
	default:
		claim = mapping.RecordID(b.ID, is.Ref.ID)
	}
	self, _ := b.Self()
	if claim != "" {
		view, _ := b.Profile.View(is)
		refs = append(refs, view[register.FieldRef].Value)
		for _, c := range comments {
			if m := heading.FindStringSubmatch(c.Body); m != nil && c.Marker != "" && c.Author.ID == self.ID {
				refs = append(refs, m[1])
			}
		}
	}
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		if !number.MatchString(ref) {
			continue
		}
		if err := t.Reserve(ctx, ref, claim); err != nil {
			return err
		}
	}
	return nil
}

// number is the form of a record number.
var number = regexp.MustCompile(`^[A-Z][A-Z0-9]*-\d{4}-\d{4,}$`)

// own reports whether an issue is of our own making. While it is not known who we
// are there, every marker is taken for ours: no issue of ours becomes a record.
func (r *Reconciler) own(b *apply.Binding, is *connectors.Issue) bool {
	self, known := b.Self()
	return is.Marker != "" && (!known || is.Author.ID == self.ID)
}

// settled meets the issues that waited, once the look that just ended was the last
// that was missing.
func (k *look) settled(ctx context.Context, t *store.Tx) error {
	if !k.full {
		return nil
	}
	before, err := k.unlooked(ctx, t)
	if err != nil || !slices.Contains(before, k.b.ID) {
		return err
	}
	if err := t.Looked(ctx, k.b.ID); err != nil || len(before) > 1 {
		return err
	}
	if err := t.WakeAll(ctx); err != nil {
		return err // what waited for this waits no longer
	}
	type waiting struct {
		b  *apply.Binding
		is *connectors.Issue
	}
	var all []waiting
	for _, b := range k.Bindings {
		asides, err := t.Asides(ctx, b.ID)
		if err != nil {
			return err
		}
		for _, a := range asides {
			all = append(all, waiting{b, a.Issue})
		}
	}
	slices.SortStableFunc(all, func(x, y waiting) int {
		if a := x.b.Profile.Role == mapping.RoleAction; a != (y.b.Profile.Role == mapping.RoleAction) {
			if a {
				return 1 // actions come after the records that they name
			}
			return -1
		}
		return x.is.Created.Compare(y.is.Created)
	})
	for _, w := range all {
		if _, err := t.LinkOf(ctx, w.b.ID, connectors.Ref{ID: w.is.Ref.ID}); !errors.Is(err, store.ErrNotFound) {
			if err != nil {
				return err
			}
			continue // a twin, bound together with its record
		}
		if err := k.meet(ctx, t, w.b, w.is, k.trigger); err != nil {
			return err
		}
	}
	for _, w := range all {
		// What was said on them while they were not bound is read with them.
		if _, err := t.Hint(ctx, w.b.ID, w.is.Ref); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// meetOwn takes in an issue of our own making that is bound to nothing: the create
// was not answered, or the register is older than the issue. It never becomes a
// record of its own.
func (r *Reconciler) meetOwn(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, trigger audit.Trigger) error {
	id, err := t.PendingMarker(ctx, b.ID, is.Marker)
	if err == nil {
		return r.want(ctx, t, id) // its turn finds the issue by the marker
	}
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	ids, err := t.RecordIDs(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(ids, func(id string) bool { return mapping.IssueMarker(id, b.ID) == is.Marker })
	why := "is of conformd's own making, and its record is not in the register"
	if i >= 0 {
		adopted, err := r.adopt(ctx, t, b, is, ids[i], trigger)
		if err != nil || adopted {
			return err
		}
		why = "is of conformd's own making, and its record has another issue here"
	}
	fresh, err := t.PutAside(ctx, store.Aside{Binding: b.ID, Issue: is, Why: why})
	if err != nil || !fresh {
		return err
	}
	t.Audit(audit.Entry{
		Verb: audit.SyncProblem, Actor: daemon(), Origin: audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectIssue, ID: is.Ref.ID, Ref: is.Ref.Key}, Reason: "the issue is kept aside: it " + why,
	})
	return nil
}

// adopt binds an issue of our own making to its record, unless that has another
// issue in the binding. While the register still is as the backup has it, the base is
// what it holds: what the issue shows otherwise is news. Once it may have learnt
// something else, the base is what the issue shows: which of two different values is
// the news nobody knows. Either is in doubt and overwrites nothing.
func (r *Reconciler) adopt(ctx context.Context, t *store.Tx, b *apply.Binding, is *connectors.Issue, id string, trigger audit.Trigger) (bool, error) {
	links, err := t.Links(ctx, id)
	if err != nil || slices.ContainsFunc(links, func(l store.Link) bool { return l.Binding == b.ID }) {
		return false, err
	}
	rec, err := t.Record(ctx, id)
	if err != nil {
		return false, err
	}
	unlooked, err := r.unlooked(ctx, t)
	if err != nil {
		return false, err
	}
	base := shown(b.Profile, is, rec)
	if len(unlooked) > 0 {
		base = shows(b.Profile, rec)
	}
	l := store.Link{
		Binding: b.ID, Ref: is.Ref, RecordID: id, Role: string(mapping.RoleRecord), State: store.LinkBound,
		Issue: is, Base: base.Doubted(),
	}
	if err := t.PutLink(ctx, l); err != nil {
		return false, err
	}
	if err := t.ForgetAside(ctx, b.ID, is.Ref.ID); err != nil {
		return false, err
	}
	t.Audit(audit.Entry{
		Verb: audit.SyncPulled, Actor: daemon(), Origin: audit.Origin{Binding: b.ID, Issue: is.Ref.ID, Key: is.Ref.Key, Trigger: trigger},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: rec.ID, Ref: rec.Ref},
		Reason:  "an issue of conformd's own making, which the register did not know, was bound to its record",
	})
	if _, err := r.events(ctx, t, b, l, is.Comments); err != nil {
		return false, err
	}
	return true, r.want(ctx, t, id)
}

// shown returns what an issue shows as what was agreed on, of the fields in which the
// register has something to lose.
func shown(p *mapping.Profile, is *connectors.Issue, rec register.Record) plan.Base {
	base := plan.Base{}
	view, _ := p.View(is)
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

// twins binds the issues that wait for a record that was just taken in.
func (r *Reconciler) twins(ctx context.Context, t *store.Tx, id string, trigger audit.Trigger) error {
	for _, b := range r.Bindings {
		if b.Profile.Role == mapping.RoleAction {
			continue
		}
		asides, err := t.AsidesMarked(ctx, b.ID, mapping.IssueMarker(id, b.ID))
		if err != nil {
			return err
		}
		for _, a := range asides {
			if !r.own(b, a.Issue) {
				continue
			}
			if _, err := r.adopt(ctx, t, b, a.Issue, id, trigger); err != nil {
				return err
			}
		}
	}
	return nil
}

// claims are the names under which the number of a record may be reserved.
func (r *Reconciler) claims(id string) []string {
	out := []string{id}
	for _, b := range r.Bindings {
		out = append(out, mapping.IssueMarker(id, b.ID))
	}
	return out
}

// unseen returns why the record cannot be judged yet, "" if it can: one of its
// issues is known only as the backup has it.
func (k *turn) unseen() string {
	for _, l := range slices.Concat(k.links, k.actions) {
		if l.State == store.LinkRestored && k.binding(l.Binding) != nil {
			return l.Ref.String() + " was not looked at since the backup was restored"
		}
	}
	return ""
}
