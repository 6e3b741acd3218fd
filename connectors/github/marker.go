package github

import (
	"regexp"
	"strings"
)

// A marker is kept in an HTML comment, which GitHub does not show. It is written
// in the same request as the text, so it is there whenever the text is. Anyone can
// read it in the source of the text and type it again, so it counts only in what
// our own account wrote (see Client.split).
var (
	markerName = regexp.MustCompile(`^[a-z0-9-]{8,64}$`)
	markerLine = regexp.MustCompile(`(?m)^[ \t]*<!-- conformd:([a-z0-9-]{8,64}) -->[ \t]*\r?(?:\n|\z)`)
)

const (
	markerOpen  = "<!-- conformd:"
	markerClose = " -->"
	// markerRoom is what the longest marker takes, with an empty line.
	markerRoom = len(markerOpen) + 64 + len(markerClose) + 2
)

// withFooter appends the marker to the text of an issue.
func withFooter(text, marker string) string {
	switch {
	case marker == "":
		return text
	case text == "":
		return markerOpen + marker + markerClose
	}
	return text + "\n\n" + markerOpen + marker + markerClose
}

// splitFooter takes the last marker out of the text of an issue. It undoes
// withFooter exactly; people may have written below the marker.
func splitFooter(body string) (text, marker string) {
	all := markerLine.FindAllStringSubmatchIndex(body, -1)
	if len(all) == 0 {
		return body, ""
	}
	m := all[len(all)-1]
	before, after := body[:m[0]], body[m[1]:]
	if after == "" {
		before = trimOne(trimOne(before))
	}
	return before + after, body[m[2]:m[3]]
}

func trimOne(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
}

// withHeader puts the marker before the text of a comment.
func withHeader(text, marker string) string {
	return markerOpen + marker + markerClose + "\n" + text
}

// splitHeader takes the first marker out of the text of a comment, if it is the
// first line.
func splitHeader(body string) (text, marker string) {
	m := markerLine.FindStringSubmatchIndex(body)
	if m == nil || m[0] != 0 {
		return body, ""
	}
	return body[m[1]:], body[m[2]:m[3]]
}
