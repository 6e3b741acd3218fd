package ingest

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/plan"
)

// said takes in comments that were read apart from their issue.
func (g *Ingester) said(ctx context.Context, t *store.Tx, b *binding.Binding, l store.BoundIssue, cs []connectors.Comment) error {
	fresh, err := g.Events(ctx, t, b, l, cs)
	if err != nil || !fresh {
		return err
	}
	return g.MarkDirty(ctx, t, l.RecordID)
}

// oldCommand is how old a command may be when it is first seen and still get a
// reaction: the people of a tracker that is taken in for the first time expect none.
const oldCommand = 24 * time.Hour

// aroundTransition is how many of the newest comments are looked through again: a
// comment may give the reason of a transition that was not seen with it.
const aroundTransition = 50

// Events stores what people said in comments and by transitions, once, and reports
// whether any of it is new. Nobody decides about a record on the issue of an action.
func (g *Ingester) Events(ctx context.Context, t *store.Tx, b *binding.Binding, l store.BoundIssue, comments []connectors.Comment) (fresh bool, err error) {
	if err := errors.Join(g.noticeIssue(ctx, t, b, l.Issue), g.NoticeComments(ctx, t, b, l.Ref, comments)); err != nil {
		return false, err
	}
	if l.Role == string(mapping.RoleAction) {
		return false, nil
	}
	if _, err := t.PutComments(ctx, b.ID, l.Ref.ID, comments); err != nil {
		return false, err
	}
	if unread, err := g.unread(ctx, t, b, &l); err != nil || unread {
		return unread, err // they stay unheard until all that was said before them is known
	}
	self, known := b.Self()
	if l.Issue == nil || !known {
		return false, nil // they stay unheard
	}
	if err := takeOver(ctx, t, b, l, comments, self); err != nil {
		return false, err
	}
	if comments, err = t.Unheard(ctx, b.ID, l.Ref.ID, aroundTransition); err != nil {
		return false, err
	}
	if err := t.Heard(ctx, b.ID, l.Ref.ID); err != nil {
		return false, err
	}
	events := b.Profile.Events(l.Issue, comments, self)
	var since time.Time
	if b.Reacts() && b.Mode != plan.Observe && len(events) > 0 {
		if since, err = answersSince(ctx, t, b); err != nil {
			return false, err
		}
	}
	for _, e := range events {
		react := e.Comment != "" && !since.IsZero() && e.At.After(since)
		if !e.Edited.IsZero() {
			was, known, err := t.Event(ctx, e.ID)
			if err != nil {
				return fresh, err
			}
			if later, changed := b.Profile.Afterwards(e, was.Event, editorOf(e, comments)); known && changed {
				e = later
			}
		}
		added, err := t.AddEvent(ctx, l.RecordID, plan.Event{Binding: b.ID, Event: e}, react)
		if err != nil {
			return fresh, err
		}
		fresh = fresh || added
	}
	return fresh, nil
}

// editorOf returns who edited the comment of an event last; its ID is "" where the tracker
// does not say.
func editorOf(e mapping.Event, comments []connectors.Comment) connectors.User {
	i := slices.IndexFunc(comments, func(c connectors.Comment) bool { return c.ID == e.Comment })
	if i < 0 {
		return connectors.User{}
	}
	return comments[i].Editor
}

// answersSince returns the time, by the tracker's clock, after which a command gets a
// reaction. That clock is known from the last listing, or from the one under way; before
// the first one conformd's own has to do.
func answersSince(ctx context.Context, t *store.Tx, b *binding.Binding) (time.Time, error) {
	row, err := t.Binding(ctx, b.ID)
	if err != nil {
		return time.Time{}, err
	}
	now := cmp.Or(row.Since, row.Scan.At, t.Now())
	return now.Add(-oldCommand), nil
}
