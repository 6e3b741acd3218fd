package apply

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/sync/plan"
)

// react puts a thumbs-up on a person's comment. If the comment is gone, there is nothing left
// to answer.
func (s *session) react(ctx context.Context, r plan.React) error {
	tracker, ok := s.b.Tracker.(connectors.Reactor)
	if !ok {
		return &Refused{s.b.ID, "react", fmt.Errorf("the tracker knows no reactions")}
	}
	in := store.Intent{Ref: s.l.Ref, Op: store.OpReact, Comment: r.CommentID, Reaction: r.Reaction}
	answered := func(t *store.Tx) error { return t.Reacted(ctx, r.Events) }
	in, err := s.begin(ctx, in, r.About)
	if err != nil {
		return err
	}
	written, err := depart(ctx, func(ctx context.Context) (connectors.Written, error) {
		return tracker.React(ctx, s.l.Ref, r.CommentID, r.Reaction)
	})
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved, connectors.Rejected:
		return s.finish(ctx, in, end{outcome: audit.Refused, err: err, then: answered})
	}
	if err != nil {
		return s.failed(ctx, in, "react to a comment on "+s.l.Ref.String(), err)
	}
	return s.finish(ctx, in, end{outcome: audit.Done, written: written, then: answered})
}

// lookAtReaction settles a reaction whose answer was lost without a look: the next plan asks
// for it again. A tracker keeps one reaction of a kind per account, so it cannot double.
func (s *session) lookAtReaction(context.Context, store.Intent) (end, error) {
	return end{outcome: audit.Undeterminable}, nil
}
