package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/ingest"
)

// A sighting is what came of reading an issue that something hinted at.
type sighting struct {
	b        *binding.Binding
	link     store.BoundIssue // as it was before the read; its Hints are what the read heeds
	issue    *connectors.Issue
	comments []connectors.Comment
	until    time.Time // all comments that are older are known
	more     string    // comments are left to be read; says how far it got
	err      error     // why there is no issue
}

// reread reads the issues of a record that something hinted at. It does so before the
// record is taken over, so that what was read is stored in the same commit.
func (k *attempt) reread(ctx context.Context, recordID string) ([]sighting, error) {
	stale, err := k.r.Store.StaleIssues(ctx, recordID)
	if err != nil || len(stale) == 0 {
		return nil, err
	}
	unverified, err := k.r.Store.Unverified(ctx, binding.IDs(k.r.bindings()))
	if err != nil || len(unverified) > 0 {
		return nil, err // it waits, see ready
	}
	var out []sighting
	for _, l := range stale {
		b := k.r.binding(l.Binding)
		if b == nil || (l.State == store.IssueOrphaned && l.Missing.IsZero()) {
			continue
		}
		out = append(out, sighting{b: b, link: l})
	}
	// Those that answer come first, so that nothing they tell waits for the others.
	slices.SortStableFunc(out, func(a, b sighting) int { return silent(a.b) - silent(b.b) })
	for i := range out {
		s := &out[i]
		if s.err = k.spare(s.b); s.err == nil {
			s.err = k.get(ctx, s)
		}
		k.news = k.news || s.err == nil && s.more == ""
	}
	return out, nil
}

// silent is 1 for a site that did not answer lately.
func silent(b *binding.Binding) int {
	if b.Credential.Spare(b) != nil {
		return 1
	}
	return 0
}

// spare returns a Wait if trying the site of a binding would keep news of another one
// waiting.
func (k *attempt) spare(b *binding.Binding) error {
	if !k.news {
		return nil
	}
	return b.Credential.Spare(b)
}

// get reads the issue of a sighting with its comments.
func (k *attempt) get(ctx context.Context, s *sighting) error {
	if err := s.b.Introduced(k.r.Now().Add(10 * time.Second)); err != nil {
		// Who decided what cannot be told yet, and what an issue says is heard when it is
		// read: no listing shows it again.
		return err
	}
	leave, err := binding.Enter(ctx, k.r.Store, s.b)
	if err != nil {
		return err
	}
	defer leave()
	if s.issue, err = s.b.Tracker.Get(ctx, s.link.Ref); err != nil {
		return err
	}
	said, err := k.r.Ingest.ReadComments(ctx, s.b, s.link, s.issue)
	if s.comments, s.until, s.more = said.Comments, said.Until, said.More; err == nil && s.more != "" {
		s.b.Credential.Answered()
		return nil
	}
	if err == nil {
		s.b.Credential.Answered()
		err = k.whose(ctx, s)
	}
	return err
}

// whose asks who made what the issue shows and who edited the commands of its comments,
// where the tracker tells that apart from them.
func (k *attempt) whose(ctx context.Context, s *sighting) error {
	var issues []*connectors.Issue
	if l := s.link; (l.Issue == nil || l.Issue.Version != s.issue.Version) && history.News(s.b, l, s.issue) {
		issues = append(issues, s.issue)
	}
	return k.r.Ingest.AttributeComments(ctx, s.b, issues, s.comments)
}

// observe stores a sighting.
func (k *attempt) observe(ctx context.Context, t *store.Tx, s sighting) error {
	if s.err != nil || s.more != "" {
		return nil
	}
	if d := s.link.Delivery; d != "" {
		k.Trigger = audit.TriggerWebhook
		if k.deliveries == nil {
			k.deliveries = map[string]string{}
		}
		k.deliveries[s.link.Binding+"/"+s.link.Ref.ID] = d
	}
	l, err := t.BoundIssueOf(ctx, s.b.ID, connectors.Ref{ID: s.link.Ref.ID})
	if err != nil {
		return err
	}
	l = l.ReadWith(s.link)  // what a listing or another engine has stored since may be newer
	l.Heeded = s.link.Hints // those of before the read; later ones still count
	if s.until.After(l.CommentsUntil) {
		l.CommentsUntil = s.until
	}
	if err := k.r.Ingest.Observe(ctx, t, s.b, l, s.issue, audit.TriggerWebhook); err != nil {
		return err
	}
	l.Issue = s.issue
	if _, err := k.r.Ingest.Events(ctx, t, s.b, l, s.comments); err != nil {
		return err
	}
	return t.EndReading(ctx, s.b.ID, s.link.Ref.ID)
}

// origin says where news about an issue of the record came from.
func (k *attempt) origin(l store.BoundIssue) audit.Origin {
	o := audit.Origin{Binding: l.Binding, Issue: l.Ref.ID, Key: l.Ref.Key, Trigger: audit.TriggerPoll}
	if o.Delivery = k.deliveries[l.Binding+"/"+l.Ref.ID]; o.Delivery != "" {
		o.Trigger = audit.TriggerWebhook
	}
	return o
}

