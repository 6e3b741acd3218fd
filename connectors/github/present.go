package github

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/conformd/conformd/connectors"
)

// presenceOf is what is asked of each issue. Ids of issues do not fit databaseId any more;
// an issue has at most a hundred labels.
// https://docs.github.com/graphql/reference/objects#issue
const presenceOf = `fragment asked on Issue {
  fullDatabaseId
  updatedAt
  labels(first: 100) {
    nodes {
      name
    }
  }
}
`

type wirePresence struct {
	ID      json.RawMessage `json:"fullDatabaseId"`
	Updated shownTime       `json:"updatedAt"`
	Labels  struct {
		Nodes []wireLabel `json:"nodes"`
	} `json:"labels"`
}

// Present asks the GraphQL API, a hundred issues at a time. A server without it, or
// whose issues have no fullDatabaseId yet, is asked for one issue at a time.
func (c *Client) Present(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
	out := map[string]connectors.Presence{}
	for len(refs) > 0 {
		part := refs[:min(len(refs), mostAsked)]
		err := c.present(ctx, part, out)
		if unsupported(err) {
			return c.presentEach(ctx, refs, out)
		}
		if err != nil {
			return nil, err
		}
		refs = refs[len(part):]
	}
	return out, nil
}

// unsupported reports whether a server refused a query because it has no GraphQL API or
// does not know a field of the query.
func unsupported(err error) bool {
	e, ok := errors.AsType[*connectors.Error](err)
	return ok && (e.Kind == connectors.NotFound && e.Status == http.StatusNotFound ||
		e.Kind == connectors.Rejected && e.Status == http.StatusOK)
}

func (c *Client) present(ctx context.Context, refs []connectors.Ref, into map[string]connectors.Presence) error {
	r := request{op: "present", method: http.MethodPost, path: c.graphPath(), query: true}
	g, a, err := askGraph[wirePresence](ctx, c, r, presenceOf, refs)
	if err != nil {
		return err
	}
	for alias, asked := range g.asked {
		i := g.shown[alias]
		if i == nil {
			if !g.explained(alias) {
				return r.garbage(a, nil)
			}
			continue
		}
		if graphID(i.ID) == "" || i.Updated.at.IsZero() || slices.ContainsFunc(i.Labels.Nodes, func(l wireLabel) bool { return !l.complete() }) {
			return r.garbage(a, nil)
		}
		for _, ref := range asked {
			if ref.ID == graphID(i.ID) {
				into[ref.ID] = presence(i.Updated.at, i.Labels.Nodes)
			}
		}
	}
	return nil
}

func presence(updated time.Time, labels []wireLabel) connectors.Presence {
	p := connectors.Presence{Updated: updated.UTC()}
	if labels != nil {
		p.Labels = []string{}
	}
	for _, l := range labels {
		p.Labels = append(p.Labels, l.Name)
	}
	return p
}

// atOnce is how many issues are read side by side where each takes a request.
const atOnce = 4

func (c *Client) presentEach(ctx context.Context, refs []connectors.Ref, into map[string]connectors.Presence) (map[string]connectors.Presence, error) {
	var mu sync.Mutex
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for ref := range slices.Values(refs) {
		g.Go(func() error {
			w, _, err := c.get(ctx, "present", ref)
			switch connectors.KindOf(err) {
			case connectors.NotFound, connectors.Gone, connectors.Moved:
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			into[ref.ID] = presence(w.UpdatedAt, w.Labels)
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return into, nil
}
