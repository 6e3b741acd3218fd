package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/history"
	"github.com/conformd/conformd/sync/plan"
)

// update carries out a write to an existing issue. It reads the issue from the tracker first:
// neither tracker offers compare-and-swap, so this read keeps the window in which a person's
// change can be overwritten as small as possible.
func (s *session) update(ctx context.Context, u plan.Update) error {
	is, err := s.b.Tracker.Get(ctx, s.l.Ref)
	if err != nil {
		return s.readFailed(ctx, err)
	}
	if f, moved := differs(s.b.Profile.Read(is).View, u.Saw); moved {
		if err := s.observe(ctx, is); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s %s", ErrVoid, s.l.Ref, f)
	}
	s.l.Issue, s.l.Ref = is, is.Ref
	sent, err := s.patch(ctx, u, u.Want)
	refused, ok := asRefused(err)
	if kind := connectors.KindOf(err); !ok || sent || kind != connectors.Rejected && kind != "" {
		return err
	}
	return s.isolate(ctx, u, refused)
}

// isolate finds the value that a tracker refuses and notes it, so that it does not hold up the
// other values and the labels.
func (s *session) isolate(ctx context.Context, u plan.Update, refused *Refused) error {
	want := maps.Clone(u.Want)
	delete(want, register.FieldState) // a move has reasons of its own, see move
	blame := blamed(s.b.Profile, want, refused)
	if len(blame) == 0 && len(u.Want) == 1 && len(want) == 1 && len(u.AddLabels)+len(u.RemoveLabels) == 0 {
		for f := range want {
			blame = map[register.Field]string{f: words(refused)}
		}
	}
	if len(blame) > 0 {
		return s.refuse(ctx, u, blame, refused)
	}
	labels := u
	labels.Want = nil
	if _, err := s.patch(ctx, labels, nil); err != nil {
		if _, ok := asRefused(err); !ok {
			return err
		}
	}
	if len(want) == 0 {
		return refused
	}
	for _, f := range slices.Sorted(maps.Keys(u.Want)) {
		one := u
		one.Want = map[register.Field]string{f: u.Want[f]}
		one.AddLabels, one.RemoveLabels = nil, nil
		_, err := s.patch(ctx, one, one.Want)
		r, ok := asRefused(err)
		switch {
		case err == nil:
		case !ok:
			return err
		case f == register.FieldState:
			return r
		default:
			if err := s.refuse(ctx, u, map[register.Field]string{f: words(r)}, r); !errors.Is(err, ErrAgain) {
				return err
			}
		}
	}
	return fmt.Errorf("%w: %w", ErrAgain, refused)
}

// refuse stores values as refused. They are not sent again until they change, and the comment
// tells people.
func (s *session) refuse(ctx context.Context, u plan.Update, blame map[register.Field]string, cause error) error {
	next := plan.Base{}
	for f, why := range blame {
		a := u.Agree[f]
		next[f] = plan.Agreed{Side: u.Saw[f], Register: a.Register, Refused: why}
	}
	if err := s.agree(ctx, next); err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrAgain, cause)
}

// differs returns a field whose value on the issue differs from what the plan saw.
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

// patch sends the requests that make the issue show want: one, or two if a status change
// takes a request of its own. Sent reports whether the first of two was accepted, even if the
// status change was not.
func (s *session) patch(ctx context.Context, u plan.Update, want map[register.Field]string) (sent bool, err error) {
	p, err := s.b.Profile.Patch(s.l.Issue, want)
	if err != nil {
		return false, &Refused{s.b.ID, "mapping", err}
	}
	p.AddLabels = append(p.AddLabels, u.AddLabels...)
	p.RemoveLabels = append(p.RemoveLabels, u.RemoveLabels...)
	if p.Empty() {
		return false, s.agree(ctx, pick(u.Agree, want))
	}
	if !s.b.Tracker.Capabilities().SeparateTransition || p.Status == nil {
		return false, s.send(ctx, u, want, p)
	}
	fields := p
	fields.Status = nil
	if !fields.Empty() {
		rest := maps.Clone(want)
		delete(rest, register.FieldState)
		if err := s.send(ctx, u, rest, fields); err != nil {
			return false, err
		}
	}
	u.AddLabels, u.RemoveLabels = nil, nil
	return !fields.Empty(), s.move(ctx, u, want[register.FieldState])
}

