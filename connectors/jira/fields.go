package jira

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// fieldInfo is a field as the site describes it.
type fieldInfo struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Custom bool   `json:"custom"`
	Schema struct {
		Type   string `json:"type"`
		Items  string `json:"items"`
		Custom string `json:"custom"` // "com.atlassian….:textarea"
	} `json:"schema"`
}

// fieldInfos are the fields of a site, which always has some.
type fieldInfos []fieldInfo

// fieldIndex finds fields by id and by name.
type fieldIndex struct {
	byID   map[string]*fieldInfo
	byName map[string][]*fieldInfo // by lower-case name
}

func newFieldIndex(list []fieldInfo) *fieldIndex {
	idx := &fieldIndex{byID: map[string]*fieldInfo{}, byName: map[string][]*fieldInfo{}}
	for i := range list {
		f := &list[i]
		idx.byID[f.ID] = f
		name := strings.ToLower(f.Name)
		idx.byName[name] = append(idx.byName[name], f)
	}
	return idx
}

// The problems of a selector.
const (
	missingField   = "missing-field"
	ambiguousField = "ambiguous-field"
)

// resolve finds the field of a selector, an id or a name. Names of custom fields
// may repeat in Jira; one that does is no selector.
func (idx *fieldIndex) resolve(selector string) (f *fieldInfo, problem string) {
	if f := idx.byID[selector]; f != nil {
		return f, ""
	}
	found := idx.byName[strings.ToLower(selector)]
	if len(found) > 1 {
		exact := slices.DeleteFunc(slices.Clone(found), func(f *fieldInfo) bool { return f.Name != selector })
		if len(exact) != 1 {
			return nil, ambiguousField
		}
		found = exact
	}
	if len(found) == 0 {
		return nil, missingField
	}
	return found[0], ""
}

// reference is an object that stands for something by name, as options, people
// and priorities do.
type reference struct {
	wireUser
	Value *string `json:"value"`
}

func (r *reference) text() string {
	switch {
	case r.Value != nil:
		return *r.Value
	case r.AccountID != "" || r.Key != "" && r.Display != "":
		return r.user().ID
	}
	return r.Name
}

// read converts a field's value; people it speaks of go into users. ok is false
// for what has no place in a Value, such as attachments.
func (f *fieldInfo) read(raw json.RawMessage, users map[string]connectors.User) (v connectors.Value, ok bool) {
	if string(raw) == "null" {
		return v, true
	}
	if f.Schema.Type == "array" {
		var parts []json.RawMessage
		if json.Unmarshal(raw, &parts) != nil {
			return v, false
		}
		for _, part := range parts {
			item, ok := readOne(part, users)
			if !ok {
				return v, false
			}
			v.Items = append(v.Items, item)
		}
		slices.Sort(v.Items)
		v.Items = slices.Compact(v.Items)
		return v, true
	}
	v.Text, ok = readOne(raw, users)
	return v, ok
}

func readOne(raw json.RawMessage, users map[string]connectors.User) (string, bool) {
	var any json.RawMessage
	var s string
	var n json.Number
	var r reference
	switch {
	case json.Unmarshal(raw, &any) != nil:
		return "", false
	case json.Unmarshal(raw, &s) == nil:
		return text(s), true
	case json.Unmarshal(raw, &n) == nil:
		return n.String(), true
	case json.Unmarshal(raw, &r) != nil:
		return "", false
	}
	if u := r.user(); r.Value == nil && r.text() == u.ID && u.ID != "" && users != nil {
		users[u.ID] = u
	}
	return r.text(), r.text() != ""
}

// write converts a value into what the API takes. login turns the id of a person
// into what a write wants.
func (f *fieldInfo) write(v connectors.Value, login func(string) (any, error)) (any, error) {
	if v.Text == "" && len(v.Items) == 0 {
		var null any
		return null, nil
	}
	one := func(kind, s string) (any, error) {
		switch kind {
		case "string", "date", "datetime", "any", "":
			return s, nil
		case "option":
			return map[string]string{"value": s}, nil
		case "user":
			return login(s)
		case "number":
			n, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return nil, fmt.Errorf("field %q takes a number, not %q", f.Name, s)
			}
			return n, nil
		}
		return map[string]string{"name": s}, nil
	}
	if f.Schema.Type != "array" {
		if len(v.Items) > 0 && f.Schema.Type == "string" {
			// A set in a text field: a line each, or in one line where there is one.
			sep := "\n"
			if strings.HasSuffix(f.Schema.Custom, ":textfield") {
				sep = "; "
			}
			items := v.Items
			if v.Text != "" {
				items = append(slices.Clone(items), v.Text)
			}
			return strings.Join(items, sep), nil
		}
		if len(v.Items) > 1 {
			return nil, fmt.Errorf("field %q takes one value, not a set", f.Name)
		}
		if len(v.Items) == 1 {
			v.Text = v.Items[0]
		}
		return one(f.Schema.Type, v.Text)
	}
	items := v.Items
	if len(items) == 0 {
		items = []string{v.Text}
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		x, err := one(f.Schema.Items, item)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}
