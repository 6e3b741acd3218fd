package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/conformd/conformd/connectors"
)

// commentsAtOnce is how many comments one request asks for.
const commentsAtOnce = 100

// Of an issue with more comments than commentsWhole, Issue.Comments holds the newest
// commentsNewest, however the issue was read: the same issue must have the same version.
const (
	commentsWhole  = 500
	commentsNewest = 100
)

// completeComments fetches the comments that an issue has and does not show.
func (c *Client) completeComments(ctx context.Context, l *lens, w *wireIssue, is *connectors.Issue) error {
	var shown struct {
		Comments []json.RawMessage `json:"comments"`
		StartAt  int               `json:"startAt"`
		Total    int               `json:"total"`
	}
	if json.Unmarshal(w.Fields["comment"], &shown) != nil {
		return nil // there are none
	}
	n := len(shown.Comments)
	switch {
	case shown.Total > commentsWhole && n >= commentsNewest && (n == shown.Total || shown.StartAt+n == shown.Total):
		is.Comments = is.Comments[len(is.Comments)-commentsNewest:]
		is.Older = shown.Total - commentsNewest
	case shown.Total > commentsWhole:
		return c.newestComments(ctx, l, is)
	case n < shown.Total:
		all, err := connectors.AllComments(c.commentPages(ctx, l, is.Ref, place{}, is.Users))
		if err != nil {
			return err
		}
		is.Comments = all
		slices.SortStableFunc(is.Comments, byAge)
	}
	return nil
}

// newestComments fetches the newest comments of an issue.
func (c *Client) newestComments(ctx context.Context, l *lens, is *connectors.Issue) error {
	var page wireComments
	query := url.Values{"orderBy": {"-created"}, "startAt": {"0"}, "maxResults": {strconv.Itoa(commentsNewest)}}
	if _, err := c.do(ctx, request{op: "comments", ref: is.Ref, method: http.MethodGet, path: issuePath(is.Ref, "/comment"), query: query}, &page); err != nil {
		return err
	}
	is.Comments, is.Older = nil, page.Total-len(page.Comments)
	for i := range page.Comments {
		is.Comments = append(is.Comments, l.comment(&page.Comments[i], is.Ref, is.Users))
	}
	slices.SortStableFunc(is.Comments, byAge)
	return nil
}

// Comments yields the comments of an issue, oldest first.
func (c *Client) Comments(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		l, err := c.lens(ctx)
		if err != nil {
			yield(connectors.CommentPage{}, err)
			return
		}
		for page, err := range c.commentPages(ctx, l, ref, parsePlace(from), map[string]connectors.User{}) {
			if err == nil {
				is := &connectors.Issue{Ref: ref, Comments: page.Comments}
				err = c.markComments(ctx, "comments", l, []*connectors.Issue{is})
			}
			if !yield(page, err) || err != nil {
				return
			}
		}
	}
}

// A place is how far the comments of an issue were read: how many, and the last of them.
type place struct {
	read    int
	last    string // its id
	created int64  // and when it was posted, in milliseconds
}

// String is the form in which a place is stored.
func (p place) String() string { return fmt.Sprintf("%d:%d:%s", p.read, p.created, p.last) }

// parsePlace reads what String wrote. Anything else is the start.
func parsePlace(s string) place {
	var p place
	if n, err := fmt.Sscanf(s, "%d:%d:%s", &p.read, &p.created, &p.last); err != nil || n != 3 || p.read <= 0 {
		return place{}
	}
	return p
}

// follows reports whether nothing was skipped between the place and a page.
func (p place) follows(page []wireComment) bool {
	return len(page) > 0 && page[0].Created.UnixMilli() < p.created || slices.ContainsFunc(page, func(w wireComment) bool { return w.ID == p.last })
}

// commentPages pages through the comments of an issue. Each page begins with the last
// comment of the page before. If that is not there, earlier comments were deleted, which
// shifts the rest: the listing steps back until it meets that one, or one before it.
func (c *Client) commentPages(ctx context.Context, l *lens, ref connectors.Ref, at place, users map[string]connectors.User) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		seen := map[string]bool{}
		for back := 0; ; {
			start := max(0, at.read-1)
			var page wireComments
			query := pageQuery(start)
			query.Set("orderBy", "created")
			q := request{op: "comments", ref: ref, method: http.MethodGet, path: issuePath(ref, "/comment"), query: query}
			if _, err := c.do(ctx, q, &page); err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
			if start > 0 && !at.follows(page.Comments) {
				at.read = max(0, at.read-commentsAtOnce<<back)
				back++
				continue
			}
			back = 0
			out := connectors.CommentPage{Total: page.Total}
			for i := range page.Comments {
				if w := &page.Comments[i]; !seen[w.ID] && (start == 0 || w.ID != at.last) {
					seen[w.ID] = true
					out.Comments = append(out.Comments, l.comment(w, ref, users))
				}
			}
			slices.SortStableFunc(out.Comments, byAge)
			n := len(page.Comments)
			if n > 0 && start+n < page.Total {
				if len(out.Comments) == 0 {
					yield(connectors.CommentPage{}, &connectors.Error{Op: q.op, Ref: ref, Kind: connectors.Malformed, Err: errEndless})
					return
				}
				at = place{start + n, page.Comments[n-1].ID, page.Comments[n-1].Created.UnixMilli()}
				out.Next, out.More = at.String(), (page.Total-at.read+commentsAtOnce-2)/(commentsAtOnce-1)
			}
			if !yield(out, nil) || out.Next == "" {
				return
			}
		}
	}
}

