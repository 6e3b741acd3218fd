package jira

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// mostIdle bounds how many pages without a new issue a listing may have, not counting the pages
// of a moment that is read again.
const mostIdle = 50

// visit is called with each page of a listing and returns whether to go on. Through is the
// time of the last hit on the page: no later page has a hit that changed before it. It is zero
// on a page without hits.
type visit func(hits []wireIssue, date, through time.Time) (bool, error)

// walk lists the issues that meet the conditions, in the order of a time field.
func (c *Client) walk(ctx context.Context, op string, l *lens, order string, conditions []string, from time.Time, do visit) error {
	if l.cloud {
		return c.walkTokens(ctx, op, l, order, conditions, from, do)
	}
	return c.walkOffsets(ctx, op, l, order, conditions, from, do)
}

// after returns the condition at which a listing starts.
func after(order string, t time.Time) []string {
	if t.IsZero() {
		return nil
	}
	return []string{order + " >= " + epoch(t)}
}

// walkTokens lists on Cloud, from token to token. The search without tokens is
// gone there (https://developer.atlassian.com/changelog/#CHANGE-2046).
func (c *Client) walkTokens(ctx context.Context, op string, l *lens, order string, conditions []string, from time.Time, do visit) error {
	q := hits{jql: jql(order, append(conditions, after(order, from)...)...), fields: l.wanted(), properties: true}
	for empty := 0; ; {
		var page wireHits
		a, err := c.search(ctx, op, "rest/api/2/search/jql", q, &page)
		if err != nil {
			return err
		}
		through, err := lastMoment(page.Issues, order)
		if err != nil {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errCut}
		}
		more, err := do(page.Issues, a.date(), through)
		if err != nil || !more || page.Next == "" {
			return err
		}
		if empty++; len(page.Issues) > 0 {
			empty = 0
		}
		if page.Next == q.token || empty > mostIdle {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errEndless}
		}
		q.token = page.Next
	}
}

// walkOffsets lists on Data Center, which pages by offset only. An issue that
// changes during the listing moves to the end, and every later one moves up
// into the page already read. So each page starts anew at the last moment seen.
// Only among issues of the same millisecond does it use an offset, with half a page of
// overlap. If no hit of the overlap is left, it reads that moment again.
func (c *Client) walkOffsets(ctx context.Context, op string, l *lens, order string, conditions []string, from time.Time, do visit) error {
	seen := map[string]string{} // id → moment last yielded
	start, first := 0, true
	idle := 0 // pages without a new issue
	for {
		q := hits{jql: jql(order, append(slices.Clip(conditions), after(order, from)...)...), fields: l.wanted(), start: start, size: l.size}
		var page wireHits
		a, err := c.search(ctx, op, "rest/api/2/search", q, &page)
		if err != nil {
			return err
		}
		var fresh []wireIssue
		for _, w := range page.Issues {
			stamp := string(w.Fields[order])
			if stamp == "" { // without a time it would count as seen
				return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errCut}
			}
			if seen[w.ID] != stamp {
				seen[w.ID] = stamp
				fresh = append(fresh, w)
			}
		}
		if idle++; idle > mostIdle+len(seen)/(pageSize/2) {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errEndless}
		}
		if start > 0 && len(page.Issues) > 0 && len(fresh) == len(page.Issues) {
			start = 0 // no hit of the overlap is left, so an issue may have been skipped
			for _, w := range fresh {
				delete(seen, w.ID)
			}
			continue
		}
		if len(fresh) > 0 {
			idle = 0
		}
		last, err := lastMoment(page.Issues, order)
		if err != nil {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errCut}
		}
		if len(fresh) > 0 || first {
			if more, err := do(fresh, a.date(), last); err != nil || !more {
				return err
			}
		}
		first = false
		if n := len(page.Issues); n == 0 || start+n >= page.Total {
			return nil
		}
		if last.After(from) {
			from, start = last, 0
		} else {
			start += max(1, len(page.Issues)/2)
		}
	}
}

// lastMoment is the value of a time field of the last hit, zero without hits.
func lastMoment(hits []wireIssue, field string) (time.Time, error) {
	if len(hits) == 0 {
		return time.Time{}, nil
	}
	var m moment
	err := json.Unmarshal(hits[len(hits)-1].Fields[field], &m)
	return m.Time, err
}

// The most issues that a page shows when only their ids are asked for: on Cloud as
// documented (https://developer.atlassian.com/cloud/jira/platform/rest/v2/api-group-issue-search/),
// on Data Center as an administrator leaves jira.search.views.default.max.
const (
	idsCloud      = 5000
	idsDataCenter = 1000
)

// ids calls tell with the id of each issue that meets the conditions.
func (c *Client) ids(ctx context.Context, l *lens, conditions []string, tell func(id string)) error {
	const op = "changed"
	if !l.cloud {
		bare := *l
		bare.only, bare.size = []string{"updated"}, idsDataCenter
		return c.walkOffsets(ctx, op, &bare, "updated", conditions, time.Time{}, func(hits []wireIssue, _, _ time.Time) (bool, error) {
			for _, w := range hits {
				tell(w.ID)
			}
			return true, nil
		})
	}
	q := hits{jql: jql("created", conditions...), fields: []string{"id"}, size: idsCloud}
	for empty := 0; ; {
		var page wireIDs
		if _, err := c.search(ctx, op, "rest/api/2/search/jql", q, &page); err != nil {
			return err
		}
		for _, w := range page.Issues {
			tell(w.ID)
		}
		if page.Next == "" {
			return nil
		}
		if empty++; len(page.Issues) > 0 {
			empty = 0
		}
		if page.Next == q.token || empty > mostIdle {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errEndless}
		}
		q.token = page.Next
	}
}
