package jirasim

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseSet reads a set of options, versions, components or groups.
func (s *Server) parseSet(f *fieldDef, raw json.RawMessage) (any, string) {
	var parts []json.RawMessage
	if json.Unmarshal(raw, &parts) != nil {
		return nil, "data was not an array"
	}
	var items []string
	for _, part := range parts {
		item, wrong := s.parseItem(f, part)
		if wrong != "" {
			return nil, wrong
		}
		items = append(items, item)
	}
	return set(items), ""
}

// parseItem reads one option, version, component or group.
func (s *Server) parseItem(f *fieldDef, raw json.RawMessage) (item, wrong string) {
	if options(f.Kind) {
		return s.parseOption(f, raw)
	}
	var r reference
	if json.Unmarshal(raw, &r) != nil {
		return "", "data was not an object"
	}
	var name string
	if r.Name != nil {
		name = *r.Name
	}
	for _, known := range s.names(f.Kind) {
		if known == name || r.ID != "" && r.ID == s.namedID(f.Kind, known) {
			return known, ""
		}
	}
	switch f.Kind {
	case kindComponents:
		return "", "Component name '" + name + "' is not valid"
	case KindGroup, KindMultiGroup:
		return "", "Group '" + name + "' does not exist."
	}
	return "", "Version name '" + name + "' is not valid"
}

// names are what a field of a kind can hold: versions, components or groups.
func (s *Server) names(kind string) []string {
	switch kind {
	case kindComponents:
		return s.opts.Components
	case KindVersion, KindVersions:
		return s.opts.Versions
	}
	var groups []string
	for _, a := range s.users {
		groups = append(groups, a.Groups...)
	}
	slices.Sort(groups)
	return slices.Compact(groups)
}

func (s *Server) namedID(kind, name string) string {
	return itoa(int64(10200 + slices.Index(s.names(kind), name)))
}

// parseCascade reads an option of the first level, with or without one of the second.
func (s *Server) parseCascade(f *fieldDef, raw json.RawMessage) (any, string) {
	var r reference
	if json.Unmarshal(raw, &r) != nil {
		return nil, noOption
	}
	parent, wrong := s.parseOption(f, raw)
	if wrong != "" {
		return nil, noOption
	}
	v := cascade{parent: parent}
	if r.Child == nil {
		return v, ""
	}
	for i, child := range f.Children[parent] {
		if r.Child.Value == child || r.Child.ID == f.childID(parent, i) {
			v.child = child
			return v, ""
		}
	}
	return nil, "Option value '" + r.Child.Value + "' is not valid"
}

func (f *fieldDef) childID(parent string, i int) string {
	return strings.TrimPrefix(f.ID, "customfield_") + itoa(int64(1000*(slices.Index(f.Options, parent)+1)+i+1))
}

// cascadeWords is how the history tells a value of two levels.
func (f *fieldDef) cascadeWords(v cascade) string {
	out := "Parent values: " + v.parent + "(" + f.optionID(slices.Index(f.Options, v.parent)) + ")"
	if v.child != "" {
		out += "Level 1 values: " + v.child + "(" + f.childID(v.parent, slices.Index(f.Children[v.parent], v.child)) + ")"
	}
	return out
}

func (s *Server) renderChild(f *fieldDef, c cascade, v *view) map[string]any {
	id := f.childID(c.parent, slices.Index(f.Children[c.parent], c.child))
	return map[string]any{"self": v.rest + "/customFieldOption/" + id, "value": c.child, "id": id}
}

// parseUsers reads a set of accounts.
func (s *Server) parseUsers(raw json.RawMessage) (any, string) {
	var refs []reference
	if json.Unmarshal(raw, &refs) != nil {
		return nil, "data was not an array"
	}
	var out []*account
	for _, r := range refs {
		v, wrong := s.parseUser(r)
		if wrong != "" {
			return nil, wrong
		}
		if a, ok := v.(*account); ok {
			out = append(out, a)
		}
	}
	return team(out), ""
}

// team puts accounts in order, without repetitions; nobody is nil.
func team(people []*account) any {
	if len(people) == 0 {
		return nil
	}
	people = slices.Clone(people)
	slices.SortFunc(people, func(a, b *account) int { return strings.Compare(a.Key, b.Key) })
	return slices.Compact(people)
}

// teamWords is how the history tells a set of accounts.
func (s *Server) teamWords(people []*account) (ids, words string) {
	var keys, names []string
	for _, a := range people {
		key := a.Key
		if s.cloud {
			key = a.AccountID
		}
		keys, names = append(keys, key), append(names, a.Display)
	}
	return "[" + strings.Join(keys, ", ") + "]", strings.Join(names, ", ")
}

// parseTime reads a moment. Data Center takes it through the form of its pages,
// which has no seconds.
func (s *Server) parseTime(raw json.RawMessage) (any, string) {
	var t string
	if json.Unmarshal(raw, &t) != nil {
		return nil, "Operation value must be a string"
	}
	if t == "" {
		return nil, ""
	}
	for _, layout := range []string{"2006-01-02T15:04:05.000-0700", "2006-01-02T15:04:05-0700"} {
		at, err := time.Parse(layout, t)
		if err != nil {
			continue
		}
		if !s.cloud {
			return at.UTC().Truncate(time.Minute), ""
		}
		return at.UTC(), ""
	}
	return nil, "Error parsing time: " + t
}

// renderItem shows an option, version, component or group.
func (s *Server) renderItem(f *fieldDef, name string, v *view) any {
	if options(f.Kind) {
		return s.renderOption(f, name, v)
	}
	return s.renderNamed(f, name, v)
}

func (s *Server) renderNamed(f *fieldDef, name string, v *view) any {
	id := s.namedID(f.Kind, name)
	switch f.Kind {
	case KindGroup, KindMultiGroup:
		m := map[string]any{"name": name, "self": v.rest + "/group?groupname=" + name}
		if s.cloud {
			m["groupId"] = "276f955c-63d7-42c8-9520-92d01dca" + id[1:]
		}
		return m
	case kindComponents:
		return map[string]any{"self": v.rest + "/component/" + id, "id": id, "name": name}
	}
	return map[string]any{"self": v.rest + "/version/" + id, "id": id, "name": name, "archived": false, "released": false}
}

// renderSprint is a sprint as Jira Software shows it.
func renderSprint(n float64) any {
	return map[string]any{"id": int64(n), "name": "Sprint " + itoa(int64(n)), "state": "active", "boardId": 1, "goal": ""}
}

// javaNumber is a number as Java writes it: with a fraction always, and with an
// exponent when it is very large or small.
func javaNumber(n float64) json.RawMessage {
	if a := math.Abs(n); a != 0 && (a < 1e-3 || a >= 1e7) {
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(n, 'E', -1, 64), "E")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		sign := ""
		if strings.HasPrefix(exponent, "-") {
			sign = "-"
		}
		return json.RawMessage(mantissa + "E" + sign + strings.TrimLeft(exponent, "+-0"))
	}
	out := strconv.FormatFloat(n, 'f', -1, 64)
	if !strings.Contains(out, ".") {
		out += ".0"
	}
	return json.RawMessage(out)
}
