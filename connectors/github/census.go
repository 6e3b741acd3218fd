package github

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Selects is the search for the selected issues, as GitHub's pages take it.
func (c *Client) Selects() string {
	words := []string{"repo:" + c.cfg.Owner + "/" + c.cfg.Repo, "is:issue"}
	for _, l := range c.cfg.Labels {
		words = append(words, "label:"+strconv.Quote(l))
	}
	return strings.Join(words, " ")
}

// Everything lists all issues of the repository in the order of change, pull requests apart.
func (c *Client) Everything(ctx context.Context) iter.Seq2[[]connectors.Counted, error] {
	return func(yield func([]connectors.Counted, error) bool) {
		r := request{op: "census", method: http.MethodGet, path: c.path("issues")}
		query := url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"asc"}}
		for p, err := range changes[wireIssue](ctx, c, r, query, time.Time{}) {
			if err == nil {
				_, err = c.identity(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			var out []connectors.Counted
			for i := range p.rows {
				if w := &p.rows[i]; !w.isPull() {
					is := c.issue(w)
					out = append(out, connectors.Counted{Issue: is, Selected: c.labelled(is)})
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}
