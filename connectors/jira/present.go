package jira

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/connectors"
)

// Present asks for a hundred issues at a time on Cloud. On Data Center, which has no such
// call, it asks for one at a time: its search refuses a list that names a deleted issue,
// and its index is not the source of truth.
func (c *Client) Present(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	if !l.cloud {
		return c.presentEach(ctx, refs)
	}
	out := map[string]connectors.Presence{}
	for part := range slices.Chunk(refs, bulkSize) {
		ids := make([]string, 0, len(part))
		for _, ref := range part {
			ids = append(ids, ref.ID)
		}
		var w wireHits
		q := request{op: "present", method: http.MethodPost, path: "rest/api/2/issue/bulkfetch", body: map[string]any{
			"issueIdsOrKeys": ids, "fields": []string{"updated"},
		}}
		if _, err := c.do(ctx, q, &w); err != nil {
			return nil, err
		}
		for i := range w.Issues {
			if err := c.presence(&w.Issues[i], out); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// presence notes when an issue last changed, unless it is now in another project.
func (c *Client) presence(w *wireIssue, into map[string]connectors.Presence) error {
	if !strings.HasPrefix(w.Key, c.cfg.Project+"-") {
		return nil
	}
	var m moment
	if err := json.Unmarshal(w.Fields["updated"], &m); err != nil || m.IsZero() {
		return &connectors.Error{Op: "present", Ref: connectors.Ref{ID: w.ID, Key: w.Key}, Kind: connectors.Malformed, Err: errCut}
	}
	into[w.ID] = connectors.Presence{Updated: m.Time}
	return nil
}

func (c *Client) presentEach(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
	out := map[string]connectors.Presence{}
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for _, ref := range refs {
		g.Go(func() error {
			var w wireIssue
			q := request{op: "present", ref: ref, method: http.MethodGet, path: issuePath(ref, ""), query: url.Values{"fields": {"updated"}}}
			_, err := c.do(ctx, q, &w)
			if k := connectors.KindOf(err); k == connectors.NotFound || k == connectors.Gone {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			return c.presence(&w, out)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
