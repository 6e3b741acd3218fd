package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/conformd/conformd/connectors"
)

// React puts a reaction on a comment. GitHub answers 201 to a new one and 200 to one
// that was there already.
// https://docs.github.com/rest/reactions/reactions#create-reaction-for-an-issue-comment
func (c *Client) React(ctx context.Context, ref connectors.Ref, commentID, reaction string) (connectors.Written, error) {
	r := request{op: "react", ref: ref, method: http.MethodPost}
	if n, err := strconv.ParseInt(commentID, 10, 64); err != nil || n < 1 {
		return connectors.Written{}, r.err(connectors.Rejected, errCommentID)
	}
	if reaction != connectors.ThumbsUp && reaction != connectors.ThumbsDown {
		return connectors.Written{}, r.err(connectors.Rejected, fmt.Errorf("no reaction %q; there are: %s, %s", reaction, connectors.ThumbsUp, connectors.ThumbsDown))
	}
	r.path = c.path("issues/comments/" + commentID + "/reactions")
	r.body = map[string]string{"content": reaction}
	var w wireReaction
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return connectors.Written{}, err
	}
	return connectors.Written{Ref: ref, CommentID: commentID, Status: a.status, RequestID: a.head.Get("X-GitHub-Request-Id")}, nil
}

var errCommentID = errors.New("the comment id is no number")
