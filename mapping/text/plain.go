package text

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/conformd/conformd/internal/markdown"
)

// Normalise returns s in the form for comparing: line ends are "\n", lines have no space at their
// end, the text has no empty line at either end, and bytes that are not text (NUL and other
// control characters, broken UTF-8) are removed or shown as U+FFFD.
func Normalise(s string) string {
	s = clean(s)
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// clean makes s valid UTF-8 with "\n" as its only control character but the tab.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r', r == '\u2028', r == '\u2029', r == '\u0085':
			return '\n'
		case r == '\v', r == '\f':
			return ' '
		case r == '\n', r == '\t':
			return r
		case r < ' ' || r == 0x7f || r == '\ufeff':
			return -1
		}
		return r
	}, s)
}

// Line returns s as one line with single spaces.
func Line(s string) string { return strings.TrimSpace(squeeze(clean(s))) }

// Canonical returns GitHub-flavoured Markdown in the form of the register: normalised, without
// HTML comments (the hints of a template are no answer), without anything that would trigger an
// action at GitHub (see markdown.Calm), and without an unclosed block that would hide the text
// below it.
func Canonical(gfm string) string {
	s := Normalise(gfm)
	for range rounds * rounds { // one step may uncover work for the next
		next := s
		if strings.Contains(s, "<!--") {
			next = Normalise(stripComments(s))
		}
		next = Close(markdown.Calm(squeezeLines(next)))
		if next == s {
			break
		}
		s = next
	}
	return s
}

// squeezeLines replaces several empty lines by one, outside of code: both trackers show one.
func squeezeLines(s string) string {
	if !strings.Contains(s, "\n\n\n") {
		return s
	}
	spans := markdown.Parse(s).Spans()
	var b strings.Builder
	for i := range len(s) {
		for len(spans) > 0 && (spans[0].End <= i || spans[0].Kind != markdown.CodeText) {
			spans = spans[1:]
		}
		inCode := len(spans) > 0 && spans[0].Start <= i
		if s[i] == '\n' && !inCode && strings.HasSuffix(b.String(), "\n\n") {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// stripComments removes the HTML comments that end.
func stripComments(s string) string {
	var b strings.Builder
	at := 0
	for _, sp := range markdown.Parse(s).Spans() {
		if sp.Kind == markdown.Comment && strings.HasSuffix(s[sp.Start:sp.End], "-->") {
			b.WriteString(s[at:sp.Start])
			at = sp.End
			if strings.HasPrefix(s[at:], " ") && strings.HasSuffix(b.String(), " ") {
				at++
			}
		}
	}
	return b.String() + s[at:]
}

// Close ends the open blocks of a Markdown text, so that they cannot hide the text that is
// written behind it: a fenced code block gets its end; the start of an HTML comment, or of
// another piece of HTML that never ends, is shown as text.
func Close(s string) string {
	if !strings.Contains(s, "```") && !strings.Contains(s, "~~~") && !strings.Contains(s, "<") {
		return s
	}
	for range rounds * rounds {
		blocks := markdown.Parse(s).Blocks()
		i := slices.IndexFunc(blocks, func(b markdown.Block) bool { return b.Unclosed })
		if i < 0 {
			break
		}
		b := blocks[i]
		src := s[b.Start:b.End]
		indent := len(src) - len(strings.TrimLeft(src, " "))
		switch {
		case b.Kind == markdown.Code:
			return strings.TrimRight(s, "\n") + "\n" + src[indent:indent+run(src[indent:], src[indent])]
		case strings.Contains(src, "<!--"):
			open := strings.LastIndex(src, "-->") + 1 // behind it no comment ends
			s = s[:b.Start+open] + escapeComments(src[open:]) + s[b.End:]
		default:
			s = s[:b.Start+indent] + `\` + s[b.Start+indent:]
		}
	}
	return s
}

// escapeComments shows the beginnings of comments as text: by a backslash where a line
// begins with one, and otherwise as an entity, since raw HTML knows no backslash.
func escapeComments(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		t := strings.TrimLeft(line, " ")
		if strings.HasPrefix(t, "<!--") {
			b.WriteString(line[:len(line)-len(t)] + `\<`)
			line = t[1:]
		}
		b.WriteString(strings.ReplaceAll(line, "<!--", "&lt;!--"))
	}
	return b.String()
}

// run returns how many c the string s starts with.
func run(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// Cut returns s if it has at most limit runes, and otherwise a beginning of it
// with a note that says where the full text is; the note too counts. A limit of
// 0 is none. It closes code that the cut leaves open.
func Cut(s string, limit int, url string) string {
	if limit <= 0 || utf8.RuneCountInString(s) <= limit {
		return s
	}
	note := "\n\n… (cut"
	if url != "" {
		note += ", full text in " + url
	}
	note += ")"
	room := limit - utf8.RuneCountInString(note)
	if room < 1 {
		note, room = "…", limit-1
	}
	for keep := room; keep > 0; {
		head := Close(strings.TrimRight(string([]rune(s)[:keep]), " \t\n"))
		over := utf8.RuneCountInString(head) - room
		if over <= 0 {
			return head + note
		}
		keep -= over
	}
	return string([]rune(note)[:min(limit, utf8.RuneCountInString(note))])
}

// IsCut reports whether s ends in the note that Cut writes.
func IsCut(s string) bool {
	i := strings.LastIndex(s, "… (cut")
	return i >= 0 && strings.HasSuffix(s, ")") && !strings.Contains(s[i:], "\n")
}
