package mapping

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
)

// core returns the part of body[from:to] without blank lines at its ends.
func core(body string, from, to int) (int, int) {
	var first, last int
	some := false
	at := from
	for line := range strings.Lines(body[from:to]) {
		if markdown.Fold(line) != "" {
			if !some {
				first, some = at, true
			}
			last = at + len(strings.TrimRight(line, "\r\n"))
		}
		at += len(line)
	}
	if !some {
		return to, to
	}
	return first, last
}

// replace returns l.body with s as the text of body[from:to]. Everything else keeps its bytes:
// the lines that stay, and HTML comments, which are part of no value.
func (l layout) replace(from, to int, s string) string {
	if a, b := core(l.body, from, to); a < b {
		old := l.body[a:b]
		next := text.Replace(old, s)
		if s == noResponse && !strings.Contains(next, s) {
			next = s // a comment stood between the words
		}
		if next = withComments(next, old); text.Canonical(next) == text.Canonical(s) {
			return l.body[:a] + ended(next, old, lineEnd(l.body)) + l.apart(next, b) + l.body[b:]
		}
	}
	return l.overwrite(from, to, s)
}

// apart returns the line end that makes a blank line between s and l.body[at:], if s ends in a
// block of HTML: without one, what follows would belong to that block.
func (l layout) apart(s string, at int) string {
	next := strings.TrimPrefix(strings.TrimPrefix(l.body[at:], "\r"), "\n")
	if next == "" || strings.HasPrefix(next, "\n") || strings.HasPrefix(next, "\r") || !strings.Contains(s, "<") {
		return ""
	}
	blocks := markdown.Parse(s).Blocks()
	if len(blocks) == 0 || blocks[len(blocks)-1].Kind != markdown.HTML {
		return ""
	}
	return lineEnd(l.body)
}

// withComments returns s with those HTML comments of old at its end that would disappear with
// their line: other programs look for them.
func withComments(s, old string) string {
	if !strings.Contains(old, "<!--") {
		return s
	}
	for _, span := range markdown.Parse(old).Spans() {
		c := old[span.Start:span.End]
		if span.Kind == markdown.Comment && strings.HasSuffix(c, "-->") && !ownLine(c) && !strings.Contains(s, c) {
			s += "\n\n" + c
		}
	}
	return s
}

// ended returns a text with the line ends of the description around it, unless the text that it
// replaces had other ones.
func ended(s, was, eol string) string {
	if eol == "\n" || strings.Contains(strings.ReplaceAll(was, eol, ""), "\n") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, eol, "\n"), "\n", eol)
}

// overwrite returns l.body with s in place of body[from:to].
func (l layout) overwrite(from, to int, s string) string {
	eol := lineEnd(l.body)
	a, b := core(l.body, from, to)
	s = strings.ReplaceAll(s, "\n", eol)
	if a < b {
		return l.body[:a] + s + l.apart(s, b) + l.body[b:]
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

// add returns l.body with a new section in front of conformd's own last lines.
func (l layout) add(name, s string) string {
	eol := lineEnd(l.body)
	head, rest := l.body[:l.tail], l.body[l.tail:]
	if head != "" {
		for i := 0; i < 2 && !strings.HasSuffix(head, eol+eol); i++ {
			head += eol
		}
	}
	s = strings.Repeat("#", sectionLevel) + " " + name + eol + eol + strings.ReplaceAll(s, "\n", eol) + eol
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
