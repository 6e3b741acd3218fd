package github

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/transport"
)

// Attribute asks the GraphQL API for the events and the edits of up to a hundred issues, and
// for the edits of up to a hundred comments, in one request. A server without these fields,
// or a credential that may not ask for them, is asked for the events of the repository in
// the REST API instead, which tell nothing of texts.
func (c *Client) Attribute(ctx context.Context, issues []*connectors.Issue, comments []*connectors.Comment, soon []connectors.Ref) error {
	for _, i := range issues {
		i.History, i.Changes = connectors.HistoryUntold, nil
	}
	if len(issues)+len(comments) == 0 {
		return nil
	}
	self, err := c.identity(ctx)
	if err != nil {
		return err
	}
	// One after the other: the answer to the one before may tell of these issues, too.
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return request{op: "attribute"}.err(connectors.Unavailable, ctx.Err())
	}
	if c.isUntold() {
		return c.fromEvents(ctx, issues)
	}
	for left, said := c.answered(issues, self), comments; len(left)+len(said) > 0; {
		n, m := min(len(left), mostAsked), min(len(said), mostAsked)
		err := c.attribute(ctx, self, left[:n], said[:m], soon)
		soon = nil
		if why, never := cannotTell(err); never {
			c.tellsNot(why)
			return c.fromEvents(ctx, issues)
		}
		if err != nil {
			return err
		}
		left, said = left[n:], said[m:]
	}
	return nil
}

// attribute asks for some issues and comments. If the answer is longer than conformd reads,
// or took GitHub too long, it asks for half of them at a time.
func (c *Client) attribute(ctx context.Context, self connectors.User, issues []*connectors.Issue, comments []*connectors.Comment, soon []connectors.Ref) error {
	err := c.attributeOnce(ctx, self, issues, comments, soon)
	if err == nil || len(issues)+len(soon) < 2 || !tooMuch(err) {
		return err
	}
	if len(soon) > 0 {
		return c.attribute(ctx, self, issues, comments, nil)
	}
	half := len(issues) / 2
	if err := c.attribute(ctx, self, issues[:half], comments, nil); err != nil {
		return err
	}
	return c.attribute(ctx, self, issues[half:], nil, nil)
}

// tooMuch reports whether an answer failed because of its size: GitHub ends a query that
// takes more than ten seconds with 502 or 504.
// https://docs.github.com/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
func tooMuch(err error) bool {
	e, ok := errors.AsType[*connectors.Error](err)
	return ok && (errors.Is(err, transport.ErrTooLarge) || e.Status == http.StatusBadGateway || e.Status == http.StatusGatewayTimeout)
}

func (c *Client) attributeOnce(ctx context.Context, self connectors.User, issues []*connectors.Issue, comments []*connectors.Comment, soon []connectors.Ref) error {
	r := request{op: "attribute", method: http.MethodPost, path: c.graphPath(), query: true}
	refs := make([]connectors.Ref, len(issues))
	for n, i := range issues {
		refs[n] = i.Ref
	}
	soon = ahead(refs, soon)
	query, asked, err := r.historyQuery(append(refs, soon...))
	if err != nil {
		return err
	}
	ids, err := c.nodesOf(ctx, comments)
	if err != nil {
		return err
	}
	vars := map[string]any{}
	if len(ids) > 0 {
		query, vars["ids"] = query.withComments(), slices.Collect(maps.Keys(ids))
		slices.Sort(vars["ids"].([]string))
	}
	r.body = c.graphQuery(query.String(), vars)
	var w wireHistories
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return err
	}
	if err := c.graphFailed(r, a, w.Errors); err != nil {
		return err
	}
	if w.Data == nil || len(asked) > 0 && w.Data.Repository == nil {
		return r.garbage(a, nil)
	}
	kept := map[string]tidings{}
	for alias, refs := range asked {
		h := w.Data.Repository[alias]
		if h == nil {
			continue // it is gone since it was read
		}
		if graphID(h.ID) == "" || !h.complete() {
			return r.garbage(a, nil)
		}
		for _, i := range issues {
			// Another issue may have taken the number of one that is gone.
			if slices.Contains(refs, i.Ref) && i.Ref.ID == graphID(h.ID) {
				c.told(i, h, self)
			}
		}
		if slices.ContainsFunc(soon, func(s connectors.Ref) bool { return s.ID == graphID(h.ID) }) && h.size() <= mostKept {
			kept[graphID(h.ID)] = tidings{h, a.date()}
		}
	}
	if len(soon) > 0 {
		c.keep(kept)
	}
	for _, n := range w.Data.Nodes {
		if n == nil {
			continue
		}
		if !n.At.shown {
			return r.garbage(a, nil)
		}
		if said := ids[n.ID]; said != nil {
			said.Edited, said.Editor = n.At.at.UTC(), connectors.User{}
			if !said.Edited.IsZero() {
				said.Editor = c.actor(n.Editor)
			}
		}
	}
	return nil
}

