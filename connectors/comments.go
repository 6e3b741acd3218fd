package connectors

import (
	"context"
	"iter"
	"time"
)

// A CommentFeed is implemented by trackers that list comments by the time of their last
// change. CommentsSince yields the comments of all issues that were updated at or after
// since, oldest first, with Issue set at least to the Key. CommentsOf yields those of one
// issue, in the order of Reader.Comments and from the source of truth like it.
type CommentFeed interface {
	CommentsSince(ctx context.Context, since time.Time) iter.Seq2[CommentPage, error]
	CommentsOf(ctx context.Context, ref Ref, since time.Time) iter.Seq2[CommentPage, error]
}

// A CommentLookup is implemented by trackers that show some issues with their newest
// comments only (Issue.Older). CommentsByID reads comments of one issue by their ids; those
// that are gone are left out.
type CommentLookup interface {
	CommentsByID(ctx context.Context, ref Ref, ids []string) ([]Comment, error)
}

// A CommentPage is a part of a listing of comments.
type CommentPage struct {
	Comments []Comment
	// Through says how far a listing of all issues got, as Page.Through does of issues.
	Through time.Time
	// More is how many requests the rest of the listing takes, 0 where that is not known.
	More int
	// Next is where Reader.Comments goes on after this page; "" at the end of the listing,
	// and in the listings of a CommentFeed.
	Next string
	// Total is how many comments the issue has, about; 0 where that is not known.
	Total int
}

// AllComments collects the pages of a listing.
func AllComments(pages iter.Seq2[CommentPage, error]) ([]Comment, error) {
	var out []Comment
	for page, err := range pages {
		if err != nil {
			return nil, err
		}
		out = append(out, page.Comments...)
	}
	return out, nil
}
