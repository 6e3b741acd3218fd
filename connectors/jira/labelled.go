package jira

import (
	"context"
	"iter"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Labelled lists the issues of the project that carry a label, of every type.
func (c *Client) Labelled(ctx context.Context, label string) iter.Seq2[[]*connectors.Issue, error] {
	const op = "labelled"
	return func(yield func([]*connectors.Issue, error) bool) {
		l, err := c.lens(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		conditions := append(c.project(), "labels = "+quote(label))
		err = c.walk(ctx, op, l, "updated", conditions, time.Time{}, func(hits []wireIssue, _, _ time.Time) (bool, error) {
			issues, err := c.convert(ctx, op, l, hits)
			if err != nil {
				return false, err
			}
			return yield(issues, nil), nil
		})
		if err != nil {
			yield(nil, err)
		}
	}
}
