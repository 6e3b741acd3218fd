package jira

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// pageSize is how many issues one page of a listing asks for.
const pageSize = 100

// Changed yields the selected issues that were updated at or after since, oldest
// update first. The search index may be behind by seconds to minutes.
//
// Changed also yields a bound issue that is no longer selected, because its type was changed
// or it no longer matches Select: such a change must not make it invisible. So a listing
// since some time does not ask for the type but filters other types itself. A listing of
// everything is followed by the bound issues that it did not show; for these, Changed lists
// ids first.
func (c *Client) Changed(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
	return c.list(ctx, since, false)
}

// All yields the selected issues that were updated at or after a time, oldest update
// first. The search decides which issues are selected.
func (c *Client) All(ctx context.Context, from time.Time) iter.Seq2[connectors.Page, error] {
	return c.list(ctx, from, true)
}

func (c *Client) list(ctx context.Context, since time.Time, selected bool) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		l, err := c.lens(ctx)
		if err != nil {
			yield(connectors.Page{}, err)
			return
		}
		list := &listing{c: c, l: l, since: since, selectedOnly: selected, seen: map[string]bool{}, yield: yield}
		if err := list.run(ctx); err != nil {
			yield(connectors.Page{}, err)
		}
	}
}

// A listing is one walk of Changed.
type listing struct {
	c     *Client
	l     *lens
	since time.Time
	at    time.Time // the server's clock at the first answer
	seen  map[string]bool
	// selectedOnly leaves out bound issues that are not selected.
	selectedOnly bool
	yield        func(connectors.Page, error) bool
	stopped      bool
}

func (g *listing) run(ctx context.Context) error {
	all := g.selectedOnly || g.since.IsZero() || g.c.cfg.Known == nil
	conditions := g.c.project()
	if all {
		conditions = append(conditions, g.c.types("in")...)
	}
	conditions = append(conditions, g.c.further()...)
	err := g.c.walk(ctx, "changed", g.l, "updated", conditions, g.since, func(hits []wireIssue, date, through time.Time) (bool, error) {
		if g.at.IsZero() {
			g.at = date
		}
		if !all {
			hits = slices.DeleteFunc(hits, func(w wireIssue) bool { return !g.selected(&w) })
		}
		return g.page(ctx, hits, through)
	})
	if err != nil || g.stopped || g.selectedOnly || !g.since.IsZero() || g.c.cfg.Known == nil || len(conditions) == 1 {
		return err
	}
	return g.strays(ctx)
}

// page yields the issues that one request found.
func (g *listing) page(ctx context.Context, hits []wireIssue, through time.Time) (bool, error) {
	issues, err := g.c.convert(ctx, "changed", g.l, hits)
	if err != nil {
		return false, err
	}
	return g.show(issues, through), nil
}

func (g *listing) show(issues []*connectors.Issue, through time.Time) bool {
	for _, is := range issues {
		g.seen[is.Ref.ID] = true
	}
	g.stopped = !g.yield(connectors.Page{Issues: issues, At: g.at, Through: through}, nil)
	return !g.stopped
}

// Selected reads one issue and returns it if it belongs to the binding. Only the search can
// evaluate Select, so Selected asks it for this one issue. A new issue is not selected before
// the search index has it.
func (c *Client) Selected(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	if len(c.further()) > 0 {
		return c.searchOne(ctx, l, ref)
	}
	w, err := c.read(ctx, l, ref)
	if err != nil || !strings.HasPrefix(w.Key, c.cfg.Project+"-") || !c.selectedType(w) {
		return nil, err
	}
	return c.one(ctx, "get", l, w)
}

// searchOne asks the search for one issue.
func (c *Client) searchOne(ctx context.Context, l *lens, ref connectors.Ref) (*connectors.Issue, error) {
	which := "id = " + ref.ID
	if ref.ID == "" {
		which = "key = " + quote(ref.Key)
	}
	conditions := slices.Concat([]string{which}, c.project(), c.types("in"), c.further())
	var found *wireIssue
	err := c.walk(ctx, "get", l, "updated", conditions, time.Time{}, func(hits []wireIssue, _, _ time.Time) (bool, error) {
		if len(hits) > 0 {
			found = &hits[0]
		}
		return false, nil
	})
	if err != nil || found == nil {
		return nil, err
	}
	return c.one(ctx, "get", l, found)
}

// selected reports whether an issue has one of the selected types, or is bound.
func (g *listing) selected(w *wireIssue) bool { return g.c.selectedType(w) || g.c.cfg.Known(w.ID) }

// selectedType reports whether an issue has one of the selected types.
func (c *Client) selectedType(w *wireIssue) bool {
	var kind wireNamed
	if len(c.cfg.IssueTypes) == 0 || json.Unmarshal(w.Fields["issuetype"], &kind) != nil {
		return true // without a type, the issue is read
	}
	return slices.ContainsFunc(c.cfg.IssueTypes, func(name string) bool { return strings.EqualFold(name, kind.Name) })
}

// strays yields the bound issues of the project that are no longer selected.
func (g *listing) strays(ctx context.Context) error {
	conditions := g.c.project()
	if len(g.c.further()) == 0 { // without Select, only another type can be the reason
		conditions = append(conditions, g.c.types("not in")...)
	}
	var found []connectors.Ref
	err := g.c.ids(ctx, g.l, conditions, func(id string) {
		if !g.seen[id] && g.c.cfg.Known(id) {
			g.seen[id] = true
			found = append(found, connectors.Ref{ID: id})
		}
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(found, pageSize) {
		issues, err := g.c.GetMany(ctx, part)
		if err != nil {
			return err
		}
		if !g.show(issues, time.Time{}) {
			return nil
		}
	}
	return nil
}
