package github

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// Changed lists the issues that changed at or after since.
//
// The listing is ordered by time of change, and each request continues a second
// before the newest time of the page before, instead of from a page number: an issue
// that changes meanwhile moves to the end and is met again, and nothing slips across a
// page boundary. Page numbers serve only while a whole page lies within two seconds.
//
// GitHub's filter by label is not used: an issue that lost a selecting label
// would vanish from the listing in the moment when it must be looked at.
func (c *Client) Changed(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
	return c.issues(ctx, since, nil)
}

// All lists the issues that carry the selecting labels: GitHub's filter, like the
// configuration, asks for all of several. It cannot ask for a label with a comma. Issues
// of our own making that lost their labels are left out.
func (c *Client) All(ctx context.Context, from time.Time) iter.Seq2[connectors.Page, error] {
	return c.issues(ctx, from, slices.DeleteFunc(slices.Clone(c.cfg.Labels), func(label string) bool { return strings.Contains(label, ",") }))
}

// issues lists the selected issues, in the order of change, that carry the labels.
func (c *Client) issues(ctx context.Context, since time.Time, labels []string) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r := request{op: "changed", method: http.MethodGet, path: c.path("issues"), again: true}
		query := url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"asc"}}
		if len(labels) > 0 {
			query.Set("labels", strings.Join(labels, ","))
		}
		var at time.Time
		for p, err := range changes[wireIssue](ctx, c, r, query, since) {
			if err == nil {
				_, err = c.identity(ctx)
			}
			if err != nil {
				yield(connectors.Page{}, err)
				return
			}
			if at.IsZero() {
				at = p.at
			}
			out := connectors.Page{At: at, Through: p.through()}
			for _, w := range p.rows {
				if w.isPull() {
					continue
				}
				if i := c.issue(&w); c.selected(i) {
					out.Issues = append(out.Issues, i)
				}
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// CommentsSince lists the comments of all issues that changed at or after since.
// Deleted comments do not show; only Comments reveals that they are missing.
func (c *Client) CommentsSince(ctx context.Context, since time.Time) iter.Seq2[connectors.CommentPage, error] {
	c.mu.Lock()
	missing := c.noFeed
	c.mu.Unlock()
	if missing {
		return c.commentsByIssue(ctx, since)
	}
	return func(yield func(connectors.CommentPage, error) bool) {
		r := request{op: "comments", method: http.MethodGet, path: c.path("issues/comments"), again: true}
		query := url.Values{"sort": {"updated"}, "direction": {"asc"}}
		for p, err := range changes[wireComment](ctx, c, r, query, since) {
			if err == nil {
				_, err = c.identity(ctx)
			}
			if err != nil {
				yield(connectors.CommentPage{}, err)
				return
			}
			out := connectors.CommentPage{Through: p.through(), More: p.more}
			for _, w := range p.rows {
				n := numberOf(w.IssueURL[strings.LastIndexByte(w.IssueURL, '/')+1:])
				if n == 0 || strings.Contains(w.HTMLURL, "/pull/") {
					continue
				}
				repo := cmp.Or(repoOf(w.IssueURL), c.cfg.Owner+"/"+c.cfg.Repo)
				out.Comments = append(out.Comments, c.comment(&w, connectors.Ref{Key: fmt.Sprintf("%s#%d", repo, n)}))
			}
			if !yield(out, nil) {
				return
			}
		}
	}
}

// overlap is how far each listing looks back before the time that it is asked for.
// GitHub does not say whether since includes its very second, in which an issue may
// have changed after it was listed.
const overlap = time.Second

// changes walks a listing in the order of change.
func changes[T any, P row[T]](ctx context.Context, c *Client, r request, query url.Values, since time.Time) iter.Seq2[page[T], error] {
	return func(yield func(page[T], error) bool) {
		query, since = maps.Clone(query), since.Truncate(time.Second)
		first := since
		shown := map[string]time.Time{}
		for {
			if !since.IsZero() {
				query.Set("since", since.Add(-overlap).UTC().Format(time.RFC3339))
			}
			onward := false
			for p, err := range pages[T, P](ctx, c, r, query) {
				if err != nil {
					yield(p, err)
					return
				}
				p.rows = fresh[T, P](p.rows, first, shown)
				if !yield(p, nil) {
					return
				}
				if onward = p.full && p.sound && p.last.After(since); onward {
					since = p.last
					break
				}
			}
			if !onward {
				return
			}
		}
	}
}

// fresh leaves out the rows that are older than was asked for, and those that were
// shown in the same version.
func fresh[T any, P row[T]](rows []T, first time.Time, shown map[string]time.Time) []T {
	var out []T
	for n := range rows {
		id, updated := P(&rows[n]).key()
		if t, ok := shown[id]; ok && t.Equal(updated) || updated.Before(first) {
			continue
		}
		shown[id] = updated
		out = append(out, rows[n])
	}
	return out
}
