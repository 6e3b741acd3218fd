package jira

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Selects is the JQL of the selected issues.
func (c *Client) Selects() string { return strings.Join(c.selection(), " AND ") }

// selection are the conditions of the selected issues.
func (c *Client) selection() []string {
	return slices.Concat(c.project(), c.types("in"), c.further())
}

// Everything lists all issues of the project. Only the search can evaluate Select, so it is asked
// for the ids of the selected issues first.
func (c *Client) Everything(ctx context.Context) iter.Seq2[[]connectors.Counted, error] {
	const op = "census"
	return func(yield func([]connectors.Counted, error) bool) {
		l, err := c.lens(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		selected := map[string]bool{}
		if err := c.ids(ctx, l, c.selection(), func(id string) { selected[id] = true }); err != nil {
			yield(nil, err)
			return
		}
		err = c.walk(ctx, op, l, "updated", c.project(), time.Time{}, func(hits []wireIssue, _, _ time.Time) (bool, error) {
			issues, err := c.convert(ctx, op, l, hits)
			if err != nil {
				return false, err
			}
			out := make([]connectors.Counted, len(issues))
			for i, is := range issues {
				out[i] = connectors.Counted{Issue: is, Selected: selected[is.Ref.ID]}
			}
			return yield(out, nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}
