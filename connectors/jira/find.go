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

// FindCreated looks for the issue of a marker by its label, in every project, since it
// may have been moved; then among everything that this account created in the project
// since, by label and by property. Both go through the search index; what they find is
// read from the issue itself before it counts.
func (c *Client) FindCreated(ctx context.Context, marker string, since time.Time) ([]connectors.Ref, error) {
	const op = "find created"
	if !validMarker(marker) {
		return nil, rejected(op, connectors.Ref{}, "marker is not of the agreed form")
	}
	l, err := c.lens(ctx)
	if err != nil {
		return nil, err
	}
	// Only what identifies is asked for.
	narrow := *l
	narrow.only = []string{"labels", "creator", "created", "updated"}
	project, mine := "project = "+quote(c.cfg.Project), "creator = currentUser()"
	found := map[string]connectors.Ref{}
	collect := func(hits []wireIssue, _ time.Time) (bool, error) {
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
	slices.SortFunc(out, func(a, b connectors.Ref) int { return strings.Compare(a.ID, b.ID) })
	return out, nil
}

// carries reports whether a search hit is an issue of our account with the marker:
// its property decides where the hit shows it, which Data Center does only by a
// call; otherwise its label.
func (c *Client) carries(ctx context.Context, op string, l *lens, w *wireIssue, marker string) (bool, error) {
	var creator *wireUser
	if decode(w.Fields["creator"], &creator) != nil {
		return false, &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("the creator is no account")}
	}
	if creator.user().ID != l.self.ID {
		return false, nil
	}
	if m := propertyMarker(w.Properties[propertyKey]); m != "" {
		return m == marker, nil
	}
	var labels []string
	if decode(w.Fields["labels"], &labels) != nil {
		return false, &connectors.Error{Op: op, Kind: connectors.Malformed, Err: errors.New("labels are no list of texts")}
	}
	if slices.Contains(labels, markerLabel(marker)) {
		return true, nil
	}
	for _, label := range labels {
		if _, other := labelMarker(label); other {
			return false, nil
		}
	}
	if l.cloud {
		return false, nil
	}
	ref := connectors.Ref{ID: w.ID, Key: w.Key}
	var p wireProperty
	_, err := c.do(ctx, request{op: op, ref: ref, method: http.MethodGet, path: issuePath(ref, "/properties/"+propertyKey)}, &p)
	if connectors.KindOf(err) == connectors.NotFound {
		return false, nil
	}
	return propertyMarker(p.Value) == marker, err
}

// decode reads one field of an issue; a missing one is empty.
func decode(raw json.RawMessage, v any) error {
	if raw == nil {
		return nil
	}
	return json.Unmarshal(raw, v)
}
