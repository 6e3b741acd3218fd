package jira

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/conformd/conformd/connectors"
)

// A marker identifies an issue or comment of conformd. An issue carries it as a label, which
// search can find, and as an entity property, which survives a workflow that removes labels. A
// comment carries it as a property on Cloud, and on Data Center as an anchor at the end of its
// text, which readers of the issue do not see.
//
// The id of the installation stands beside the marker in each of these. Data Center
// lists no entity properties, so there an issue carries it as a label, too.
const (
	markerPrefix = "conformd-id-"
	ofPrefix     = "conformd-of-"
	propertyKey  = "conformd"
)

// property is the value of our entity property.
type property struct {
	Marker       string `json:"marker"`
	Installation string `json:"installation,omitempty"`
}

// mark returns a marker as this installation writes it.
func (c *Client) mark(marker string) property { return property{marker, c.cfg.Installation} }

// markLabels are the labels of an issue that this installation files.
func (c *Client) markLabels(marker string, cloud bool) []string {
	out := []string{markerLabel(marker)}
	if c.cfg.Installation != "" && !cloud {
		out = append(out, ofPrefix+c.cfg.Installation)
	}
	return out
}

// labelInstallation returns the installation that a label of Data Center names.
func (l *lens) labelInstallation(label string) (string, bool) {
	id, ok := strings.CutPrefix(label, ofPrefix)
	return id, ok && !l.cloud && connectors.IsInstallation(id)
}

// installation returns the installation that labels name, "" for none. If this installation is
// among them it wins, because a person must have added the others.
func (l *lens) installation(labels []string) string {
	found := ""
	for _, label := range labels {
		if id, ok := l.labelInstallation(label); ok && (found == "" || id == l.of) {
			found = id
		}
	}
	return found
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

// propertyMark returns the mark that an entity property carries, a zero one if none.
func propertyMark(raw json.RawMessage) property {
	var p property
	if json.Unmarshal(raw, &p) != nil || !validMarker(p.Marker) {
		return property{}
	}
	if !connectors.IsInstallation(p.Installation) {
		p.Installation = ""
	}
	return p
}

// An anchor is the marker, and the installation behind a character that no marker has.
var anchor = regexp.MustCompile(`\n?\{anchor:` + markerPrefix + `([a-z0-9-]{8,64})(?:` + anchorOf + `([a-z0-9]{8,16}))?\}\s*$`)

const anchorOf = "_of_"

func withAnchor(body string, m property) string {
	out := body + "\n{anchor:" + markerPrefix + m.Marker
	if m.Installation != "" {
		out += anchorOf + m.Installation
	}
	return out + "}"
}

// cutAnchor removes the anchor from one of conformd's comments.
func cutAnchor(body string) (rest string, found property) {
	m := anchor.FindStringSubmatchIndex(body)
	if m == nil {
		return body, property{}
	}
	found.Marker = body[m[2]:m[3]]
	if m[4] >= 0 {
		found.Installation = body[m[4]:m[5]]
	}
	return body[:m[0]], found
}
