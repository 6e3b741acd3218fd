package jira

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// Create files an issue. The same request carries the marker twice, as a label and as an
// entity property: a workflow may remove labels, and search finds properties of installed
// apps only.
func (c *Client) Create(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
	if !validMarker(d.Marker) {
		return connectors.Written{}, rejected("create", connectors.Ref{}, "marker is not of the agreed form")
	}
	given := maps.Clone(d.Fields) // an empty field is not sent: the create screen may lack it
	maps.DeleteFunc(given, func(_ connectors.Field, v connectors.Value) bool { return v.Text == "" && len(v.Items) == 0 })
	fields, err := c.encode(ctx, "create", connectors.Ref{}, given, true)
	if err != nil {
		return connectors.Written{}, err
	}
	s, err := c.where(ctx)
	if err != nil {
		return connectors.Written{}, err
	}
	fields["labels"] = slices.Concat(d.Fields[connectors.Labels].Items, c.markLabels(d.Marker, s.cloud))
	fields["project"] = map[string]string{"key": c.cfg.Project}
	if fields["issuetype"] == nil && c.cfg.IssueType != "" {
		fields["issuetype"] = map[string]string{"name": c.cfg.IssueType}
	}
	q := request{op: "create", method: http.MethodPost, path: "rest/api/2/issue", body: map[string]any{
		"fields": fields, "properties": []any{map[string]any{"key": propertyKey, "value": c.mark(d.Marker)}},
	}}
	var w wireCreated
	a, err := c.write(ctx, q, &w)
	if err != nil {
		return connectors.Written{}, err
	}
	return connectors.Written{Ref: connectors.Ref{ID: w.ID, Key: w.Key}, Status: a.status, RequestID: a.requestID()}, nil
}

// Update applies p: fields and labels by one edit, or a status by one transition. An edit
// never names the status, because Jira would silently ignore it.
func (c *Client) Update(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
	if p.Empty() {
		return connectors.Written{Ref: ref}, nil
	}
	fields := len(p.Set) > 0 || len(p.AddLabels) > 0 || len(p.RemoveLabels) > 0
	switch {
	case p.Status != nil && fields:
		return connectors.Written{}, rejected("update", ref, "fields and a status cannot be written in one request")
	case p.Status != nil:
		return c.transition(ctx, ref, *p.Status)
	}
	if _, whole := p.Set[connectors.Labels]; whole {
		return connectors.Written{}, rejected("update", ref, "labels are added and removed, not set")
	}
	set, err := c.encode(ctx, "update", ref, p.Set, false)
	if err != nil {
		return connectors.Written{}, err
	}
	body := map[string]any{}
	if len(set) > 0 {
		body["fields"] = set
	}
	var verbs []map[string]string
	for _, label := range p.AddLabels {
		verbs = append(verbs, map[string]string{"add": label})
	}
	for _, label := range p.RemoveLabels {
		verbs = append(verbs, map[string]string{"remove": label})
	}
	if len(verbs) > 0 {
		body["update"] = map[string]any{"labels": verbs}
	}
	a, err := c.write(ctx, request{op: "update", ref: ref, method: http.MethodPut, path: issuePath(ref, ""), body: body}, nil)
	if err != nil {
		return connectors.Written{}, err
	}
	return connectors.Written{Ref: ref, Status: a.status, RequestID: a.requestID()}, nil
}

// encode converts fields for a write. An empty value becomes null, which clears the field; the
// structs of go-jira cannot express that.
func (c *Client) encode(ctx context.Context, op string, ref connectors.Ref, in map[connectors.Field]connectors.Value, creating bool) (map[string]any, error) {
	s, err := c.where(ctx)
	if err != nil {
		return nil, err
	}
	login := func(id string) (any, error) {
		if s.cloud {
			return map[string]string{"accountId": id}, nil
		}
		name, err := c.login(ctx, op, id)
		return map[string]string{"name": name}, err
	}
	ids := map[connectors.Field]string{}
	for id, name := range system() {
		if name != "" {
			ids[name] = id
		}
	}
	out := map[string]any{}
	for name, v := range in {
		if name == connectors.Labels && creating {
			continue
		}
		var f *fieldInfo
		if selector, custom := strings.CutPrefix(string(name), "field:"); custom {
			idx, err := c.fieldList(ctx)
			if err != nil {
				return nil, err
			}
			var problem string
			switch f, problem = idx.resolve(selector); problem {
			case missingField:
				return nil, refusedField(op, ref, name, "Jira has no field of this name")
			case ambiguousField:
				return nil, refusedField(op, ref, name, "Jira has several fields of this name")
			}
		} else if f = plain(ids[name]); f == nil {
			return nil, refusedField(op, ref, name, "Jira has no such field")
		}
		x, err := f.write(v, login)
		switch e, ok := errors.AsType[*connectors.Error](err); {
		case ok && e.Kind == connectors.Rejected:
			return nil, refusedField(op, ref, name, e.Detail)
		case connectors.KindOf(err) != "":
			return nil, err
		case err != nil:
			return nil, refusedField(op, ref, name, err.Error())
		}
		out[f.ID] = x
	}
	return out, nil
}

// plain describes the system fields that the contract has names for: they are the
// same on every site, so that a write of these needs no list of fields.
func plain(id string) *fieldInfo {
	f := &fieldInfo{ID: id, Name: id}
	switch id {
	case "summary", "description", "duedate":
		f.Schema.Type = "string"
	case "labels":
		f.Schema.Type, f.Schema.Items = "array", "string"
	case "assignee":
		f.Schema.Type = "user"
	case "issuetype", "priority":
		f.Schema.Type = id
	default:
		return nil
	}
	return f
}
