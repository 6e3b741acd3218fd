package ingest

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/mapping"
)

// Comments that do not come with their issues are read after them: those of the whole
// repository that changed since a poll or a sweep began, which are few. The first scan
// wants all comments of the selected issues. It reads the listing of the repository's
// comments, or asks for each issue, whichever takes fewer requests.

// comments takes in the comments of all issues since the last scan. Those of issues that
// are not bound are left alone.
func (k *scan) comments(ctx context.Context) error {
	feed, ok := k.b.Tracker.(connectors.CommentFeed)
	if !ok || k.whole && k.b.Profile.Role == mapping.RoleAction { // where people decide nothing
		return nil
	}
	from := k.commentsSince()
	if k.progress.Stage == store.StageComments {
		from = k.from(from)
	}
	first := true
	for page, err := range feed.CommentsSince(ctx, from) {
		if err != nil {
			return err
		}
		if k.whole && first {
			n, err := k.g.Store.CountListed(ctx, k.b.ID)
			if err != nil {
				return err
			}
			if page.More > n {
				k.enter(store.StageEach)
				return nil
			}
		}
		first = false
		if err := k.said(ctx, page); err != nil {
			return err
		}
		if k.enough() {
			return nil
		}
	}
	return nil
}

// commentsSince is where the comments of the scan begin: the zero time for the beginning.
func (k *scan) commentsSince() time.Time {
	switch {
	case k.whole:
		return time.Time{}
	case k.sweep:
		return k.row.SweepSince.Add(-k.g.Overlap)
	default:
		return k.since()
	}
}

// said stores one page of comments.
func (k *scan) said(ctx context.Context, page connectors.CommentPage) error {
	if err := k.g.AttributeComments(ctx, k.b, nil, page.Comments); err != nil {
		return err
	}
	byIssue := map[connectors.Ref][]connectors.Comment{}
	for _, c := range page.Comments {
		byIssue[c.Issue] = append(byIssue[c.Issue], c)
	}
	return k.g.Store.Write(ctx, func(t *store.Tx) error {
		keys := slices.SortedFunc(maps.Keys(byIssue), func(a, b connectors.Ref) int {
			return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID))
		})
		for _, ref := range keys {
			if err := k.commented(ctx, t, ref, byIssue[ref]); err != nil {
				return err
			}
		}
		return k.onward(ctx, t, store.StageComments, page.Through)
	})
}

// commented takes in comments of one issue. Listings overlap: mostly all was said before.
func (k *scan) commented(ctx context.Context, t *store.Tx, ref connectors.Ref, cs []connectors.Comment) error {
	if heard, err := t.AllHeard(ctx, k.b.ID, ref, cs); err != nil || heard {
		return err
	}
	l, err := t.BoundIssueOf(ctx, k.b.ID, ref)
	if errors.Is(err, store.ErrNotFound) {
		return k.reserveNamed(ctx, t, ref, cs)
	}
	if err != nil || l.Issue == nil {
		return err
	}
	return k.g.said(ctx, t, k.b, l, cs)
}

// commentsOfEach asks for the comments of each listed issue, if comments left it to do so.
func (k *scan) commentsOfEach(ctx context.Context) error {
	if k.progress.Stage != store.StageEach {
		return nil
	}
	for {
		part, err := k.g.Store.ListedIssues(ctx, k.b.ID, k.progress.Checked, atATime)
		if err != nil || len(part) == 0 {
			return err
		}
		for _, ref := range part {
			if err := k.commentsOfOne(ctx, ref); err != nil {
				return err
			}
			if k.gotOn = true; k.enough() {
				return nil
			}
		}
	}
}

// commentsOfOne takes in the comments of a listed issue. If they are more than one page, the
// attempts on its record read the rest, so that no other issue waits for that.
func (k *scan) commentsOfOne(ctx context.Context, ref connectors.Ref) error {
	page, err := firstPage(k.b.Tracker.Comments(ctx, ref, ""))
	switch connectors.KindOf(err) {
	case connectors.NotFound, connectors.Gone, connectors.Moved:
		err = nil // it went after it was listed
	}
	if err != nil {
		return err
	}
	if err := k.g.AttributeComments(ctx, k.b, nil, page.Comments); err != nil {
		return err
	}
	k.progress.Checked = ref.ID
	return k.g.Store.Write(ctx, func(t *store.Tx) error {
		if len(page.Comments) > 0 {
			if err := k.commented(ctx, t, ref, page.Comments); err != nil {
				return err
			}
		}
		if page.Next != "" {
			if err := k.introduced(ctx, t, ref); err != nil {
				return err
			}
		}
		return t.PutProgress(ctx, k.b.ID, k.progress)
	})
}

// firstPage returns the first page of a listing.
func firstPage(pages iter.Seq2[connectors.CommentPage, error]) (connectors.CommentPage, error) {
	for page, err := range pages {
		return page, err
	}
	return connectors.CommentPage{}, nil
}

// heard reports whether nothing was said on an issue that is not known: because it is
// bound already, or because the scan reads all its comments.
func (k *scan) heard(ctx context.Context, t *store.Tx, is *connectors.Issue) (bool, error) {
	if k.whole || k.b.Tracker.Capabilities().InlineComments || !is.Created.Before(k.commentsSince()) {
		return true, nil
	}
	return t.IsBound(ctx, k.b.ID, is.Ref.ID)
}

// introduced has an issue read with its comments that the scan may just have bound: those
// that are older than its label are in no later listing.
func (k *scan) introduced(ctx context.Context, t *store.Tx, ref connectors.Ref) error {
	if k.b.Tracker.Capabilities().InlineComments {
		return nil
	}
	err := k.g.invalidate(ctx, t, k.b.ID, connectors.Ref{ID: ref.ID})
	if errors.Is(err, store.ErrNotFound) {
		return nil // it waits for its record
	}
	return err
}
