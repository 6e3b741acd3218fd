package apply

import (
	"context"
	"fmt"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// Notice posts the comment of ours on an issue, or edits it in place. A comment
// that somebody deleted is not posted again until there is something new to say:
// then the edit finds it gone, and the error is ErrVoid, so that the next plan
// posts a new one.
func (a *Applier) Notice(ctx context.Context, b *Binding, turn Turn, l store.Link, body string, rules []string, why string) error {
	marker := mapping.CommentMarker(turn.Record.ID, b.ID)
	in := store.Intent{Ref: l.Ref, Op: store.OpComment, Marker: marker, Notice: body, Comment: l.NoticeID}
	if l.NoticeID != "" {
		in.Op = store.OpEdit
	} else if found, err := a.standing(ctx, b, l, body, marker); err != nil {
		return err
	} else if found {
		return fmt.Errorf("%w: a comment of ours stands on %s", ErrVoid, l.Ref)
	}
	in, err := a.begin(ctx, b, turn, in, why, rules, nil)
	if err != nil {
		return err
	}
	markup := b.Profile.Render(body)
	var written connectors.Written
	if in.Op == store.OpEdit {
		written, err = b.Tracker.EditComment(ctx, l.Ref, l.NoticeID, markup, marker)
	} else {
		written, err = b.Tracker.PostComment(ctx, l.Ref, markup, marker)
	}
	if in.Op == store.OpEdit && connectors.KindOf(err) == connectors.NotFound {
		err = a.finish(ctx, b, turn, in, end{
			verb: audit.WriteOutcome, outcome: audit.Refused, err: err,
			// Of a hidden issue a tracker says the same as of a deleted comment: before a new
			// one is posted the old one is looked for.
			then: func(t *store.Tx) error { return a.noted(ctx, t, l.Binding, l.Ref, "", unsure) },
		})
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: the comment on %s was not found", ErrVoid, l.Ref)
	}
	if err != nil {
		return a.failed(ctx, b, turn, in, "comment on "+l.Ref.String(), err)
	}
	return a.finish(ctx, b, turn, in, end{
		verb: audit.WriteOutcome, outcome: audit.Done, written: written,
		then: func(t *store.Tx) error {
			id := written.CommentID
			if id == "" {
				id = l.NoticeID
			}
			return a.noted(ctx, t, l.Binding, l.Ref, id, body)
		},
	})
}

// noted stores which comment says what.
func (a *Applier) noted(ctx context.Context, t *store.Tx, binding string, ref connectors.Ref, id, body string) error {
	l, err := t.LinkOf(ctx, binding, ref)
	if err != nil {
		return err
	}
	l.NoticeID, l.Notice = id, body
	return t.PutLink(ctx, l)
}
