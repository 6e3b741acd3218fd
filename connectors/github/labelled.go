package github

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Labelled lists the issues of the repository that carry a label, open and closed, pull requests
// apart. GitHub's filter takes a comma for the end of a label, so a label with one is refused.
func (c *Client) Labelled(ctx context.Context, label string) iter.Seq2[[]*connectors.Issue, error] {
	return func(yield func([]*connectors.Issue, error) bool) {
		r := request{op: "labelled", method: http.MethodGet, path: c.path("issues")}
		if label == "" || strings.Contains(label, ",") {
			yield(nil, r.err(connectors.Rejected, errors.New("GitHub cannot list issues by an empty label or one with a comma")))
			return
		}
		query := url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"asc"}, "labels": {label}}
		for p, err := range changes[wireIssue](ctx, c, r, query, time.Time{}) {
			if err == nil {
				_, err = c.identity(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			var out []*connectors.Issue
			for i := range p.rows {
				if w := &p.rows[i]; !w.isPull() {
					out = append(out, c.issue(w))
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}
