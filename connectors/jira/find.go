package jira

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/connectors"
)

// FindCreated looks for the issue of a marker by its label in every project, because the issue
// may have been moved. It then looks through all issues that this account created in the
// project since, by label and by property. Both use the search index; each hit is read from
// the issue itself before it counts.
func (c *Client) FindCreated(ctx context.Context, marker string, since time.Time) ([]connectors.Ref, error) {
	const op = "find created"
	if !validMarker(marker) {
		return nil, rejected(op, connectors.Ref{}, "marker is not of the agreed form")
	}
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	// Ask only for the fields that identify an issue.
	narrow := *l
	narrow.only = []string{"labels", "creator", "created", "updated"}
	project, mine := "project = "+quote(c.cfg.Project), "creator = currentUser()"
	found := map[string]connectors.Ref{}
	collect := func(hits []wireIssue, _, _ time.Time) (bool, error) {
		for _, w := range hits {
			ok, err := c.carries(ctx, op, l, &w, marker)
			if err != nil {
				return false, err
			}
			if ok {
				found[w.ID] = connectors.Ref{ID: w.ID, Key: w.Key}
			}
		}
		return true, nil
	}
	searches := [][]string{{"labels = " + quote(markerLabel(marker)), mine}, {project, mine}}
	for _, conditions := range searches {
		if err := c.walk(ctx, op, &narrow, "created", conditions, since, collect); err != nil {
			return nil, err
		}
		if len(found) > 0 {
			break
		}
	}
	out := make([]connectors.Ref, 0, len(found))
	for _, ref := range found {
		out = append(out, ref)
	}
	slices.SortStableFunc(out, func(a, b connectors.Ref) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// Created lists the issues that this account created since, in every project that it may see:
// an issue may have been moved, and its label removed.
func (c *Client) Created(ctx context.Context, after time.Time) ([]connectors.Made, error) {
	const op = "created"
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	narrow := *l
	narrow.only = []string{"labels", "creator", "created", "updated", "project"}
	var out []connectors.Made
	collect := func(hits []wireIssue, _, _ time.Time) (bool, error) {
		for _, w := range hits {
			marks, err := c.marks(ctx, op, l, &w)
			if err != nil {
				return false, err
			}
			var p struct {
				Key string `json:"key"`
			}
			if decode(w.Fields["project"], &p) != nil {
				return false, &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("the project is none")}
			}
			for _, m := range marks {
				made := connectors.Made{Ref: connectors.Ref{ID: w.ID, Key: w.Key}, Marker: m.Marker, Installation: m.Installation, Elsewhere: !strings.EqualFold(p.Key, c.cfg.Project)}
				if !slices.Contains(out, made) {
					out = append(out, made)
				}
			}
		}
		return true, nil
	}
	if err := c.walk(ctx, op, &narrow, "created", []string{"creator = currentUser()"}, after, collect); err != nil {
		return nil, err
	}
	return out, nil
}

// carries reports whether a search hit is an issue of our account with the marker.
func (c *Client) carries(ctx context.Context, op string, l *lens, w *wireIssue, marker string) (bool, error) {
	all, err := c.marks(ctx, op, l, w)
	return slices.ContainsFunc(all, func(m property) bool { return m.Marker == marker }), err
}

// marks returns the marks of a search hit, and none if another account created the issue. The
// property decides if the hit shows it (Data Center shows it only in a separate call),
// otherwise the labels.
func (c *Client) marks(ctx context.Context, op string, l *lens, w *wireIssue) ([]property, error) {
	var creator *wireUser
	if decode(w.Fields["creator"], &creator) != nil {
		return nil, &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("the creator is no account")}
	}
	if creator.user().ID != l.self.ID {
		return nil, nil
	}
	if m := propertyMark(w.Properties[propertyKey]); m.Marker != "" {
		return []property{m}, nil
	}
	var labels []string
	if decode(w.Fields["labels"], &labels) != nil {
		return nil, &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("labels are no list of texts")}
	}
	var out []property
	for _, label := range labels {
		if m, ok := labelMarker(label); ok {
			out = append(out, property{Marker: m, Installation: l.installation(labels)})
		}
	}
	if len(out) > 0 || l.cloud {
		return out, nil
	}
	ref := connectors.Ref{ID: w.ID, Key: w.Key}
	var p wireProperty
	_, err := c.do(ctx, request{op: op, ref: ref, method: http.MethodGet, path: issuePath(ref, "/properties/"+propertyKey)}, &p)
	if connectors.KindOf(err) == connectors.NotFound {
		return nil, nil
	}
	if m := propertyMark(p.Value); err == nil && m.Marker != "" {
		return []property{m}, nil
	}
	return nil, err
}

// decode reads one field of an issue; a missing one is empty.
func decode(raw json.RawMessage, v any) error {
	if raw == nil {
		return nil
	}
	return json.Unmarshal(raw, v)
}
