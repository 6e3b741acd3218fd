package jira

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// A codec turns one value of a type of field into a text of the contract and back.
// https://developer.atlassian.com/server/jira/platform/jira-rest-api-examples/ shows
// the forms of all types.
type codec struct {
	// read converts a value that is not null; the people in it go into users.
	read func(raw json.RawMessage, users map[string]connectors.User) (string, bool)
	// write converts a text that is not empty. login turns the id of a person into the form
	// that a write needs.
	write func(text string, login func(string) (any, error)) (any, error)
}

// codecs returns the codec of each supported type, by the type of the field's schema or, for a
// list, of its elements.
func codecs() map[string]codec {
	return map[string]codec{
		"string":            {readText, writeText},
		"date":              {readText, writeText},
		"datetime":          {readTime, writeTime},
		"number":            {readNumber, writeNumber},
		"option":            {reader("value"), writer("value")},
		"option-with-child": {readCascade, writeCascade},
		"user":              {readUser, writeUser},
		"group":             {reader("name"), writer("name")},
		"version":           {reader("name"), writer("name")},
		"component":         {reader("name"), writer("name")},
		"priority":          {reader("name"), writer("name")},
		"issuetype":         {reader("name"), writer("name")},
		"project":           {reader("key"), writer("key")}, // names of projects repeat
	}
}

// codec returns how the field's values, or their elements, are read and written; ok
// is false for a type that is not supported.
func (f *fieldInfo) codec() (c codec, list, ok bool) {
	kind := f.Schema.Type
	if list = kind == "array"; list {
		kind = f.Schema.Items
	}
	c, ok = codecs()[kind]
	return c, list, ok
}

// kind names the type of the field for people.
func (f *fieldInfo) kind() string {
	out := f.Schema.Type
	if out == "array" {
		out = "list of " + f.Schema.Items
	}
	if out == "" {
		out = "Jira names no type"
	}
	if f.Schema.Custom != "" {
		out += ", " + f.Schema.Custom
	}
	return out
}

// whyUnreadable says why read failed.
func (f *fieldInfo) whyUnreadable() string {
	if _, _, ok := f.codec(); !ok {
		return "fields of this type are not supported (" + f.kind() + ")"
	}
	return "Jira shows a value that is not of the field's type (" + f.kind() + ")"
}

// read converts a field's value; the people in it go into users. ok is false if the field's
// type is not supported or the value is not of that type.
func (f *fieldInfo) read(raw json.RawMessage, users map[string]connectors.User) (v connectors.Value, ok bool) {
	c, list, ok := f.codec()
	if !ok || string(raw) == "null" {
		return v, ok
	}
	if !list {
		v.Text, ok = c.read(raw, users)
		return v, ok
	}
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return v, false
	}
	for _, part := range parts {
		item, ok := c.read(part, users)
		if !ok {
			return connectors.Value{}, false
		}
		v.Items = append(v.Items, item)
	}
	slices.Sort(v.Items)
	v.Items = slices.Compact(v.Items)
	return v, true
}

// write converts a value into the form of the API. An empty value becomes null or an empty
// list, which clear the field. login turns the id of a person into the form that a write
// needs.
func (f *fieldInfo) write(v connectors.Value, login func(string) (any, error)) (any, error) {
	c, list, ok := f.codec()
	switch {
	case !ok:
		return nil, errors.New(f.whyUnreadable())
	case list:
		return f.writeList(c, v, login)
	case v.Text == "" && len(v.Items) == 0:
		return json.RawMessage("null"), nil
	case len(v.Items) > 0 && f.Schema.Type == "string":
		return f.lines(v), nil
	case len(v.Items) > 1:
		return nil, fmt.Errorf("the field takes one value, not %d", len(v.Items))
	case len(v.Items) == 1:
		return c.write(v.Items[0], login)
	}
	return c.write(v.Text, login)
}

func (f *fieldInfo) writeList(c codec, v connectors.Value, login func(string) (any, error)) (any, error) {
	items := v.Items
	if len(items) == 0 && v.Text != "" {
		items = []string{v.Text}
	}
	out := make([]any, 0, len(items))
	for _, item := range items {
		x, err := c.write(item, login)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// changed returns one side of a change in the history: people and moments by id, as in the
// fields, all else by its text. f is nil for an unknown field.
func (f *fieldInfo) changed(id, words *string) string {
	if f == nil {
		return text(str(words))
	}
	switch {
	case f.Schema.Type == "user":
		return str(id)
	case f.Schema.Type == "datetime" && id != nil:
		raw, err := json.Marshal(*id)
		if t, ok := readTime(raw, nil); err == nil && ok {
			return t
		}
	case f.isCascade():
		return fromHistory(str(words))
	}
	return text(str(words))
}

// lines writes a set into a text field: one line for each member, or all in one line if the
// field has only one.
func (f *fieldInfo) lines(v connectors.Value) string {
	sep := "\n"
	if strings.HasSuffix(f.Schema.Custom, ":textfield") {
		sep = "; "
	}
	items := v.Items
	if v.Text != "" {
		items = append(slices.Clone(items), v.Text)
	}
	return strings.Join(items, sep)
}
