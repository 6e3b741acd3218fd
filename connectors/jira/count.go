package jira

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// Count asks Data Center for the total of a search. The search of Cloud has no total; Cloud
// counts at an address of its own, approximately and from its index, as Atlassian says
// (https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/).
func (c *Client) Count(ctx context.Context, query string) (int, error) {
	const op = "count"
	query = strings.TrimSpace(query)
	err := checkSelect(query)
	if query == "" {
		err = errors.New("the search is empty")
	}
	if err != nil {
		return 0, &connectors.Error{Op: op, Kind: connectors.Rejected, Err: err}
	}
	l, err := c.lens(ctx)
	if err != nil {
		return 0, err
	}
	search := strings.Join(slices.Concat(c.project(), []string{"(" + query + ")"}), " AND ")
	if l.cloud {
		var w wireCount
		_, err := c.do(ctx, request{op: op, method: http.MethodPost, path: "rest/api/3/search/approximate-count", body: map[string]string{"jql": search}}, &w)
		return w.n(), err
	}
	q := request{op: op, method: http.MethodGet, path: "rest/api/2/search", query: url.Values{"jql": {search}, "maxResults": {"0"}, "fields": {"key"}}}
	if len(q.query.Encode()) > longURL {
		q.method, q.query, q.body = http.MethodPost, nil, map[string]any{"jql": search, "maxResults": 0, "fields": []string{"key"}}
	}
	var w wireTotal
	_, err = c.do(ctx, q, &w)
	return w.n(), err
}

// wireCount is the answer of Cloud.
type wireCount struct {
	Count *int `json:"count"`
}

func (w *wireCount) complete() bool { return w.Count != nil && *w.Count >= 0 }

func (w *wireCount) n() int {
	if !w.complete() {
		return 0 // beside an error
	}
	return *w.Count
}

// wireTotal is the answer of Data Center.
type wireTotal struct {
	Total *int `json:"total"`
}

func (w *wireTotal) complete() bool { return w.Total != nil && *w.Total >= 0 }

func (w *wireTotal) n() int {
	if !w.complete() {
		return 0 // beside an error
	}
	return *w.Total
}