// send stores the intent, sends the request, reads the issue back and stores the outcome.
func (s *session) send(ctx context.Context, u plan.Update, want map[register.Field]string, p connectors.Patch) error {
	in := store.Intent{Ref: s.l.Ref, Op: store.OpUpdate, Want: want, Saw: u.Saw, Agree: pick(u.Agree, want), Version: s.l.Issue.Version}
	if s.b.Tracker.Capabilities().Changelog {
		in.Known = store.NoHistory
		if h := s.l.Issue.Changes; len(h) > 0 {
			in.Known = h[len(h)-1].ID
		}
	}
	for _, x := range p.AddLabels {
		in.Labels = append(in.Labels, "+"+x)
	}
	for _, x := range p.RemoveLabels {
		in.Labels = append(in.Labels, "-"+x)
	}
	for _, f := range u.Reverts {
		if _, ok := want[f]; ok {
			in.Reverts = append(in.Reverts, f)
		}
	}
	in, err := s.begin(ctx, in, u.About)
	if err != nil {
		return err
	}
	p.IfVersion = s.l.Issue.Version
	written, err := depart(ctx, func(ctx context.Context) (connectors.Written, error) { return s.b.Tracker.Update(ctx, s.l.Ref, p) })
	if err != nil {
		return s.failed(ctx, in, "update "+s.l.Ref.String(), err)
	}
	seen, readBack, err := s.readBack(ctx, written, want)
	if err != nil {
		// Only the issue shows what the write replaced, so that the outcome stays open until
		// the issue was read.
		return s.failed(ctx, in, "", fmt.Errorf("%s was written and could not be read since: %v", s.l.Ref, err)) //nolint:errorlint // the write did not fail in this way
	}
	var settled store.BoundIssue // of the attempt to store it that succeeded
	err = s.finish(ctx, in, end{
		outcome: audit.Done, written: written, readBack: readBack,
		then: func(t *store.Tx) (err error) {
			settled, err = s.settle(ctx, t, s.l, in, seen)
			return err
		},
	})
	if err == nil {
		s.l = settled
	}
	return err
}

// readBack reads what the issue shows after a write.
func (s *session) readBack(ctx context.Context, w connectors.Written, want map[register.Field]string) (*connectors.Issue, audit.ReadBack, error) {
	is := w.Issue
	if is == nil {
		var err error
		if is, err = s.b.Tracker.Get(ctx, s.l.Ref); err != nil {
			return nil, audit.Unread, err
		}
	}
	r := s.b.Profile.Read(is)
	for f, raw := range want {
		if got, known := r.Shows(f); !known || got != raw {
			return is, audit.ReadDiffers, nil
		}
	}
	return is, audit.ReadEqual, nil
}

// settle stores the new base after a write. If the issue still shows the old value, the
// tracker dropped ours: the base takes the old value, and the record gets a problem. If the
// issue shows a third value, a person changed it meanwhile: the base takes the written value,
// so that the next plan sees their change.
func (s *session) settle(ctx context.Context, t *store.Tx, l store.BoundIssue, in store.Intent, seen *connectors.Issue) (store.BoundIssue, error) {
	if l.Base = maps.Clone(l.Base); l.Base == nil {
		l.Base = plan.Base{}
	}
	before := l.Issue
	r := s.b.Profile.Read(seen)
	l.Issue, l.Ref = seen, seen.Ref
	for f, agreed := range in.Agree {
		if raw, known := r.Shows(f); known && raw == in.Saw[f] && raw != agreed.Side {
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: s.origin(l.Ref), Subject: s.subject(),
				Changes: []audit.FieldChange{{Field: string(f), Before: audit.NewText(agreed.Side), After: audit.NewText(raw)}},
				Reason:  "the tracker accepted the write and did not keep the value",
			})
			agreed.Side, agreed.Refused = raw, plan.NotKept
		}
		l.Base[f] = agreed
	}
	if err := s.overwritten(ctx, t, in, before, seen); err != nil {
		return l, err
	}
	if err := s.putLink(ctx, t, l); err != nil {
		return l, err
	}
	if s.unexplainedChange(before, r.View, in.Want) {
		return l, t.MarkDirty(ctx, s.Record.ID)
	}
	return l, nil
}

