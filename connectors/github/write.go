package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

var errMarker = errors.New("the marker must match [a-z0-9-]{8,64}")

// Create files an issue whose body ends with the marker.
func (c *Client) Create(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
	r := request{op: "create", method: http.MethodPost, path: c.path("issues")}
	if !markerName.MatchString(d.Marker) {
		return connectors.Written{}, r.err(connectors.Rejected, errMarker)
	}
	body := map[string]any{"title": "", "body": withFooter("", c.mark(d.Marker))}
	for f, v := range d.Fields {
		if err := c.put(ctx, r, body, f, v, c.mark(d.Marker)); err != nil {
			return connectors.Written{}, err
		}
	}
	r.body = body
	return c.writeIssue(ctx, r)
}

// put puts the value of a field into the body of a write; of is the mark of the issue.
func (c *Client) put(ctx context.Context, r request, body map[string]any, f connectors.Field, v connectors.Value, of mark) error {
	switch f {
	case connectors.Title:
		body["title"] = v.Text
	case connectors.Body:
		body["body"] = withFooter(v.Text, of)
	case connectors.Labels:
		body["labels"] = v.Items
	case connectors.Type:
		body["type"] = typeName(v)
	case connectors.Assignee:
		logins, err := c.assignees(ctx, r, v)
		if err != nil {
			return err
		}
		body["assignees"] = logins
	default:
		return r.refusedField(f, "an issue of GitHub has no such field")
	}
	return nil
}

// typeName is what sets an issue type; null clears it.
func typeName(v connectors.Value) any {
	if v.Text == "" {
		return nil
	}
	return v.Text
}

// writeIssue sends a write that GitHub answers with the issue.
func (c *Client) writeIssue(ctx context.Context, r request) (connectors.Written, error) {
	if _, err := c.identity(ctx); err != nil {
		return connectors.Written{}, err
	}
	var w wireIssue
	a, err := c.fetch(ctx, r, &w)
	if err != nil {
		return connectors.Written{}, c.destination(ctx, err)
	}
	i := c.issue(&w)
	if r.ref.ID != "" && r.ref.ID != i.Ref.ID {
		e := r.err(connectors.Moved, errors.New("the answer shows another issue"))
		e.Status, e.To = a.status, i.Ref
		return connectors.Written{}, e
	}
	return connectors.Written{Ref: i.Ref, Issue: i, Status: a.status, RequestID: a.head.Get("X-GitHub-Request-Id")}, nil
}

// destination completes a Moved error of a write, which follows no redirect,
// with where a read of the same issue leads.
func (c *Client) destination(ctx context.Context, err error) error {
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok || e.Kind != connectors.Moved || e.To != (connectors.Ref{}) {
		return err
	}
	_, _, readErr := c.get(ctx, e.Op, e.Ref)
	if m, ok := errors.AsType[*connectors.Error](readErr); ok && m.Kind == connectors.Moved {
		e.To = m.To
	}
	return e
}

// Update changes an issue with one PATCH, which names only what changes.
//
// GitHub replaces labels and assignees as whole sets, and the marker lives in the
// body; so a patch of any of these reads the issue first, and is refused if that is
// not the version it was made for. A label or an assignee that a person sets between
// the read and the write is lost; the answer shows the set as it is then, and the
// issue's history both changes.
func (c *Client) Update(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
	r := request{op: "update", ref: ref, method: http.MethodPatch}
	n := numberOf(ref.Key)
	if n == 0 {
		return connectors.Written{}, r.err(connectors.Rejected, errNoNumber)
	}
	if p.Empty() {
		return connectors.Written{}, r.err(connectors.Rejected, errors.New("the patch is empty"))
	}
	r.path = c.path(fmt.Sprintf("issues/%d", n))
	body := map[string]any{}
	if p.Status != nil {
		if p.Status.Name != "open" && p.Status.Name != "closed" {
			return connectors.Written{}, r.err(connectors.Rejected, fmt.Errorf("no status %q; there are: open, closed", p.Status.Name))
		}
		body["state"] = p.Status.Name
		if p.Status.Reason != "" {
			body["state_reason"] = p.Status.Reason
		}
	}
	_, setsBody := p.Set[connectors.Body]
	_, setsLabels := p.Set[connectors.Labels]
	relabels := len(p.AddLabels) > 0 || len(p.RemoveLabels) > 0
	if setsLabels && (relabels || len(p.Set[connectors.Labels].Items) == 0) {
		return connectors.Written{}, r.err(connectors.Rejected, errors.New("labels are added and removed, never cleared"))
	}
	_, assigns := p.Set[connectors.Assignee]
	var now *wireIssue
	if setsBody || relabels || assigns && p.IfVersion != "" {
		_, err := c.identity(ctx)
		if err != nil {
			return connectors.Written{}, err
		}
		if now, _, err = c.get(ctx, r.op, ref); err != nil {
			return connectors.Written{}, err
		}
		if is := c.issue(now); p.IfVersion != "" && is.Version != p.IfVersion {
			return connectors.Written{}, r.err(connectors.Conflict, errors.New("the issue changed since it was read"))
		}
	}
	var of mark
	if setsBody {
		// A marker without an installation gets this one, and one of another installation was
		// taken over: a patch is made for what was read.
		_, found := c.split(now)
		of = c.mark(found.marker)
	}
	if relabels {
		body["labels"] = relabeled(labels(now.Labels), p.AddLabels, p.RemoveLabels)
	}
	for f, v := range p.Set {
		if err := c.put(ctx, r, body, f, v, of); err != nil {
			return connectors.Written{}, err
		}
	}
	r.body = body
	return c.writeIssue(ctx, r)
}

