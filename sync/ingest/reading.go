package ingest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/sync/binding"
)

// An issue may have a hundred thousand comments. They are read page by page, and each page
// is stored at once with the place where the next one begins: memory holds one page, and a
// daemon that is killed goes on where it was. Until all are known nothing is decided about
// the record, since the last of them may take back the first.

// The part of a reading that one attempt does. Then its worker turns to other records.
const (
	readingPages = 50
	readingTime  = 20 * time.Second
)

// mostHeld is how many pages of changed comments are held in memory. If more of them have
// changed since the last read, all are read again, page by page.
const mostHeld = 5

// mostCommands is how many of the newest commands of a record are looked up again where an
// issue is shown without its older comments.
const mostCommands = 1000

// A Said is what was read of the comments of an issue.
type Said struct {
	Comments []connectors.Comment // the newest part, which is not stored yet
	Until    time.Time            // all comments that are older are known; zero: as long as before
	// More says how far a reading got that has not ended, for people; "" when all are known.
	More string
}

// ReadComments reads the comments of an issue that was just read: all of them if they are
// not known yet, or else what the tracker tells of those that have changed.
func (g *Ingester) ReadComments(ctx context.Context, b *binding.Binding, l store.BoundIssue, is *connectors.Issue) (Said, error) {
	if l.Role == string(mapping.RoleAction) {
		return Said{Comments: is.Comments}, nil
	}
	reading, err := g.Store.Reading(ctx, b.ID, l.Ref.ID)
	if err != nil {
		return Said{}, err
	}
	inline := b.Tracker.Capabilities().InlineComments
	feed, listed := b.Tracker.(connectors.CommentFeed)
	switch {
	case !reading.Began.IsZero():
	case inline && is.Older == 0:
		return Said{Comments: is.Comments, Until: is.Updated}, nil
	case inline && !l.Commented(is).IsZero():
		return g.lookup(ctx, b, l, is, Said{Comments: is.Comments, Until: is.Updated})
	case !inline && listed && !l.CommentsUntil.IsZero():
		said, all, err := g.changed(ctx, feed, is, l.CommentsUntil)
		if err != nil || all {
			return said, err
		}
	}
	return g.readAll(ctx, b, l, is, reading)
}

// changed reads the comments that changed since a time, unless they are too many to hold.
func (g *Ingester) changed(ctx context.Context, feed connectors.CommentFeed, is *connectors.Issue, since time.Time) (said Said, all bool, err error) {
	all = true
	held, err := g.changes(ctx, feed, is.Ref, since, func([]connectors.Comment) (bool, error) {
		all = false
		return false, nil
	})
	if err != nil || !all {
		return Said{}, false, err
	}
	return Said{Comments: held, Until: is.Updated}, true, nil // the issue was read before them
}

// changes returns the comments that changed since a time, as many pages as are held in memory.
// Each page beyond goes to further, which reports whether to go on. Like a listing it looks back
// further, because not every server of a site knows everything at once.
func (g *Ingester) changes(ctx context.Context, feed connectors.CommentFeed, ref connectors.Ref, since time.Time, further func([]connectors.Comment) (bool, error)) (held []connectors.Comment, err error) {
	n := 0
	for page, err := range feed.CommentsOf(ctx, ref, since.Add(-g.Overlap)) {
		if err != nil {
			return nil, err
		}
		if n++; n <= mostHeld {
			held = append(held, page.Comments...)
			continue
		}
		if more, err := further(page.Comments); err != nil || !more {
			return held, err
		}
	}
	return held, nil
}

// lookup adds the older comments that matter to what an issue was shown with: those with
// commands, which may have been edited since, and conformd's own.
func (g *Ingester) lookup(ctx context.Context, b *binding.Binding, l store.BoundIssue, is *connectors.Issue, said Said) (Said, error) {
	by, ok := b.Tracker.(connectors.CommentLookup)
	if !ok {
		return said, nil
	}
	ids, err := g.Store.CommandComments(ctx, l.RecordID, b.ID, mostCommands)
	if err != nil {
		return Said{}, err
	}
	if l.Comment.ID != "" && !slices.Contains(ids, l.Comment.ID) {
		ids = append(ids, l.Comment.ID)
	}
	ids = slices.DeleteFunc(ids, func(id string) bool {
		return slices.ContainsFunc(said.Comments, func(c connectors.Comment) bool { return c.ID == id })
	})
	if len(ids) == 0 {
		return said, nil
	}
	older, err := by.CommentsByID(ctx, is.Ref, ids)
	said.Comments = append(older, said.Comments...)
	return said, err
}

