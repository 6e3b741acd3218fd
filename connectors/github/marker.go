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
	markerLine = regexp.MustCompile(`(?m)^[ \t]*<!-- conformd:([a-z0-9-]{8,64})(?: of:([a-z0-9]{8,16}))? -->[ \t]*\r?(?:\n|\z)`)
)

const (
	markerOpen  = "<!-- conformd:"
	markerOf    = " of:"
	markerClose = " -->"
	// markerRoom is what the longest mark takes, with an empty line.
	markerRoom = len(markerOpen) + 64 + len(markerOf) + 16 + len(markerClose) + 2
)

// A mark is a marker and the id of the installation that wrote it, which conformd did
// not write at first.
type mark struct{ marker, installation string }

func (m mark) String() string {
	if m.installation == "" {
		return markerOpen + m.marker + markerClose
	}
	return markerOpen + m.marker + markerOf + m.installation + markerClose
}

// mark returns a marker as this installation writes it.
func (c *Client) mark(marker string) mark { return mark{marker, c.cfg.Installation} }

// markAt returns the mark that markerLine found in a text.
func markAt(text string, m []int) mark {
	out := mark{marker: text[m[2]:m[3]]}
	if m[4] >= 0 {
		out.installation = text[m[4]:m[5]]
	}
	return out
}

// withFooter appends the mark to the text of an issue.
func withFooter(text string, m mark) string {
	switch {
	case m.marker == "":
		return text
	case text == "":
		return m.String()
	}
	return text + "\n\n" + m.String()
}

// splitFooter takes the last mark out of the text of an issue. It undoes
// withFooter exactly; people may have written below the mark.
func splitFooter(body string) (text string, found mark) {
	all := markerLine.FindAllStringSubmatchIndex(body, -1)
	if len(all) == 0 {
		return body, mark{}
	}
	m := all[len(all)-1]
	before, after := body[:m[0]], body[m[1]:]
	if after == "" {
		before = trimOne(trimOne(before))
	}
	return before + after, markAt(body, m)
}

func trimOne(s string) string {
	return strings.TrimSuffix(strings.TrimSuffix(s, "\n"), "\r")
}

// withHeader puts the mark before the text of a comment.
func withHeader(text string, m mark) string { return m.String() + "\n" + text }

// splitHeader takes the first mark out of the text of a comment, if it is the
// first line.
func splitHeader(body string) (text string, found mark) {
	m := markerLine.FindStringSubmatchIndex(body)
	if m == nil || m[0] != 0 {
		return body, mark{}
	}
	return body[m[1]:], markAt(body, m)
}
