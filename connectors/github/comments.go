package github

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Comments yields the comments of an issue, oldest first, from a place where an earlier
// walk was left.
func (c *Client) Comments(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
	return c.commentPages(ctx, ref, time.Time{}, parsePlace(from))
}

// CommentsOf yields the comments of an issue that were updated at or after since.
func (c *Client) CommentsOf(ctx context.Context, ref connectors.Ref, since time.Time) iter.Seq2[connectors.CommentPage, error] {
	return c.commentPages(ctx, ref, since.Truncate(time.Second), place{})
}

// commentPages walks the comments of an issue in the order in which they were posted.
// https://docs.github.com/rest/issues/comments#list-issue-comments
func (c *Client) commentPages(ctx context.Context, ref connectors.Ref, since time.Time, from place) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		r := request{op: "comments", ref: ref, method: http.MethodGet, steady: true}
		n := numberOf(ref.Key)
		if n == 0 {
			yield(connectors.CommentPage{}, r.err(connectors.Rejected, errNoNumber))
			return
		}
		r.path = c.path(fmt.Sprintf("issues/%d/comments", n))
		query := url.Values{}
		if !since.IsZero() {
			query.Set("since", since.Add(-overlap).UTC().Format(time.RFC3339))
		}
		for p, err := range pagesFrom[wireComment](ctx, c, r, query, from) {
			if err == nil {
				_, err = c.identity(ctx)
			}
			if err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
			out := connectors.CommentPage{More: p.more}
			if !p.end && since.IsZero() {
				out.Next, out.Total = p.next.String(), p.next.read+p.more*perPage
			}
			for _, w := range p.rows {
				if !w.UpdatedAt.Before(since) {
					out.Comments = append(out.Comments, c.comment(&w, ref))
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// String is the form in which a place is stored.
func (p place) String() string { return strconv.Itoa(p.read) + ":" + p.last }

// parsePlace reads what String wrote. Anything else is the start.
func parsePlace(s string) place {
	number, last, _ := strings.Cut(s, ":")
	read, err := strconv.Atoi(number)
	if err != nil || read <= 0 || last == "" {
		return place{}
	}
	return place{read, last}
}