// readAll goes on with a reading, or begins one. All pages but the last are stored here.
func (g *Ingester) readAll(ctx context.Context, b *binding.Binding, l store.BoundIssue, is *connectors.Issue, r store.Reading) (Said, error) {
	if r.Began.IsZero() {
		r = store.Reading{Binding: b.ID, Ref: is.Ref, Began: is.Updated}
	}
	began, pages := g.Now(), 0
	for page, err := range b.Tracker.Comments(ctx, is.Ref, r.Place) {
		if err != nil {
			return Said{}, err
		}
		if page.Next == "" {
			return g.lastPage(ctx, b, l, is, r, page.Comments)
		}
		r.Place, r.Known, r.Total = page.Next, r.Known+len(page.Comments), page.Total
		if err := g.putPage(ctx, b, l, is, r, page.Comments); err != nil {
			return Said{}, err
		}
		if pages++; pages >= readingPages || g.Now().Sub(began) >= readingTime {
			break
		}
	}
	return Said{More: Progress(r)}, nil
}

// lastPage ends a reading. Since its first page was read people may have changed what they
// said: of those comments the later words count.
func (g *Ingester) lastPage(ctx context.Context, b *binding.Binding, l store.BoundIssue, is *connectors.Issue, r store.Reading, last []connectors.Comment) (Said, error) {
	said := Said{Comments: last, Until: is.Updated}
	if r.Known == 0 {
		return said, nil // it was the only one
	}
	feed, ok := b.Tracker.(connectors.CommentFeed)
	if !ok {
		return g.lookup(ctx, b, l, is, said)
	}
	held, err := g.changes(ctx, feed, is.Ref, r.Began, func(cs []connectors.Comment) (bool, error) {
		return true, g.putPage(ctx, b, l, is, r, cs)
	})
	if err != nil {
		return Said{}, err
	}
	said.Comments = append(said.Comments, held...)
	return said, nil
}

// putPage stores one page of comments and the place of the next.
func (g *Ingester) putPage(ctx context.Context, b *binding.Binding, l store.BoundIssue, is *connectors.Issue, r store.Reading, cs []connectors.Comment) error {
	if err := g.AttributeComments(ctx, b, nil, cs); err != nil {
		return err
	}
	changes := is.Changes
	if l.Issue != nil {
		changes = slices.Concat(changes, l.Issue.Changes)
	}
	var heed, rest []connectors.Comment
	for _, c := range cs {
		if b.Profile.Heeds(changes, c) {
			heed = append(heed, c)
		} else {
			rest = append(rest, c)
		}
	}
	return g.Store.Write(ctx, func(t *store.Tx) error {
		_, err := t.PutComments(ctx, b.ID, r.Ref.ID, heed)
		if err != nil {
			return err
		}
		if _, err := t.PutHeard(ctx, b.ID, r.Ref.ID, rest); err != nil {
			return err
		}
		if err := g.own(ctx, t, b, r.Ref, cs); err != nil {
			return err
		}
		return t.PutReading(ctx, r)
	})
}

// own notes what conformd itself has written among the comments of an issue.
func (g *Ingester) own(ctx context.Context, t *store.Tx, b *binding.Binding, ref connectors.Ref, cs []connectors.Comment) error {
	l, err := t.BoundIssueOf(ctx, b.ID, connectors.Ref{ID: ref.ID})
	if err != nil {
		return err
	}
	if err := g.NoticeComments(ctx, t, b, l.Ref, cs); err != nil {
		return err
	}
	self, known := b.Self()
	if !known {
		return nil
	}
	return takeOver(ctx, t, b, l, cs, self)
}

// Progress says how far a reading got.
func Progress(r store.Reading) string {
	if r.Total <= r.Known {
		return fmt.Sprintf("reading the comments of %s, %d so far; nothing is decided before all are read", r.Ref, r.Known)
	}
	return fmt.Sprintf("reading the comments of %s, %d of about %d; nothing is decided before all are read", r.Ref, r.Known, r.Total)
}

// unread reports whether an issue has comments that are not known. Of an issue that is shown
// with its newest it notes until when the others are known.
func (g *Ingester) unread(ctx context.Context, t *store.Tx, b *binding.Binding, l *store.BoundIssue) (bool, error) {
	if l.Issue == nil || !b.Tracker.Capabilities().InlineComments {
		return false, nil
	}
	if until := l.Commented(l.Issue); !until.Equal(l.CommentsUntil) {
		l.CommentsUntil = until
		if err := t.CommentsKnown(ctx, b.ID, l.Ref.ID, until); err != nil {
			return false, err
		}
	}
	return l.Unread(), nil
}
