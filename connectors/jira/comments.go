package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/conformd/conformd/connectors"
)

// countComments tells how many comments an issue shows and how many it has.
func countComments(w *wireIssue) (shown, total int) {
	var c struct {
		Comments []json.RawMessage `json:"comments"`
		Total    int               `json:"total"`
	}
	if json.Unmarshal(w.Fields["comment"], &c) != nil {
		return 0, 0
	}
	return len(c.Comments), c.Total
}

// Comments returns all comments of an issue, oldest first.
func (c *Client) Comments(ctx context.Context, ref connectors.Ref) ([]connectors.Comment, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	is := &connectors.Issue{Ref: ref}
	if is.Comments, err = c.listComments(ctx, l, ref, map[string]connectors.User{}); err != nil {
		return nil, err
	}
	return is.Comments, c.markComments(ctx, "comments", l, []*connectors.Issue{is})
}

// listComments pages through the comments of an issue. One that is deleted
// meanwhile shifts the rest, so the listing starts over until the total stands
// still; the tries are bounded.
func (c *Client) listComments(ctx context.Context, l *lens, ref connectors.Ref, users map[string]connectors.User) ([]connectors.Comment, error) {
	var out []connectors.Comment
	for range 3 {
		out = out[:0]
		total, seen := -1, map[string]bool{}
		steady := true
		for start := 0; ; {
			var page wireComments
			q := request{op: "comments", ref: ref, method: http.MethodGet, path: issuePath(ref, "/comment"), query: pageQuery(start)}
			if _, err := c.do(ctx, q, &page); err != nil {
				return nil, err
			}
			steady = steady && (total < 0 || page.Total >= total)
			total = page.Total
			known := len(seen)
			for i := range page.Comments {
				if !seen[page.Comments[i].ID] {
					seen[page.Comments[i].ID] = true
					out = append(out, l.comment(&page.Comments[i], ref, users))
				}
			}
			if len(page.Comments) > 0 && len(seen) == known {
				return nil, &connectors.Error{Op: q.op, Ref: ref, Kind: connectors.Malformed, Err: errEndless}
			}
			if start += len(page.Comments); len(page.Comments) == 0 || start >= total {
				break
			}
		}
		if steady {
			break
		}
	}
	slices.SortStableFunc(out, byAge)
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
	for part := range slices.Chunk(ids, 1000) {
		var page wireMarks
		q := request{
			op: op, method: http.MethodPost, path: "rest/api/2/comment/list",
			query: url.Values{"expand": {"properties"}}, body: map[string]any{"ids": part},
		}
		if _, err := c.do(ctx, q, &page); err != nil {
			return err
		}
		for _, w := range page.Values {
			if x := ours[w.ID]; x != nil {
				m := commentMark(w.Properties)
				x.Marker, x.Installation = m.Marker, m.Installation
			}
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

// writeComment sends the body and the marker, and nothing else: Cloud refuses
// the empty author that go-jira's AddComment sends along.
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
