package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/mapping/text"
)

// noResponse is what GitHub writes for a question of an issue form that was left
// empty; see "Syntax for issue forms" in GitHub's documentation.
const noResponse = "_No response_"

// linked begins the last line of a description that names the twin.
const linked = "Linked by conformd: "

// A section is the part of a description under one heading of level 2 to 4.
// Lesser and greater headings belong to the text.
type section struct {
	key      string // the heading as it is compared
	title    string // as people read it
	from, to int    // the text under the heading, blank lines included
}

// A layout says where the parts of a description are. Headings inside fenced
// code and HTML comments are none.
type layout struct {
	body     string
	lead     int // end of the part above the first heading
	sections []section
	tail     int             // start of our own last lines, the end if there are none
	mapped   map[string]bool // headings that the profile maps, as they are compared
}

// isMapped reports whether the profile maps a heading.
func (l layout) isMapped(key string) bool { return l.mapped[key] }

// layout cuts the description of an issue.
func (p *Profile) layout(is *connectors.Issue) layout {
	l := lay(is.Fields[connectors.Body].Text)
	l.mapped = map[string]bool{}
	for _, m := range p.Fields {
		if m.Remote.Kind == KindSection {
			for _, n := range append([]string{m.Remote.Name}, m.Remote.Aliases...) {
				l.mapped[headingName(n)] = true
			}
		}
	}
	return l
}

func lay(body string) layout {
	l := layout{body: body, tail: tailAt(body)}
	l.lead = l.tail
	for _, ln := range text.Lines(body[:l.tail]) {
		if ln.Code || ln.Comment {
			continue
		}
		key, ok := headingKey(body[ln.Start:ln.End])
		if !ok {
			continue
		}
		if n := len(l.sections); n > 0 {
			l.sections[n-1].to = ln.Start
		} else {
			l.lead = ln.Start
		}
		l.sections = append(l.sections, section{key: key, title: text.Line(strings.Trim(body[ln.Start:ln.End], "# \t\r\n")), from: ln.End, to: l.tail})
	}
	return l
}

// headingKey reads a line as a heading of level 2 to 4.
func headingKey(line string) (string, bool) {
	line = strings.TrimRight(line, " \t\r\n")
	t := strings.TrimLeft(line, " ")
	n := len(t) - len(strings.TrimLeft(t, "#"))
	if len(line)-len(t) > 3 || n < 2 || n > 4 {
		return "", false
	}
	if n < len(t) && t[n] != ' ' && t[n] != '\t' {
		return "", false
	}
	return headingName(t[n:]), true
}

// headingName is the form in which headings are compared: without case, doubled
// space, closing hashes, a final colon or emphasis.
func headingName(s string) string {
	s = strings.Trim(text.Line(s), "# ")
	s = strings.Trim(s, "*_ ")
	return strings.ToLower(strings.TrimRight(s, ": "))
}

// find returns the first section with one of the names, and how many there are.
func (l layout) find(r Remote) (section, int) {
	var first section
	if len(l.sections) == 0 {
		return first, 0
	}
	keys := []string{headingName(r.Name)}
	for _, a := range r.Aliases {
		keys = append(keys, headingName(a))
	}
	n := 0
	for _, s := range l.sections {
		if !slices.Contains(keys, s.key) {
			continue
		}
		if n++; n == 1 {
			first = s
		}
	}
	return first, n
}

// core returns the part of body[from:to] without blank lines at its ends.
func core(body string, from, to int) (int, int) {
	lines := text.Lines(body[from:to])
	for len(lines) > 0 && text.Normalise(body[from+lines[0].Start:from+lines[0].End]) == "" {
		lines = lines[1:]
	}
	for n := len(lines); n > 0 && text.Normalise(body[from+lines[n-1].Start:from+lines[n-1].End]) == ""; n-- {
		lines = lines[:n-1]
	}
	if len(lines) == 0 {
		return to, to
	}
	last := lines[len(lines)-1]
	end := from + last.Start + len(strings.TrimRight(body[from+last.Start:from+last.End], "\r\n"))
	return from + lines[0].Start, end
}

// replace returns l.body with body[from:to] saying s, and nothing else changed.
func (l layout) replace(from, to int, s string) string {
	eol := lineEnd(l.body)
	s = strings.ReplaceAll(s, "\n", eol)
	a, b := core(l.body, from, to)
	if a < b {
		return l.body[:a] + s + l.body[b:]
	}
	head, rest := l.body[:from], l.body[to:]
	if from > 0 {
		if !strings.HasSuffix(head, "\n") && !strings.HasSuffix(head, "\r") {
			head += eol
		}
		head += eol
	}
	s += eol
	if rest != "" {
		s += eol
	}
	return head + s + rest
}

// add returns l.body with a new section in front of our last lines.
func (l layout) add(name, s string) string {
	eol := lineEnd(l.body)
	head, rest := l.body[:l.tail], l.body[l.tail:]
	if head != "" {
		for i := 0; i < 2 && !strings.HasSuffix(head, eol+eol); i++ {
			head += eol
		}
	}
	s = "### " + name + eol + eol + strings.ReplaceAll(s, "\n", eol) + eol
	if rest != "" {
		s += eol
	}
	return head + s + rest
}

func lineEnd(body string) string {
	if strings.Contains(body, "\r\n") {
		return "\r\n"
	}
	return "\n"
}

// tailAt returns where our own last lines of a description start: the one that
// names the twin, and the marker.
func tailAt(body string) int {
	lines := text.Lines(body)
	at := len(body)
	for _, line := range slices.Backward(lines) {
		s := text.Line(body[line.Start:line.End])
		switch {
		case line.Code:
			return at
		case s == "":
		case strings.HasPrefix(s+" ", linked), strings.HasPrefix(s, "<!-- conformd"):
			at = line.Start
		default:
			return at
		}
	}
	return at
}

// sectionText is the form in which a text stands under a heading: its own
// headings are made so small that they do not end it.
func sectionText(s string) string {
	return settle(s, func(s string) string {
		s = text.Canonical(untail(s))
		var b strings.Builder
		for _, ln := range text.Lines(s) {
			line := s[ln.Start:ln.End]
			if _, ok := headingKey(line); ok && !ln.Code && !ln.Comment {
				line = "#####" + strings.TrimLeft(strings.TrimLeft(line, " "), "#")
			}
			b.WriteString(line)
		}
		s = text.Normalise(b.String())
		if strings.EqualFold(s, noResponse) {
			return ""
		}
		return s
	})
}

// bodyText is the form of a whole description.
func bodyText(s string) string {
	return settle(s, func(s string) string { return text.Canonical(untail(s)) })
}

func untail(s string) string { return s[:tailAt(s)] }

// lineText is the form of one line under a heading, which must not start a block.
func lineText(s string) string {
	return settle(s, func(s string) string {
		s = text.Line(text.Canonical(s))
		if strings.EqualFold(s, noResponse) {
			return ""
		}
		return guard(s)
	})
}

// guard escapes a line that would be a heading, a fence, a comment or our own.
func guard(s string) string {
	for _, p := range []string{"##", "```", "~~~", "<!--", strings.TrimSpace(linked)} {
		if strings.HasPrefix(s, p) {
			return `\` + s
		}
	}
	return s
}

// settle applies f until nothing changes. The bound is a fence against a
// mistake in f; two rounds are the rule.
func settle(s string, f func(string) string) string {
	for range 16 {
		next := f(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}
