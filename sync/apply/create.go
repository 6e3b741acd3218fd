package apply

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
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

// create files the twin of a record. Before a second create is sent, conformd always asks the
// tracker for the marker of the first.
func (s *session) create(ctx context.Context, c plan.Create, backlink string) error {
	if err := s.scanned(ctx); err != nil {
		return err
	}
	if err := s.restoreSettled(ctx); err != nil {
		return err
	}
	marker := mapping.IssueMarker(s.Record.ID, s.b.ID)
	draft, err := s.b.Profile.Draft(c.Want, marker, backlink)
	if err != nil {
		return s.createWithout(ctx, c, longest(s.b.Profile, c.Want, connectors.Body), err)
	}
	if len(s.b.Labels) > 0 {
		v := draft.Fields[connectors.Labels]
		v.Items = slices.Concat(v.Items, s.b.Labels)
		slices.Sort(v.Items)
		v.Items = slices.Compact(v.Items)
		draft.Fields[connectors.Labels] = v
	}
	in := store.Intent{Op: store.OpCreate, Marker: marker, Want: c.Want, Agree: c.Agree}
	in, err = s.begin(ctx, in, c.About)
	if err != nil {
		return err
	}
	written, err := depart(ctx, func(ctx context.Context) (connectors.Written, error) { return s.b.Tracker.Create(ctx, draft) })
	if err != nil {
		ret := s.failed(ctx, in, "create", err)
		if connectors.KindOf(err) == connectors.Rejected {
			return s.createWithout(ctx, c, blamed(s.b.Profile, c.Want, err), ret)
		}
		return ret
	}
	return s.finish(ctx, in, end{
		outcome: audit.Done, written: written, readBack: s.comparedWith(written.Issue, c.Agree),
		then: func(t *store.Tx) error { return s.bind(ctx, t, written.Ref, written.Issue, c.Agree) },
	})
}