// relabeled computes a label set; GitHub compares labels without case.
func relabeled(have, add, remove []string) []string {
	same := func(l string) func(string) bool {
		return func(o string) bool { return strings.EqualFold(l, o) }
	}
	out := slices.DeleteFunc(slices.Clone(have), func(l string) bool { return slices.ContainsFunc(remove, same(l)) })
	for _, l := range add {
		if !slices.ContainsFunc(out, same(l)) {
			out = append(out, l)
		}
	}
	if out == nil {
		out = []string{} // null would leave the labels as they are
	}
	return out
}

// FindCreated lists the issues that we created at or after the given time and
// looks for the marker in their bodies. The search index of GitHub is minutes
// late and is not asked.
func (c *Client) FindCreated(ctx context.Context, marker string, after time.Time) ([]connectors.Ref, error) {
	if r := (request{op: "find", method: http.MethodGet, path: c.path("issues")}); !markerName.MatchString(marker) {
		return nil, r.err(connectors.Rejected, errMarker)
	}
	all, err := c.Created(ctx, after)
	if err != nil {
		return nil, err
	}
	var out []connectors.Ref
	for _, m := range all {
		if m.Marker == marker {
			out = append(out, m.Ref)
		}
	}
	return out, nil
}

// Created lists the issues that we created at or after the given time, newest first. A
// transferred issue belongs to another repository and is not listed.
func (c *Client) Created(ctx context.Context, after time.Time) ([]connectors.Made, error) {
	r := request{op: "find", method: http.MethodGet, path: c.path("issues")}
	self, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	query := url.Values{"state": {"all"}, "creator": {self.Login}, "sort": {"created"}, "direction": {"desc"}}
	after = after.Truncate(time.Second)
	if !after.IsZero() {
		query.Set("since", after.Add(-overlap).UTC().Format(time.RFC3339))
	}
	var out []connectors.Made
	for p, err := range pages[wireIssue](ctx, c, r, query) {
		if err != nil {
			return nil, err
		}
		older := false
		for _, w := range p.rows {
			older = w.CreatedAt.Before(after)
			if older {
				break
			}
			// The author is compared here too: not every server filters by creator.
			if _, m := c.split(&w); m.marker != "" && !w.isPull() {
				out = append(out, connectors.Made{Ref: connectors.Ref{ID: decimal(w.ID), Key: c.key(&w)}, Marker: m.marker, Installation: m.installation})
			}
		}
		if older {
			break
		}
	}
	return out, nil
}

// CreateLabel creates a label of the repository; color is six hexadecimal
// digits. That it exists already is no error.
func (c *Client) CreateLabel(ctx context.Context, name, color, description string) error {
	r := request{op: "create label", method: http.MethodPost, path: c.path("labels")}
	r.body = map[string]string{"name": name, "color": color, "description": description}
	var l wireLabel
	_, err := c.fetch(ctx, r, &l)
	if e, ok := errors.AsType[*connectors.Error](err); ok && e.Kind == connectors.Rejected && strings.Contains(e.Detail, "already_exists") {
		return nil
	}
	return err
}
