package jira

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

type wireTransitions struct {
	List []wireTransition `json:"transitions"`
}

type wireTransition struct {
	ID     string     `json:"id"`
	Name   string     `json:"name"`
	To     wireStatus `json:"to"`
	Fields map[string]struct {
		Required bool `json:"required"`
		Default  bool `json:"hasDefaultValue"`
	} `json:"fields"`
}

func (t *wireTransition) has(field string) bool {
	_, ok := t.Fields[field]
	return ok
}

// open counts the required fields that would stay empty.
func (t *wireTransition) open(reason string) int {
	n := 0
	for id, f := range t.Fields {
		if f.Required && !f.Default && (id != "resolution" || reason == "") {
			n++
		}
	}
	return n
}

func (s *wireStatus) is(target string) bool {
	return s.ID == target || strings.EqualFold(s.Name, target)
}

// transition moves an issue to a status. It first reads the transitions, because they depend on
// the present status of the issue and on the account.
func (c *Client) transition(ctx context.Context, ref connectors.Ref, to connectors.Target) (connectors.Written, error) {
	const op = "update"
	var w wireIssue
	here := request{op: op, ref: ref, method: http.MethodGet, path: issuePath(ref, ""), query: url.Values{"fields": {"status"}}}
	a, err := c.do(ctx, here, &w)
	if err != nil {
		return connectors.Written{}, err
	}
	var status wireStatus
	if decode(w.Fields["status"], &status) != nil || status.Name == "" {
		return connectors.Written{}, &connectors.Error{Op: op, Ref: ref, Kind: connectors.Malformed, Status: a.status, Err: errCut}
	}
	if status.is(to.Name) {
		return connectors.Written{Ref: ref, Status: a.status, RequestID: a.requestID()}, nil
	}
	var list wireTransitions
	ask := request{op: op, ref: ref, method: http.MethodGet, path: issuePath(ref, "/transitions"), query: url.Values{"expand": {"transitions.fields"}}}
	if _, err := c.do(ctx, ask, &list); err != nil {
		return connectors.Written{}, err
	}
	t := choose(list.List, to)
	if t == nil {
		return connectors.Written{}, rejected(op, ref, "no transition leads from "+status.Name+" to "+to.Name+"; reachable: "+reachable(list.List))
	}
	body := map[string]any{"transition": map[string]string{"id": t.ID}}
	if to.Reason != "" && t.has("resolution") {
		body["fields"] = map[string]any{"resolution": map[string]string{"name": to.Reason}}
	}
	a, err = c.write(ctx, request{op: op, ref: ref, method: http.MethodPost, path: issuePath(ref, "/transitions"), body: body}, nil)
	if err != nil {
		return connectors.Written{}, err
	}
	return connectors.Written{Ref: ref, Status: a.status, RequestID: a.requestID()}, nil
}

// choose picks the transition to the target: the one with the fewest required fields that
// would stay empty, then one that takes the resolution, then the first.
func choose(list []wireTransition, to connectors.Target) *wireTransition {
	var best *wireTransition
	for i := range list {
		t := &list[i]
		if !t.To.is(to.Name) {
			continue
		}
		better := best == nil || t.open(to.Reason) < best.open(to.Reason) ||
			t.open(to.Reason) == best.open(to.Reason) && to.Reason != "" && t.has("resolution") && !best.has("resolution")
		if better {
			best = t
		}
	}
	return best
}

// reachable lists the statuses that the transitions lead to.
func reachable(list []wireTransition) string {
	var names []string
	for i := range list {
		names = append(names, list[i].To.Name)
	}
	if len(names) == 0 {
		return "none, so the account may lack the permission to make transitions"
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