// createWithout notes the values that a tracker refused in a new issue, so that the next plan
// files it without them and they do not hold up the others. If the tracker names no field,
// the next create has the title alone; the other values are then written one by one, which
// finds the refused one.
func (s *session) createWithout(ctx context.Context, c plan.Create, blame map[register.Field]string, cause error) error {
	delete(blame, register.FieldTitle)
	if len(blame) == 0 {
		blame = map[register.Field]string{}
		for f := range c.Want {
			if f != register.FieldTitle && f != register.FieldState {
				blame[f] = ""
			}
		}
	}
	if len(blame) == 0 {
		return cause // the title alone is refused
	}
	err := s.Store.Write(ctx, func(t *store.Tx) error {
		if err := t.CheckFence(ctx, s.Record.ID, s.Fence); err != nil {
			return err
		}
		for f, why := range blame {
			if err := t.PutRefusal(ctx, s.Record.ID, s.b.ID, f, plan.Refused{Value: c.Agree[f].Register, Why: why}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: %w", ErrAgain, cause)
}

// bind stores the link to an issue that conformd filed. Until the issue was read once, a
// value in it that differs from what was sent counts as dropped, see plan.Side.Fresh.
func (s *session) bind(ctx context.Context, t *store.Tx, ref connectors.Ref, is *connectors.Issue, base plan.Base) error {
	l := store.BoundIssue{
		Binding: s.b.ID, Ref: ref, RecordID: s.Record.ID, Role: string(mapping.RoleRecord),
		State: store.IssueFresh, Issue: is, Base: base,
	}
	switch other, err := t.BoundIssueOf(ctx, s.b.ID, connectors.Ref{ID: ref.ID}); {
	case err == nil && other.RecordID != s.Record.ID:
		t.Audit(audit.Entry{
			Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: s.origin(ref), Subject: s.subject(),
			Reason: "the issue that was filed for this record is bound to another one",
		})
		return nil
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	if err := t.ForgetRefusals(ctx, s.Record.ID, s.b.ID); err != nil {
		return err
	}
	if err := t.PutBoundIssue(ctx, l); err != nil {
		return err
	}
	if err := t.Unquarantine(ctx, s.b.ID, ref.ID); err != nil {
		return err
	}
	if is == nil {
		return nil
	}
	return t.MarkDirty(ctx, s.Record.ID)
}

// comparedWith compares the issue in an answer, if there is one, with what was sent.
func (s *session) comparedWith(is *connectors.Issue, sent plan.Base) audit.ReadBack {
	if is == nil {
		return audit.Unread
	}
	r := s.b.Profile.Read(is)
	for f, a := range sent {
		if raw, known := r.Shows(f); known && raw != a.Side && a.Refused == "" {
			return audit.ReadDiffers
		}
	}
	return audit.ReadEqual
}

// lookForIssue looks for an issue whose create had no answer.
func (s *session) lookForIssue(ctx context.Context, in store.Intent) (end, error) {
	refs, err := s.Store.OwnIssues(ctx, s.b.ID, in.Marker) // a scan or a hint may have found it since
	if err != nil {
		return end{}, err
	}
	if len(refs) == 0 {
		if refs, err = s.b.Tracker.FindCreated(ctx, in.Marker, in.After); err != nil {
			return end{}, s.readFailed(ctx, err)
		}
	}
	if len(refs) == 0 {
		settled := in.At.Add(connectors.Settle)
		if s.Now().Before(settled) {
			// A listing may lag, so that a missing issue proves nothing yet.
			return end{}, &binding.Wait{Binding: s.b.ID, Until: settled, Why: "looking for an issue whose create was not answered"}
		}
		return end{outcome: audit.NotApplied}, nil
	}
	e := end{outcome: audit.Found, written: connectors.Written{Ref: refs[0]}}
	e.then = func(t *store.Tx) error {
		if len(refs) > 1 {
			keys := make([]string, len(refs))
			for i, r := range refs {
				keys[i] = r.Key
			}
			t.Audit(audit.Entry{
				Verb: audit.SyncProblem, Actor: history.Daemon(), Origin: s.origin(refs[0]), Subject: s.subject(),
				Reason: "several issues carry the marker of this record: " + strings.Join(keys, ", "),
			})
		}
		if err := s.bind(ctx, t, refs[0], nil, in.Agree); err != nil {
			return err
		}
		// If the answer took long, the cursor is past this issue and no poll lists it again.
		_, err := t.Invalidate(ctx, s.b.ID, refs[0])
		return err
	}
	return e, nil
}

// scanned returns a Wait if the binding was never read completely. Until then there may be an
// issue or a comment of conformd there that the register does not know, and conformd would
// make a second one.
func (s *session) scanned(ctx context.Context) error {
	row, err := s.Store.Binding(ctx, s.b.ID)
	if err != nil || !row.Since.IsZero() {
		return err
	}
	return &binding.Wait{Binding: s.b.ID, Until: s.Now().Add(time.Minute), Why: "conformd files and posts nothing there before it has read all issues once"}
}

// restoreSettled returns a Wait if a backup was restored too recently to file an issue: a
// listing may lag, and not show yet an issue that was filed before the restore.
func (s *session) restoreSettled(ctx context.Context) error {
	at, err := s.Store.Restored(ctx, s.b.ID)
	if err != nil || at.IsZero() {
		return err
	}
	if until := at.Add(connectors.Settle); s.Now().Before(until) {
		return &binding.Wait{Binding: s.b.ID, Until: until, Why: "a backup was restored, and issues filed before may not be listed yet"}
	}
	return nil
}

// longest blames the longest of the texts that share a place.
func longest(p *mapping.Profile, want map[register.Field]string, place connectors.Field) map[register.Field]string {
	var at register.Field
	for _, f := range slices.Sorted(maps.Keys(want)) {
		if p.HistoryField(f) == string(place) && (at == "" || len(want[f]) > len(want[at])) {
			at = f
		}
	}
	if at == "" {
		return nil
	}
	return map[register.Field]string{at: "the texts together are longer than the tracker takes"}
}