// reading reports whether comments of the record's issues are left to be read. Then its
// turn ends, and another record has the worker first.
func (k *attempt) reading(read []sighting) bool {
	left := false
	for _, s := range read {
		if s.more != "" {
			k.later(0, s.more)
			left = true
		}
	}
	for _, r := range k.readings {
		if k.r.binding(r.Binding) == nil || slices.ContainsFunc(read, func(s sighting) bool { return s.more != "" && s.link.Ref.ID == r.Ref.ID }) {
			continue
		}
		k.later(10*time.Second, ingest.Progress(r))
		left = true
	}
	return left
}

// hinted reports whether something hinted at an issue that was not read just now.
func (k *attempt) hinted(read []sighting) bool {
	return slices.ContainsFunc(slices.Concat(k.links, k.actions), func(l store.BoundIssue) bool {
		return l.Stale() && k.r.binding(l.Binding) != nil && (l.State != store.IssueOrphaned || !l.Missing.IsZero()) &&
			!slices.ContainsFunc(read, func(s sighting) bool {
				return s.link.Binding == l.Binding && s.link.Ref.ID == l.Ref.ID && s.link.Hints == l.Hints
			})
	})
}

// issue returns what is known of the issue of a sighting now.
func (k *attempt) issue(s sighting) store.BoundIssue {
	for _, l := range slices.Concat(k.links, k.actions) {
		if l.Binding == s.link.Binding && l.Ref.ID == s.link.Ref.ID {
			return l
		}
	}
	return s.link
}

// unread sees to the issues that could not be read. It reports whether one became an
// orphan.
func (k *attempt) unread(ctx context.Context, read []sighting) (orphaned bool, err error) {
	for _, s := range read {
		switch connectors.KindOf(s.err) {
		case connectors.NotFound, connectors.Gone, connectors.Moved:
			l := k.issue(s)
			l.Hints = s.link.Hints
			gone, err := k.vanished(ctx, s.b, l, s.err)
			if err != nil {
				return false, err
			}
			orphaned = orphaned || gone
			continue
		}
		if s.err == nil {
			continue
		}
		if err := k.failed(s.b, k.readFailed(ctx, s.b, s.err)); err != nil {
			return false, err
		}
	}
	return orphaned, nil
}

// vanished notes that an issue is not found. Only the second sighting, a while
// after the first and while the tracker is otherwise in order, makes it an
// orphan: not found may mean deleted, moved, hidden or not indexed. Nothing is
// done to the other issues of the record.
func (k *attempt) vanished(ctx context.Context, b *binding.Binding, l store.BoundIssue, cause error) (bool, error) {
	const apart = 10 * time.Minute
	now := k.r.Now()
	if l.State == store.IssueOrphaned {
		l.Heeded = l.Hints
		_, err := k.missed(ctx, l, nil)
		return false, err
	}
	if l.Missing.IsZero() || now.Before(l.Missing.Add(apart)) {
		if l.Missing.IsZero() {
			l.Missing = now
		}
		k.later(apart, l.Ref.String()+" is not found")
		_, err := k.missed(ctx, l, nil)
		return false, err
	}
	report, err := b.Tracker.Check(ctx)
	if err != nil || slices.ContainsFunc(report.Problems, func(p connectors.Problem) bool { return p.Fatal }) {
		k.later(time.Hour, l.Ref.String()+" is not found, and the tracker is not in order")
		return false, nil
	}
	l.State, l.Heeded = store.IssueOrphaned, l.Hints
	return k.missed(ctx, l, &audit.Entry{
		Verb: audit.SyncOrphaned, Actor: audit.Actor{Kind: audit.Unattributed, How: audit.ByNone},
		Origin:  audit.Origin{Binding: b.ID, Issue: l.Ref.ID, Key: l.Ref.Key, Trigger: audit.TriggerSweep},
		Subject: audit.Subject{Type: audit.SubjectRecord, ID: k.Record.ID, Ref: k.Record.Ref, Version: k.Version},
		Reason:  cause.Error(),
	})
}

// missed stores that an issue was not found, unless it was seen or hinted at since the
// read that missed it: that is news, and the next attempt reads the issue again. It
// reports whether it was stored.
func (k *attempt) missed(ctx context.Context, l store.BoundIssue, e *audit.Entry) (stored bool, err error) {
	err = k.r.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, k.Record.ID, k.Fence); err != nil {
			return err
		}
		now, err := t.BoundIssueOf(ctx, l.Binding, connectors.Ref{ID: l.Ref.ID})
		if err != nil {
			return err
		}
		was := k.issue(sighting{link: l})
		if now.Hints != l.Hints || now.State != was.State || !now.Missing.Equal(was.Missing) {
			return t.MarkDirty(ctx, k.Record.ID)
		}
		now.State, now.Heeded, now.Missing = l.State, l.Heeded, l.Missing
		if e != nil {
			t.Audit(*e)
		}
		stored = true
		return t.PutBoundIssue(ctx, now)
	})
	return stored, err
}