// A historyQuery asks for what happened to issues and comments.
type historyQuery struct {
	issues string
	said   bool
}

func (r request) historyQuery(refs []connectors.Ref) (historyQuery, map[string][]connectors.Ref, error) {
	if len(refs) == 0 {
		return historyQuery{}, nil, nil
	}
	q, asked, err := r.selectIssues(refs)
	return historyQuery{issues: q}, asked, err
}

func (q historyQuery) withComments() historyQuery {
	q.said = true
	return q
}

// String writes the query with the fragments that it uses, and no others: an unused one is
// a mistake.
func (q historyQuery) String() string {
	var b strings.Builder
	var vars []string
	b.WriteString(whoFragment)
	if q.issues != "" {
		b.WriteString(historyOf)
		vars = append(vars, "$owner: String!", "$name: String!")
	}
	if q.said {
		b.WriteString(commentEdits)
		vars = append(vars, "$ids: [ID!]!")
	}
	b.WriteString("query(" + strings.Join(vars, ", ") + ") {\n" + q.issues)
	if q.said {
		b.WriteString("  nodes(ids: $ids) { ...said }\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// commentEdits is what is asked of each comment.
// https://docs.github.com/graphql/reference/objects#issuecomment
const commentEdits = `fragment said on IssueComment { id lastEditedAt editor { ...who } }
`

type wireHistories struct {
	Data *struct {
		Repository map[string]*wireHistory `json:"repository"`
		Nodes      []*wireCommentEdit      `json:"nodes"`
	} `json:"data"`
	Errors []wireGraphError `json:"errors"`
}

func (w *wireHistories) complete() bool { return w.Data != nil || len(w.Errors) > 0 }

type wireCommentEdit struct {
	ID     string     `json:"id"`
	At     shownTime  `json:"lastEditedAt"`
	Editor *wireActor `json:"editor"`
}

// mostNodes bounds how many comments have their global id remembered.
const mostNodes = 10_000

// know remembers the global id of a comment, by which alone it can be asked for in GraphQL.
func (c *Client) know(comment, node string) {
	if node == "" {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.nodes) >= mostNodes {
		clear(c.nodes)
	}
	c.nodes[comment] = node
}

// nodesOf returns the comments by their global ids. One whose id is not remembered is read
// once more.
func (c *Client) nodesOf(ctx context.Context, comments []*connectors.Comment) (map[string]*connectors.Comment, error) {
	out := map[string]*connectors.Comment{}
	for _, said := range comments {
		c.mu.Lock()
		node := c.nodes[said.ID]
		c.mu.Unlock()
		if node == "" {
			var w wireComment
			_, err := c.fetch(ctx, request{op: "attribute", ref: said.Issue, method: http.MethodGet, path: c.path("issues/comments/" + said.ID)}, &w)
			switch connectors.KindOf(err) {
			case connectors.NotFound, connectors.Gone:
				continue // deleted since it was read
			}
			if err != nil {
				return nil, err
			}
			node = w.NodeID
		}
		if node != "" {
			out[node] = said
		}
	}
	return out, nil
}

// cannotTell reports whether a server or a credential will never answer the query, and why.
func cannotTell(err error) (why string, never bool) {
	e, ok := errors.AsType[*connectors.Error](err)
	switch {
	case !ok:
		return "", false
	case unsupported(err):
		return "the server does not know the query", true
	case e.Kind == connectors.Denied:
		return "the account may not ask: " + e.Detail, true
	default:
		return "", false
	}
}

// forgive is how long a server that could not tell is taken at its word: it may be upgraded,
// and a credential may be given a right.
const forgive = time.Hour

func (c *Client) tellsNot(why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.untold, c.untoldAt = why, time.Now()
}

func (c *Client) isUntold() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.untold != "" && time.Since(c.untoldAt) < forgive
}

// untoldProblem asks for the history of an issue that need not exist, and says what does not
// count where the server does not tell.
func (c *Client) untoldProblem(ctx context.Context) ([]connectors.Problem, error) {
	r := request{op: "check", method: http.MethodPost, path: c.graphPath(), query: true}
	q, _, err := r.historyQuery([]connectors.Ref{{Key: "#1"}})
	if err != nil {
		return nil, err
	}
	r.body = c.graphQuery(q.String(), nil)
	var w wireHistories
	a, err := c.fetch(ctx, r, &w)
	if err == nil {
		err = c.graphFailed(r, a, w.Errors)
	}
	why, never := cannotTell(err)
	c.tellsNot(why)
	if !never {
		return nil, err
	}
	return []connectors.Problem{{
		Code: "unattributed",
		What: "GitHub does not tell who edited descriptions and comments (GraphQL: " + why + "): such an edit is recorded without a person, so it proposes and never decides, " +
			"and a command in a comment that somebody edited within the second of its posting looks unedited",
		Remedy: "give the account access to the GraphQL API of this repository, or upgrade the Enterprise Server; labels, assignees, titles and states keep their authors",
	}}, nil
}
