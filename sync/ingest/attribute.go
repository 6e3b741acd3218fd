package ingest

import (
	"context"
	"errors"

	"go.uber.org/zap"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
	"github.com/conformd/conformd/sync/history"
)

// Some trackers tell who changed an issue only when they are asked. They are asked for many
// issues at a time, and only for those that show something new.

// attribute asks who made what some listed issues show, of those that show news. Where the
// question fails they are taken in all the same: it is asked again before anything is
// decided about their records.
func (g *Ingester) attribute(ctx context.Context, b *binding.Binding, issues []*connectors.Issue) error {
	h, ok := b.Tracker.(connectors.Historian)
	if !ok {
		return nil
	}
	var ask []*connectors.Issue
	for _, is := range issues {
		news, err := g.showsNews(ctx, b, is)
		if err != nil {
			return err
		}
		if news {
			ask = append(ask, is)
		}
	}
	if len(ask) == 0 {
		return nil
	}
	if err := h.Attribute(ctx, ask, nil, nil); err != nil {
		return g.unanswered(ctx, b, ask, err)
	}
	return nil
}

// unanswered leaves it open who changed issues where the question failed. An issue that is
// left untold would pass for one whose tracker does not tell, and is not asked about again.
func (g *Ingester) unanswered(ctx context.Context, b *binding.Binding, issues []*connectors.Issue, err error) error {
	if ctx.Err() != nil {
		return err
	}
	for _, is := range issues {
		if is.History == connectors.HistoryUntold {
			is.History = ""
		}
	}
	g.Log.Warn("the tracker did not say who changed issues; it is asked again before anything is decided", zap.String("binding", b.ID), zap.Int("issues", len(issues)), zap.Error(err))
	return nil
}

// showsNews reports whether an issue shows something that is not known of it yet.
func (g *Ingester) showsNews(ctx context.Context, b *binding.Binding, is *connectors.Issue) (bool, error) {
	l, seen, err := g.Store.Unseen(ctx, b.ID, is)
	switch {
	case errors.Is(err, store.ErrNotFound):
		aside, err := g.Store.QuarantinedAs(ctx, b.ID, is.Ref.ID)
		if aside != nil && aside.Version == is.Version {
			is.Changes, is.History = aside.Changes, aside.History
		}
		return is.History == "" && !b.Own(is), err
	case err != nil || seen:
		return false, err
	case l.Issue != nil && !is.Updated.After(l.Issue.Updated):
		return false, nil // it is read directly, see ingest
	}
	return history.News(b, l, is), nil
}

// mostAhead is how many issues that wait to be read a tracker is asked about beforehand.
const mostAhead = 20

// AttributeComments asks who edited the comments that hold a command, of those that are new
// or show another text. What is known of the others is put into them.
func (g *Ingester) AttributeComments(ctx context.Context, b *binding.Binding, issues []*connectors.Issue, comments []connectors.Comment) error {
	h, ok := b.Tracker.(connectors.Historian)
	if !ok {
		return nil
	}
	var ask []*connectors.Comment
	for n := range comments {
		c := &comments[n]
		if b.Profile.Role == mapping.RoleAction || !b.Profile.HoldsCommand(*c) {
			continue
		}
		was, bound, err := g.Store.CommentBefore(ctx, b.ID, c.Issue, c.ID)
		switch {
		case err != nil:
			return err
		case !bound:
		case was.ID != "" && was.Updated.Equal(c.Updated) && was.Body == c.Body:
			c.Edited, c.Editor = was.Edited, was.Editor
		default:
			ask = append(ask, c)
		}
	}
	if len(ask)+len(issues) == 0 {
		return nil
	}
	var soon []connectors.Ref
	if len(issues) > 0 {
		var err error
		if soon, err = g.Store.Hinted(ctx, b.ID, mostAhead); err != nil {
			return err
		}
	}
	err := h.Attribute(ctx, issues, ask, soon)
	if err != nil && len(ask) == 0 {
		return g.unanswered(ctx, b, issues, err)
	}
	return err // a command waits until it is known whose words it is
}
