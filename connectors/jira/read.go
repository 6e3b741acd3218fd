package jira

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/connectors"
)

// Get reads one issue, never from the search index. A moved issue keeps its id
// and comes with its new key.
func (c *Client) Get(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	w, err := c.read(ctx, l, ref)
	if err != nil {
		return nil, err
	}
	return c.one(ctx, "get", l, w)
}

// read requests one issue.
func (c *Client) read(ctx context.Context, l *lens, ref connectors.Ref) (*wireIssue, error) {
	q := request{op: "get", ref: ref, method: http.MethodGet, path: issuePath(ref, ""), query: url.Values{
		"fields": {strings.Join(l.wanted(), ",")}, "expand": {"changelog"}, "properties": {propertyKey},
	}}
	w := &wireIssue{}
	_, err := c.do(ctx, q, w)
	return w, err
}

// one converts one issue.
func (c *Client) one(ctx context.Context, op string, l *lens, w *wireIssue) (*connectors.Issue, error) {
	list, err := c.convert(ctx, op, l, []wireIssue{*w})
	if err != nil {
		return nil, err
	}
	return list[0], nil
}

// bulkSize is how many issues one bulkfetch takes.
const bulkSize = 100

// GetMany reads issues, never from the search index: a hundred at a time on Cloud, one at a
// time on Data Center, which has no such call. It leaves out issues that are gone or
// invisible.
func (c *Client) GetMany(ctx context.Context, refs []connectors.Ref) ([]*connectors.Issue, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	if !l.cloud {
		return c.getEach(ctx, refs)
	}
	var out []*connectors.Issue
	for part := range slices.Chunk(refs, bulkSize) {
		ids := make([]string, 0, len(part))
		for _, ref := range part {
			if ref.ID == "" {
				ref.ID = ref.Key
			}
			ids = append(ids, ref.ID)
		}
		var w wireHits
		q := request{op: "get many", method: http.MethodPost, path: "rest/api/2/issue/bulkfetch", body: map[string]any{
			"issueIdsOrKeys": ids, "fields": l.wanted(), "expand": []string{"changelog"}, "properties": []string{propertyKey},
		}}
		if _, err := c.do(ctx, q, &w); err != nil {
			return nil, err
		}
		list, err := c.convert(ctx, "get many", l, w.Issues)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

func (c *Client) getEach(ctx context.Context, refs []connectors.Ref) ([]*connectors.Issue, error) {
	found := make([]*connectors.Issue, len(refs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, ref := range refs {
		g.Go(func() error {
			is, err := c.Get(ctx, ref)
			if k := connectors.KindOf(err); k == connectors.NotFound || k == connectors.Gone {
				return nil
			}
			found[i] = is
			return err
		})
	}
	err := g.Wait()
	return slices.DeleteFunc(found, func(is *connectors.Issue) bool { return is == nil }), err
}

// convert turns wire issues into issues, and fetches the comments and history that were cut
// off.
func (c *Client) convert(ctx context.Context, op string, l *lens, list []wireIssue) ([]*connectors.Issue, error) {
	out := make([]*connectors.Issue, 0, len(list))
	for i := range list {
		is, err := l.issue(&list[i], c.browse)
		if err != nil {
			return nil, &connectors.Error{Op: op, Ref: connectors.Ref{ID: list[i].ID, Key: list[i].Key}, Kind: connectors.Malformed, Err: err}
		}
		if err := c.complete(ctx, l, &list[i], is); err != nil {
			// Gone since: the listing may be behind the truth, and what it
			// showed is still what it showed.
			if connectors.KindOf(err) != connectors.NotFound {
				return nil, err
			}
		}
		c.remember(is.Users)
		out = append(out, is)
	}
	if err := c.markComments(ctx, op, l, out); err != nil {
		return nil, err
	}
	for _, is := range out {
		if err := seal(is); err != nil {
			return nil, &connectors.Error{Op: op, Ref: is.Ref, Kind: connectors.Malformed, Err: err}
		}
	}
	return out, nil
}

// complete fetches comments and history where the issue shows only a part.
func (c *Client) complete(ctx context.Context, l *lens, w *wireIssue, is *connectors.Issue) error {
	if err := c.completeComments(ctx, l, w, is); err != nil {
		return err
	}
	if w.Changelog != nil && len(w.Changelog.Histories) >= w.Changelog.Total {
		is.History = connectors.HistoryListed
		return nil
	}
	if w.Changelog == nil || !l.cloud {
		return nil
	}
	is.Changes = nil
	seen := map[string]bool{}
	for start := 0; ; {
		var page wireHistories
		q := request{op: "changelog", ref: is.Ref, method: http.MethodGet, path: issuePath(is.Ref, "/changelog"), query: pageQuery(start)}
		if _, err := c.do(ctx, q, &page); err != nil {
			return err
		}
		known := len(seen)
		for i := range page.Values {
			if id := page.Values[i].ID; !seen[id] {
				seen[id] = true
				is.Changes = append(is.Changes, l.changes(&page.Values[i], is.Users)...)
			}
		}
		if len(page.Values) > 0 && len(seen) == known {
			return &connectors.Error{Op: q.op, Ref: is.Ref, Kind: connectors.Malformed, Err: errEndless}
		}
		if start += len(page.Values); len(page.Values) == 0 || start >= page.Total {
			if start >= page.Total {
				is.History = connectors.HistoryListed
			}
			return nil
		}
	}
}

func pageQuery(start int) url.Values {
	return url.Values{"startAt": {strconv.Itoa(start)}, "maxResults": {strconv.Itoa(commentsAtOnce)}}
}
