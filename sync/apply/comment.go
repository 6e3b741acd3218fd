package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/plan"
	"github.com/conformd/conformd/sync/sticky"
)

// comment posts conformd's comment on an issue, or edits it in place. If a person deleted the
// comment, it is posted again only when its content changes: the edit then finds it gone and
// returns ErrVoid, and the next plan posts a new one.
func (s *session) comment(ctx context.Context, c plan.Comment) error {
	marker := mapping.CommentMarker(s.Record.ID, s.b.ID)
	in := store.Intent{Ref: s.l.Ref, Op: store.OpComment, Marker: marker, Says: &c.Says, Comment: s.l.Comment.ID}
	body := s.b.Profile.Render(c.Says.Markdown(s.b.Language) + s.page())
	if s.l.Comment.ID != "" {
		in.Op = store.OpEdit
	} else if err := s.scanned(ctx); err != nil {
		return err
	} else if found, err := s.adoptComment(ctx, c.Says, body, marker); err != nil {
		return err
	} else if found {
		return fmt.Errorf("%w: conformd's comment stands on %s", ErrVoid, s.l.Ref)
	}
	in, err := s.begin(ctx, in, c.About)
	if err != nil {
		return err
	}
	written, err := depart(ctx, func(ctx context.Context) (connectors.Written, error) {
		if in.Op == store.OpEdit {
			return s.b.Tracker.EditComment(ctx, s.l.Ref, s.l.Comment.ID, body, marker)
		}
		return s.b.Tracker.PostComment(ctx, s.l.Ref, body, marker)
	})
	if in.Op == store.OpEdit && connectors.KindOf(err) == connectors.NotFound {
		err = s.finish(ctx, in, end{
			outcome: audit.Refused, err: err,
			// A tracker gives the same answer for a hidden issue and for a deleted comment, so
			// conformd looks for the old comment before it posts a new one.
			then: func(t *store.Tx) error { return s.commented(ctx, t, s.l.Ref, sticky.State{Uncertain: true}) },
		})
		if err != nil {
			return err
		}
		return fmt.Errorf("%w: the comment on %s was not found", ErrVoid, s.l.Ref)
	}
	if err != nil {
		return s.failed(ctx, in, "comment on "+s.l.Ref.String(), err)
	}
	id := written.CommentID
	if id == "" {
		id = s.l.Comment.ID
	}
	return s.finish(ctx, in, end{
		outcome: audit.Done, written: written,
		then: func(t *store.Tx) error {
			return s.commented(ctx, t, s.l.Ref, sticky.State{ID: id, Says: &c.Says})
		},
	})
}

// page returns the line of a comment that links to the record, "" if people cannot reach the
// pages.
func (s *session) page() string {
	if s.Public == "" {
		return ""
	}
	return "\n\n[" + s.b.Language.New("{{.Ref}} in the register", "Ref", s.Record.Ref) + "](" + strings.TrimSuffix(s.Public, "/") + "/records/" + s.Record.Ref + ")"
}

// commented stores the state of conformd's comment on an issue.
func (s *session) commented(ctx context.Context, t *store.Tx, ref connectors.Ref, state sticky.State) error {
	l, err := t.BoundIssueOf(ctx, s.b.ID, ref)
	if err != nil {
		return err
	}
	l.Comment = state
	return t.PutBoundIssue(ctx, l)
}

// adoptComment looks for conformd's comment on an issue for which the register knows none. It
// costs a request, so it is done only after a restore, and after a write of the comment whose
// result is unknown because the issue could not be seen.
func (s *session) adoptComment(ctx context.Context, says sticky.Comment, body, marker string) (found bool, err error) {
	at, err := s.Store.Restored(ctx, s.b.ID)
	if err != nil || at.IsZero() && !s.l.Comment.Uncertain {
		return false, err
	}
	all, err := s.own(ctx, s.l.Ref, time.Time{})
	if err != nil {
		return false, s.readFailed(ctx, err)
	}
	if err := s.notice(ctx, s.l.Ref, all); err != nil {
		return false, err
	}
	self, _ := s.b.Self()
	own := func(c connectors.Comment) bool {
		return mapping.IsCommentMarker(c.Marker) && c.Author.ID == self.ID
	}
	i := slices.IndexFunc(all, func(c connectors.Comment) bool { return c.Marker == marker && own(c) })
	if i < 0 {
		// A person removed the marker of the issue before the restore, and the issue now
		// belongs to another record. Its comment is still edited in place.
		i = slices.IndexFunc(all, own)
	}
	if i < 0 {
		return false, nil
	}
	state := sticky.State{ID: all[i].ID, Uncertain: true} // it will be edited in place
	if all[i].Body == body && all[i].Marker == marker {
		state = sticky.State{ID: all[i].ID, Says: &says}
	}
	return true, s.Store.Write(ctx, func(t *store.Tx) error { return s.commented(ctx, t, s.l.Ref, state) })
}

// own returns the comments of an issue that were written with conformd's account and carry
// a marker. Where the tracker can be asked so, those alone that changed since a time.
func (s *session) own(ctx context.Context, ref connectors.Ref, since time.Time) ([]connectors.Comment, error) {
	self, _ := s.b.Self()
	pages := s.b.Tracker.Comments(ctx, ref, "")
	if feed, ok := s.b.Tracker.(connectors.CommentFeed); ok && !since.IsZero() {
		pages = feed.CommentsOf(ctx, ref, since)
	}
	var out []connectors.Comment
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		for _, c := range page.Comments {
			if c.Author.ID == self.ID && c.Marker != "" {
				out = append(out, c)
			}
		}
	}
	return out, nil
}

// notice stops writing if another installation wrote one of the comments.
func (s *session) notice(ctx context.Context, on connectors.Ref, all []connectors.Comment) error {
	return s.Store.Write(ctx, func(t *store.Tx) error { return s.Notice(ctx, t, s.b, on, all) })
}

// lookForComment finds out whether the write of a comment without an answer took effect.
func (s *session) lookForComment(ctx context.Context, in store.Intent) (end, error) {
	all, err := s.own(ctx, in.Ref, in.After)
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		// If the issue comes back, the comment may be there: it is then looked for again.
		return end{
			outcome: audit.Undeterminable, err: err,
			then: func(t *store.Tx) error {
				return s.commented(ctx, t, in.Ref, sticky.State{ID: in.Comment, Uncertain: true})
			},
		}, nil
	}
	if err != nil {
		return end{}, s.readFailed(ctx, err)
	}
	if err := s.notice(ctx, in.Ref, all); err != nil {
		return end{}, err
	}
	self, _ := s.b.Self()
	i := slices.IndexFunc(all, func(c connectors.Comment) bool { return c.Marker == in.Marker && c.Author.ID == self.ID })
	if i < 0 {
		return end{outcome: audit.NotApplied}, nil
	}
	e, state := end{outcome: audit.Found}, sticky.State{ID: all[i].ID, Says: in.Says}
	if in.Op == store.OpEdit {
		// The text of the comment is unknown. Editing it again does no harm.
		e.outcome, state = audit.Undeterminable, sticky.State{ID: all[i].ID, Uncertain: true}
	}
	e.then = func(t *store.Tx) error { return s.commented(ctx, t, in.Ref, state) }
	return e, nil
}
