package jira

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"time"

	"github.com/conformd/conformd/connectors"
)

// pageSize is how many issues one page of a listing asks for.
const pageSize = 100

// Changed yields the selected issues that were updated at or after since, oldest
// update first. The search index may be behind by seconds to minutes.
func (c *Client) Changed(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		l, err := c.lens(ctx)
		if err != nil {
			yield(connectors.Page{}, err)
			return
		}
		walk := c.walkOffsets
		if l.cloud {
			walk = c.walkTokens
		}
		conditions := c.scope()
		var at time.Time
		err = walk(ctx, "changed", l, "updated", conditions, since, func(hits []wireIssue, date time.Time) (bool, error) {
			if at.IsZero() {
				at = date
			}
			list, err := c.convert(ctx, "changed", l, hits)
			if err != nil {
				return false, err
			}
			return yield(connectors.Page{Issues: list, At: at}, nil), nil
		})
		if err != nil {
			yield(connectors.Page{}, err)
		}
	}
}

// mostIdle bounds how long a listing is followed that shows nothing new, beside
// what a moment that is read again shows again.
const mostIdle = 50

// visit is called with each page of a listing; it says whether to go on.
type visit func(hits []wireIssue, date time.Time) (bool, error)

// after is the condition that starts a listing.
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
	for {
		var page wireHits
		a, err := c.search(ctx, op, "rest/api/2/search/jql", q, &page)
		if err != nil {
			return err
		}
		more, err := do(page.Issues, a.date())
		if err != nil || !more || page.Next == "" {
			return err
		}
		if page.Next == q.token {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errEndless}
		}
		q.token = page.Next
	}
}

// walkOffsets lists on Data Center, which pages by offset only. An issue that
// changes during the listing moves to the end, and every later one moves up
// into the page already read. So each page starts anew at the last moment seen.
// Only among issues of the very same millisecond an offset is used, with half a
// page of overlap; if even the overlap has moved, that moment is read again.
func (c *Client) walkOffsets(ctx context.Context, op string, l *lens, order string, conditions []string, from time.Time, do visit) error {
	seen := map[string]string{} // id → moment last yielded
	start, first := 0, true
	idle := 0 // pages without a new issue
	for {
		q := hits{jql: jql(order, append(slices.Clip(conditions), after(order, from)...)...), fields: l.wanted(), start: start}
		var page wireHits
		a, err := c.search(ctx, op, "rest/api/2/search", q, &page)
		if err != nil {
			return err
		}
		var fresh []wireIssue
		for _, w := range page.Issues {
			stamp := string(w.Fields[order])
			if stamp == "" { // it would pass for seen
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
			start = 0 // nothing of the overlap was left: something may lie before
			for _, w := range fresh {
				delete(seen, w.ID)
			}
			continue
		}
		if len(fresh) > 0 {
			idle = 0
		}
		if len(fresh) > 0 || first {
			if more, err := do(fresh, a.date()); err != nil || !more {
				return err
			}
		}
		first = false
		if n := len(page.Issues); n == 0 || start+n >= page.Total {
			return nil
		}
		last, err := lastMoment(page.Issues, order)
		if err != nil {
			return &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errCut}
		}
		if last.After(from) {
			from, start = last, 0
		} else {
			start += max(1, len(page.Issues)/2)
		}
	}
}

// lastMoment is the value of a time field of the last hit.
func lastMoment(hits []wireIssue, field string) (time.Time, error) {
	var m moment
	err := json.Unmarshal(hits[len(hits)-1].Fields[field], &m)
	return m.Time, err
}
