package jira

import (
	"slices"
	"strings"
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
	missingField     = "missing-field"
	ambiguousField   = "ambiguous-field"
	unsupportedField = "unsupported-field"
)

// resolve finds the field of a selector, an id or a name. Several custom fields of Jira may
// share a name; such a name is not a valid selector.
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
