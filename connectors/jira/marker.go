package jira

import (
	"encoding/json"
	"regexp"
	"strings"
)

// A marker tells an issue or comment of conformd from all others. An issue carries
// it as a label, which search can find, and as an entity property, which
// survives a workflow that takes labels off. A comment carries it as a property
// on Cloud, and on Data Center as an anchor at the end of its text, which readers
// of the issue do not see.
const (
	markerPrefix = "conformd-id-"
	propertyKey  = "conformd"
)

// property is the value of our entity property.
type property struct {
	Marker string `json:"marker"`
}

func markerLabel(marker string) string { return markerPrefix + marker }

// labelMarker returns the marker that a label carries.
func labelMarker(label string) (string, bool) {
	m, ok := strings.CutPrefix(label, markerPrefix)
	return m, ok && validMarker(m)
}

func validMarker(m string) bool {
	if len(m) < 8 || len(m) > 64 {
		return false
	}
	return strings.IndexFunc(m, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) < 0
}

// propertyMarker returns the marker that an entity property carries, "" if none.
func propertyMarker(raw json.RawMessage) string {
	var p property
	if json.Unmarshal(raw, &p) != nil || !validMarker(p.Marker) {
		return ""
	}
	return p.Marker
}

var anchor = regexp.MustCompile(`\n?\{anchor:` + markerPrefix + `([a-z0-9-]{8,64})\}\s*$`)

func withAnchor(body, marker string) string { return body + "\n{anchor:" + markerPrefix + marker + "}" }

// cutAnchor takes the anchor off one of conformd's comments.
func cutAnchor(body string) (rest, marker string) {
	m := anchor.FindStringSubmatchIndex(body)
	if m == nil {
		return body, ""
	}
	return body[:m[0]], body[m[2]:m[3]]
}
