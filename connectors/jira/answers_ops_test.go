package jira_test

import (
	"context"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/jira"
)

// An operation is one call of the connector; it holds the result against the laws.
type operation struct {
	name   string
	bears  bool // a refusal is an answer to it
	writes bool
	run    func(context.Context, *jira.Client, *laws) error
}

func operations() []operation {
	ref := connectors.Ref{ID: "7", Key: "ISMS-7"}
	get := func(ctx context.Context, c *jira.Client, l *laws) error {
		is, err := c.Get(ctx, ref)
		if (is == nil) == (err == nil) {
			l.t.Errorf("%s = %+v, %v, want one of them", l.what, is, err)
		}
		if err == nil {
			l.whole(is)
			l.agrees(is)
		}
		return err
	}
	write := func(do func(context.Context, *jira.Client) (connectors.Written, error)) func(context.Context, *jira.Client, *laws) error {
		return func(ctx context.Context, c *jira.Client, l *laws) error {
			w, err := do(ctx, c)
			l.written(w, err)
			return err
		}
	}
	return []operation{
		{"get", false, false, get},
		{"serverInfo", false, false, learn(get, "deploymentType", "version")},
		{"myself", false, false, learn(get, "accountId", "key", "name")},
		{"field", false, false, learn(get, "id")},
		{"changed", false, false, func(ctx context.Context, c *jira.Client, l *laws) error {
			var shown []string
			for p, err := range c.Changed(ctx, time.Time{}) {
				if err != nil {
					return err
				}
				for _, is := range p.Issues {
					l.whole(is)
					shown = append(shown, is.Ref.ID)
				}
			}
			l.all(shown)
			return nil
		}},
		{"get many", true, false, func(ctx context.Context, c *jira.Client, l *laws) error {
			list, err := c.GetMany(ctx, []connectors.Ref{ref})
			for _, is := range list {
				if err == nil {
					l.whole(is)
				}
			}
			return err
		}},
		{"comments", false, false, func(ctx context.Context, c *jira.Client, l *laws) error {
			list, err := connectors.AllComments(c.Comments(ctx, ref, ""))
			if err == nil {
				l.comments(list)
			}
			return err
		}},
		{"find", false, false, func(ctx context.Context, c *jira.Client, l *laws) error {
			refs, err := c.FindCreated(ctx, marker, time.Time{})
			for _, r := range refs {
				l.ref(r)
			}
			return err
		}},
		{"reachable", false, false, func(ctx context.Context, c *jira.Client, l *laws) error {
			list, err := c.Reachable(ctx, ref)
			for _, s := range list {
				if s.Name == "" {
					l.t.Errorf("%s: status %+v", l.what, s)
				}
			}
			return err
		}},
		{"create", false, true, write(func(ctx context.Context, c *jira.Client) (connectors.Written, error) {
			return c.Create(ctx, connectors.Draft{Marker: marker, Fields: map[connectors.Field]connectors.Value{connectors.Title: {Text: "t"}}})
		})},
		{"update", false, true, write(func(ctx context.Context, c *jira.Client) (connectors.Written, error) {
			return c.Update(ctx, ref, connectors.Patch{AddLabels: []string{"a"}})
		})},
		{"assign", false, true, func(ctx context.Context, c *jira.Client, l *laws) error {
			w, err := c.Update(ctx, ref, connectors.Patch{Set: map[connectors.Field]connectors.Value{connectors.Assignee: {Text: "ana"}}})
			l.written(w, err)
			if !l.server.cloud && l.server.wrote {
				l.said(l.server.served[0], "name")
			}
			return err
		}},
		{"transition", false, true, write(func(ctx context.Context, c *jira.Client) (connectors.Written, error) {
			return c.Update(ctx, ref, connectors.Patch{Status: &connectors.Target{Name: "Closed", Reason: "Done"}})
		})},
		{"comment", false, true, write(func(ctx context.Context, c *jira.Client) (connectors.Written, error) {
			w, err := c.PostComment(ctx, ref, "x", marker)
			if err == nil && w.CommentID == "" {
				w.Ref = connectors.Ref{} // what the law refuses
			}
			return w, err
		})},
		{"check", true, false, func(ctx context.Context, c *jira.Client, _ *laws) error {
			_, err := c.Check(ctx)
			return err
		}},
	}
}

// learn holds that what was learnt from the first answer stands in it.
func learn(run func(context.Context, *jira.Client, *laws) error, members ...string) func(context.Context, *jira.Client, *laws) error {
	return func(ctx context.Context, c *jira.Client, l *laws) error {
		err := run(ctx, c, l)
		if err == nil {
			l.said(l.server.served[0], members...)
		}
		return err
	}
}
