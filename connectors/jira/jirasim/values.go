package jirasim

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of Jira's own.
const (
	maxSummary = 255   // runes, one line
	maxText    = 32767 // runes of a paragraph or a comment
	maxLabel   = 255
)

const tooLong = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."

// priorities in Jira's order; ids count from 1.
func priorities() []string { return []string{"Highest", "High", "Medium", "Low", "Lowest"} }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func parseInt(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// parse reads the wire form of a field's value into the form in which the state
// holds it: string, []string, float64, *account, *issueType, *project or nil. The
// text says what is wrong with it, in Jira's words.
func (s *Server) parse(f *fieldDef, raw json.RawMessage) (v any, wrong string) {
	if string(raw) == "null" {
		if f.ID == "summary" {
			return nil, "You must specify a summary of the issue."
		}
		return nil, ""
	}
	switch f.Kind {
	case KindText, KindParagraph, KindURL:
		return s.parseText(f, raw)
	case KindLabels:
		return parseLabels(raw)
	case KindDate:
		var t string
		if json.Unmarshal(raw, &t) != nil {
			return nil, "data was not a String"
		}
		if t == "" {
			return nil, ""
		}
		if _, err := time.Parse(time.DateOnly, t); err != nil {
			return nil, "Error parsing date string: " + t
		}
		return t, ""
	case KindNumber, KindSprint: // a sprint is written by its number
		var n float64
		if json.Unmarshal(raw, &n) != nil {
			return nil, "Operation value must be a number"
		}
		return n, ""
	case KindDateTime:
		return s.parseTime(raw)
	case KindMultiSelect, KindCheckboxes, KindVersions, KindMultiGroup, kindComponents:
		return s.parseSet(f, raw)
	case KindSelect, KindRadio, KindVersion, KindGroup:
		item, wrong := s.parseItem(f, raw)
		if wrong != "" {
			return nil, wrong
		}
		return item, ""
	case KindCascading:
		return s.parseCascade(f, raw)
	case KindMultiUser:
		return s.parseUsers(raw)
	}
	return s.parseNamed(f, raw)
}

func (s *Server) parseText(f *fieldDef, raw json.RawMessage) (any, string) {
	var t string
	if json.Unmarshal(raw, &t) != nil {
		return nil, "Operation value must be a string"
	}
	if f.Kind != KindParagraph {
		t = strings.TrimSpace(t)
		switch {
		case strings.ContainsAny(t, "\r\n"):
			return nil, "The " + strings.ToLower(f.Name) + " is invalid because it contains newline characters."
		case f.ID == "summary" && t == "":
			return nil, "You must specify a summary of the issue."
		case f.ID == "summary" && utf8.RuneCountInString(t) > maxSummary:
			return nil, "Summary can't exceed 255 characters."
		case utf8.RuneCountInString(t) > maxSummary:
			return nil, "The entered text is too long. It exceeds the allowed limit of 255 characters."
		}
	} else if utf8.RuneCountInString(t) > maxText {
		return nil, tooLong
	}
	if t == "" {
		return nil, ""
	}
	return t, ""
}

func parseLabels(raw json.RawMessage) (any, string) {
	var labels []string
	if json.Unmarshal(raw, &labels) != nil {
		return nil, "data was not an array"
	}
	for _, l := range labels {
		if wrong := checkLabel(l); wrong != "" {
			return nil, wrong
		}
	}
	return set(labels), ""
}

func checkLabel(l string) string {
	switch {
	case strings.ContainsAny(l, " \t\r\n"):
		return "The label '" + l + "' contains spaces which is invalid."
	case l == "":
		return "The label can't be empty."
	case utf8.RuneCountInString(l) > maxLabel:
		return "The label '" + l + "' exceeds the maximum length for a single label of 255 characters"
	}
	return ""
}

// set sorts items and removes repetitions; nothing is nil.
func set(items []string) any {
	if len(items) == 0 {
		return nil
	}
	items = slices.Clone(items)
	slices.Sort(items)
	return slices.Compact(items)
}

// reference is an object that names something by one of its identities.
type reference struct {
	ID        string  `json:"id"`
	Key       string  `json:"key"`
	Name      *string `json:"name"`
	Value     string  `json:"value"`
	AccountID *string `json:"accountId"`

	Child *reference `json:"child"` // of an option
}

// noOption is what Jira says of a value that is no option at all, and of an unknown
// option of the first level of a list of two.
const noOption = "Could not find valid 'id' or 'value' in the Parent Option object."

func (s *Server) parseOption(f *fieldDef, raw json.RawMessage) (item, wrong string) {
	var r reference
	if json.Unmarshal(raw, &r) != nil {
		return "", noOption
	}
	for i, o := range f.Options {
		if r.Value == o || r.ID == f.optionID(i) {
			return o, ""
		}
	}
	return "", "Option value '" + r.Value + "' is not valid"
}

func (f *fieldDef) optionID(i int) string {
	return strings.TrimPrefix(f.ID, "customfield_") + itoa(int64(i+1))
}

func (s *Server) parseNamed(f *fieldDef, raw json.RawMessage) (any, string) {
	var r reference
	if json.Unmarshal(raw, &r) != nil {
		return nil, "data was not an object"
	}
	var name string
	if r.Name != nil {
		name = *r.Name
	}
	switch f.Kind {
	case KindUser:
		return s.parseUser(r)
	case kindPriority:
		for i, p := range priorities() {
			if p == name || itoa(int64(i+1)) == r.ID {
				return p, ""
			}
		}
		return nil, "The priority selected is invalid."
	case kindResolution:
		if n := s.flow.resolution(name + r.ID); n != "" {
			return n, ""
		}
		return nil, "The resolution '" + name + "' is not valid."
	case kindIssueType:
		for _, t := range s.types {
			if t.name == name || t.id == r.ID {
				return t, ""
			}
		}
		return nil, "Specify a valid issue type"
	case KindProject:
		if p := s.project(r.Key + r.ID); p != nil {
			return p, ""
		}
		return nil, "valid project is required"
	}
	return nil, "Field '" + f.ID + "' cannot be set. It is not on the appropriate screen, or unknown."
}

func (s *Server) parseUser(r reference) (any, string) {
	id := r.Name // Data Center knows people by login
	if s.cloud {
		id = r.AccountID
		if id == nil && r.ID != "" {
			id = &r.ID
		}
	}
	if id == nil || *id == "" {
		if s.cloud && r.Name != nil && *r.Name != "" {
			return nil, "'accountId' must be a valid accountId." // name is gone from Cloud
		}
		return nil, ""
	}
	for _, a := range s.users {
		if !a.Inactive && (s.cloud && a.AccountID == *id || !s.cloud && a.Name == *id) {
			return a, ""
		}
	}
	return nil, "User '" + *id + "' cannot be assigned issues."
}