// unexplainedChange reports whether the read-back differs both from what was written and from
// what was read before. The caller must handle it, because no later listing shows it again.
func (s *session) unexplainedChange(before *connectors.Issue, view mapping.View, want map[register.Field]string) bool {
	was := s.b.Profile.Read(before).View
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

// agree stores a new base for some fields although nothing was sent.
func (s *session) agree(ctx context.Context, next plan.Base) error {
	return s.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, s.Record.ID, s.Fence); err != nil {
			return err
		}
		if s.l.Base == nil {
			s.l.Base = plan.Base{}
		}
		maps.Copy(s.l.Base, next)
		return t.Agree(ctx, s.l)
	})
}

// observe stores a newer sighting of an issue, and asks for a new plan.
func (s *session) observe(ctx context.Context, is *connectors.Issue) error {
	return s.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, s.Record.ID, s.Fence); err != nil {
			return err
		}
		l := s.l
		l.Issue, l.Ref = is, is.Ref
		return s.putLink(ctx, t, l)
	})
}

// putLink stores an issue as it was read for a write, with its comments and decisions: no
// later listing shows them again unless the issue changes.
//
// It writes only the issue and its base. Since the read, a scan or a webhook may have stored
// that the issue is back, or that it must be read again.
func (s *session) putLink(ctx context.Context, t *store.Tx, l store.BoundIssue) error {
	now, err := t.BoundIssueOf(ctx, s.b.ID, connectors.Ref{ID: l.Ref.ID})
	if err != nil {
		return err
	}
	now.Issue, now.Ref, now.Base = l.Issue, l.Ref, l.Base
	l = now
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return err
	}
	fresh, err := s.Events(ctx, t, s.b, l, l.Issue.Comments)
	if err != nil || !fresh {
		return err
	}
	return t.MarkDirty(ctx, s.Record.ID)
}

func pick[V any](b plan.Base, want map[register.Field]V) plan.Base {
	out := plan.Base{}
	for f := range want {
		if a, ok := b[f]; ok {
			out[f] = a
		}
	}
	return out
}

// lookAtIssue finds out whether an update without an answer took effect.
func (s *session) lookAtIssue(ctx context.Context, in store.Intent) (end, error) {
	is, err := s.b.Tracker.Get(ctx, in.Ref)
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		return end{outcome: audit.Undeterminable, err: err}, nil
	}
	if err != nil {
		return end{}, s.readFailed(ctx, err)
	}
	r := s.b.Profile.Read(is)
	done := true
	for f, raw := range in.Want {
		if got, known := r.Shows(f); !known || got != raw {
			done = false
		}
	}
	if len(in.Want) == 0 {
		done = labelled(is, in.Labels)
	}
	e := end{outcome: audit.NotApplied, readBack: audit.ReadDiffers, changed: is.Version != in.Version}
	if done {
		e.outcome, e.readBack = audit.Found, audit.ReadEqual
	}
	e.then = func(t *store.Tx) error {
		l, err := t.BoundIssueOf(ctx, s.b.ID, in.Ref)
		if err != nil {
			return err
		}
		if err := s.overwritten(ctx, t, in, l.Issue, is); err != nil {
			return err
		}
		l.Issue, l.Ref = is, is.Ref
		if l.Base == nil {
			l.Base = plan.Base{}
		}
		for f, agreed := range in.Agree {
			// A third value leaves the base as it is: conformd cannot know whether it replaced
			// ours, so the next plan makes a conflict that keeps both values.
			if got, known := r.Shows(f); known && got == in.Want[f] {
				l.Base[f] = agreed
			}
		}
		return s.putLink(ctx, t, l)
	}
	return e, nil
}

// labelled reports whether an issue carries the labels "+x" and not the labels "-x".
func labelled(is *connectors.Issue, want []string) bool {
	has := is.Fields[connectors.Labels].Items
	return !slices.ContainsFunc(want, func(w string) bool {
		return slices.Contains(has, w[1:]) != (w[0] == '+')
	})
}
