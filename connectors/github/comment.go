package github

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/conformd/conformd/connectors"
)

// PostComment posts a comment whose first line is the marker.
func (c *Client) PostComment(ctx context.Context, ref connectors.Ref, body, marker string) (connectors.Written, error) {
	r := request{op: "comment", ref: ref, method: http.MethodPost}
	n := numberOf(ref.Key)
	if n == 0 {
		return connectors.Written{}, r.err(connectors.Rejected, errNoNumber)
	}
	r.path = c.path(fmt.Sprintf("issues/%d/comments", n))
	return c.writeComment(ctx, r, body, marker)
}

// EditComment replaces the text of a comment.
func (c *Client) EditComment(ctx context.Context, ref connectors.Ref, commentID, body, marker string) (connectors.Written, error) {
	r := request{op: "edit comment", ref: ref, method: http.MethodPatch}
	if n, err := strconv.ParseInt(commentID, 10, 64); err != nil || n < 1 {
		return connectors.Written{}, r.err(connectors.Rejected, errCommentID)
	}
	r.path = c.path("issues/comments/" + commentID)
	return c.writeComment(ctx, r, body, marker)
}

func (c *Client) writeComment(ctx context.Context, r request, body, marker string) (connectors.Written, error) {
	if !markerName.MatchString(marker) {
		return connectors.Written{}, r.err(connectors.Rejected, errMarker)
	}
	r.body = map[string]string{"body": withHeader(body, c.mark(marker))}
	var w wireComment
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return connectors.Written{}, c.destination(ctx, err)
	}
	return connectors.Written{
		Ref: r.ref, CommentID: decimal(w.ID), Status: a.status, RequestID: a.head.Get("X-GitHub-Request-Id"),
	}, nil
}