// CommentsByID reads comments of an issue by their ids: in one request on Cloud, one by one
// on Data Center, which has no such call.
func (c *Client) CommentsByID(ctx context.Context, ref connectors.Ref, ids []string) ([]connectors.Comment, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	var list []wireComment
	if l.cloud {
		var numbers []int64
		for _, id := range ids {
			if n, err := strconv.ParseInt(id, 10, 64); err == nil {
				numbers = append(numbers, n)
			}
		}
		list, err = c.listByID(ctx, "comments by id", numbers)
	} else {
		list, err = c.getComments(ctx, ref, ids)
	}
	if err != nil {
		return nil, err
	}
	var out []connectors.Comment
	for i := range list {
		if !list[i].complete() {
			return nil, &connectors.Error{Op: "comments by id", Ref: ref, Kind: connectors.Malformed, Err: errCut}
		}
		out = append(out, l.comment(&list[i], ref, map[string]connectors.User{}))
	}
	slices.SortStableFunc(out, byAge)
	return out, nil
}

func (c *Client) getComments(ctx context.Context, ref connectors.Ref, ids []string) ([]wireComment, error) {
	var out []wireComment
	for _, id := range ids {
		var w wireComment
		_, err := c.do(ctx, request{op: "comments by id", ref: ref, method: http.MethodGet, path: issuePath(ref, "/comment/"+url.PathEscape(id))}, &w)
		if k := connectors.KindOf(err); k == connectors.NotFound || k == connectors.Gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

// listByID reads comments with their properties, on Cloud.
func (c *Client) listByID(ctx context.Context, op string, ids []int64) ([]wireComment, error) {
	var out []wireComment
	for part := range slices.Chunk(ids, 1000) {
		var page wireMarks
		q := request{
			op: op, method: http.MethodPost, path: "rest/api/2/comment/list",
			query: url.Values{"expand": {"properties"}}, body: map[string]any{"ids": part},
		}
		if _, err := c.do(ctx, q, &page); err != nil {
			return nil, err
		}
		out = append(out, page.Values...)
	}
	return out, nil
}

// markComments reads the markers of our own comments on Cloud, which shows the
// properties of comments only in a call of its own.
func (c *Client) markComments(ctx context.Context, op string, l *lens, list []*connectors.Issue) error {
	if !l.cloud {
		return nil
	}
	ours := map[string]*connectors.Comment{}
	var ids []int64
	for _, is := range list {
		for i := range is.Comments {
			if x := &is.Comments[i]; x.Author.ID == l.self.ID {
				if id, err := strconv.ParseInt(x.ID, 10, 64); err == nil {
					ours[x.ID], ids = x, append(ids, id)
				}
			}
		}
	}
	marks, err := c.listByID(ctx, op, ids)
	if err != nil {
		return err
	}
	for _, w := range marks {
		if x := ours[w.ID]; x != nil {
			m := commentMark(w.Properties)
			x.Marker, x.Installation = m.Marker, m.Installation
		}
	}
	return nil
}

// PostComment posts a comment that carries marker.
func (c *Client) PostComment(ctx context.Context, ref connectors.Ref, body, marker string) (connectors.Written, error) {
	return c.writeComment(ctx, request{op: "comment", ref: ref, method: http.MethodPost, path: issuePath(ref, "/comment")}, body, marker)
}

// EditComment replaces the text of one of conformd's comments, keeping its marker.
func (c *Client) EditComment(ctx context.Context, ref connectors.Ref, commentID, body, marker string) (connectors.Written, error) {
	path := issuePath(ref, "/comment/"+url.PathEscape(commentID))
	return c.writeComment(ctx, request{op: "edit comment", ref: ref, method: http.MethodPut, path: path}, body, marker)
}

// writeComment sends only the body and the marker: Cloud refuses the empty author that
// go-jira's AddComment adds.
func (c *Client) writeComment(ctx context.Context, q request, body, marker string) (connectors.Written, error) {
	s, err := c.where(ctx)
	if err != nil {
		return connectors.Written{}, err
	}
	send := map[string]any{"body": body}
	if s.cloud {
		send["properties"] = []any{map[string]any{"key": propertyKey, "value": c.mark(marker)}}
	} else {
		send["body"] = withAnchor(body, c.mark(marker))
	}
	q.body = send
	var w wirePosted
	a, err := c.write(ctx, q, &w)
	if err != nil {
		return connectors.Written{}, err
	}
	return connectors.Written{Ref: q.ref, CommentID: w.ID, Status: a.status, RequestID: a.requestID()}, nil
}
