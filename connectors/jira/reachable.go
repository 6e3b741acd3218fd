package jira

import (
	"context"
	"net/http"
	"net/url"

	"github.com/conformd/conformd/connectors"
)

var _ connectors.Workflow = (*Client)(nil)

// Reachable returns the statuses to which our account can move an issue now. Whether a
// transition demands more, such as a field, shows only when it is tried.
func (c *Client) Reachable(ctx context.Context, ref connectors.Ref) ([]connectors.Status, error) {
	var list wireTransitions
	ask := request{op: "transitions", ref: ref, method: http.MethodGet, path: issuePath(ref, "/transitions"), query: url.Values{"expand": {"transitions.fields"}}}
	if _, err := c.do(ctx, ask, &list); err != nil {
		return nil, err
	}
	out := make([]connectors.Status, 0, len(list.List))
	for _, t := range list.List {
		out = append(out, connectors.Status{ID: t.To.ID, Name: t.To.Name, Done: t.To.Category.Key == "done"})
	}
	return out, nil
}
