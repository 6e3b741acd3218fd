package jira

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// write sends a request that changes something. Its error names the fields that Jira refused
// by the caller's names; Jira itself names them by id.
func (c *Client) write(ctx context.Context, q request, v any) (*answer, error) {
	q.write = true
	a, err := c.do(ctx, q, v)
	e, ok := errors.AsType[*connectors.Error](err)
	if !ok || e.Kind != connectors.Rejected || a == nil {
		return a, err
	}
	c.forgetLogins()
	w := explained(a)
	if len(w.fields) == 0 {
		return a, err
	}
	// Without the list of fields the error has their ids: the refusal matters more.
	idx, listErr := c.fieldList(ctx)
	if listErr != nil {
		idx = newFieldIndex(nil)
	}
	e.Fields = map[connectors.Field]string{}
	names := map[string]string{}
	for id, text := range w.fields {
		e.Fields[c.contractName(idx, id)] = text
		if f := idx.byID[id]; f != nil {
			names[id] = f.Name
		}
	}
	e.Detail = w.text(names)
	return a, e
}

// contractName returns the contract's name of the field with an id.
func (c *Client) contractName(idx *fieldIndex, id string) connectors.Field {
	if name := system()[id]; name != "" {
		return name
	}
	if id == "comment" {
		return connectors.Body
	}
	selectors := slices.Sorted(slices.Values(c.cfg.Fields))
	for _, selector := range selectors {
		if f, problem := idx.resolve(selector); problem == "" && f.ID == id {
			return connectors.Custom(selector)
		}
	}
	if f := idx.byID[id]; f != nil {
		return connectors.Custom(f.Name)
	}
	return connectors.Custom(id)
}

// refusedField is the error for a request that was not sent because of the value of one field.
func refusedField(op string, ref connectors.Ref, field connectors.Field, why string) error {
	return &connectors.Error{
		Op: op, Ref: ref, Kind: connectors.Rejected, Detail: strings.TrimPrefix(string(field), "field:") + ": " + why,
		Fields: map[connectors.Field]string{field: why},
	}
}
