package mapping

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
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
