package jira

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// An option of a cascading list is written as its two levels, "Process / Hand-over",
// or as the first alone. Where the name of an option has a slash between spaces of
// its own, that slash is written with a backslash: "In \/ out / Both" is the option
// Both of "In / out".

const separator = "/"

// escaped matches a word in a name that would look like the separator.
var escaped = regexp.MustCompile(`^\\*/$`)

// joined writes both levels.
func joined(parent, child string) string {
	if child == "" {
		return escape(parent)
	}
	return escape(parent) + " " + separator + " " + escape(child)
}

func escape(name string) string {
	words := strings.Split(name, " ")
	for i, w := range words {
		if escaped.MatchString(w) {
			words[i] = `\` + w
		}
	}
	return strings.Join(words, " ")
}

// split undoes joined. ok is false if there are more than two levels, or none.
func split(s string) (parent, child string, ok bool) {
	words := strings.Split(s, " ")
	levels := [][]string{nil}
	for _, w := range words {
		last := len(levels) - 1
		switch {
		case w == separator:
			levels = append(levels, nil)
		case escaped.MatchString(w):
			levels[last] = append(levels[last], w[1:])
		default:
			levels[last] = append(levels[last], w)
		}
	}
	parent = strings.Join(levels[0], " ")
	if len(levels) == 2 {
		child = strings.Join(levels[1], " ")
	}
	return parent, child, parent != "" && len(levels) <= 2 && (len(levels) == 1 || child != "")
}

func readCascade(raw json.RawMessage, _ map[string]connectors.User) (string, bool) {
	var o struct {
		Value string
		Child *struct{ Value string }
	}
	if json.Unmarshal(raw, &o) != nil || o.Value == "" || o.Child != nil && o.Child.Value == "" {
		return "", false
	}
	if o.Child == nil {
		return joined(o.Value, ""), true
	}
	return joined(o.Value, o.Child.Value), true
}

func writeCascade(s string, _ func(string) (any, error)) (any, error) {
	parent, child, ok := split(s)
	switch {
	case !ok:
		return nil, errors.New(`the field takes an option such as "Process", or one of its second level such as "Process / Hand-over"`)
	case child == "":
		return map[string]any{"value": parent}, nil
	}
	return map[string]any{"value": parent, "child": map[string]string{"value": child}}, nil
}

// cascadeHistory matches an option of a cascading list as Jira's history writes it, with the
// ids of both levels.
var cascadeHistory = regexp.MustCompile(`^Parent values: (.*?)\(\d+\)(?:Level 1 values: (.*)\(\d+\))?$`)

// fromHistory converts such an option to the form that a value of the field has.
func fromHistory(s string) string {
	m := cascadeHistory.FindStringSubmatch(s)
	if m == nil {
		return s
	}
	return joined(m[1], m[2])
}

// isCascade reports whether a field is a cascading list of options.
func (f *fieldInfo) isCascade() bool {
	return f.Schema.Type == "option-with-child"
}
