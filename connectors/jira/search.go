package jira

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// hits says which search hits to return, and which parts of them.
type hits struct {
	jql        string
	fields     []string
	properties bool   // our entity property too, which Data Center does not show
	token      string // of the next page, Cloud
	start      int    // offset, Data Center
	size       int    // of a page; 0: pageSize. Pages of another size come without history.
}

// longURL is the length of a query beyond which proxies may refuse the address.
const longURL = 6000

// search asks for one page. It sends a GET, which the transport repeats when it fails on the
// way, or a POST if the query is too long for an address.
func (c *Client) search(ctx context.Context, op, path string, h hits, page any) (*answer, error) {
	q := request{op: op, method: http.MethodGet, path: path, query: url.Values{
		"jql": {h.jql}, "fields": {strings.Join(h.fields, ",")}, "maxResults": {strconv.Itoa(cmp.Or(h.size, pageSize))},
	}}
	body := map[string]any{"jql": h.jql, "fields": h.fields, "maxResults": cmp.Or(h.size, pageSize)}
	if h.size == 0 {
		q.query.Set("expand", "changelog")
		body["expand"] = []string{"changelog"}
		if strings.HasSuffix(path, "/jql") {
			body["expand"] = "changelog" // a text on Cloud, a list on Data Center
		}
	}
	if h.properties {
		q.query.Set("properties", propertyKey)
		body["properties"] = []string{propertyKey}
	}
	if h.token != "" {
		q.query.Set("nextPageToken", h.token)
		body["nextPageToken"] = h.token
	}
	if h.start > 0 {
		q.query.Set("startAt", strconv.Itoa(h.start))
		body["startAt"] = h.start
	}
	if len(q.query.Encode()) > longURL {
		q.method, q.query, q.body = http.MethodPost, nil, body
	}
	return c.do(ctx, q, page)
}
