package text

import (
	"strings"
	"unicode/utf8"
)

// joiner is written behind the @ of a mention so that it reaches nobody.
const joiner = "\u200b"

// Normalise returns s as it is compared: line ends are "\n", lines have no space
// at their end, the text has no empty line at either end, and what is not
// text (NUL and other control characters, broken UTF-8) is gone or shown as U+FFFD.
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

// Canonical returns GitHub-flavoured Markdown as the register keeps it:
// normalised, without HTML comments (a template's hints are nobody's answer), with
// no mention that pings, and with the last code block closed.
func Canonical(gfm string) string {
	s := Normalise(gfm)
	for {
		next := s
		if strings.Contains(s, "<!--") {
			next = Normalise(stripComments(s))
		}
		next = Close(Neutralise(next))
		if next == s {
			return s
		}
		s = next
	}
}

// stripComments removes HTML comments that stand outside of code. What follows
// a comment that is never closed stays.
func stripComments(s string) string {
	var b strings.Builder
	for _, c := range chunks(s) {
		if c.code {
			b.WriteString(c.text)
			continue
		}
		t := c.text
		for {
			i := strings.Index(t, "<!--")
			if i < 0 {
				break
			}
			j := strings.Index(t[i+4:], "-->")
			if j < 0 {
				break
			}
			b.WriteString(t[:i])
			t = t[i+4+j+3:]
		}
		b.WriteString(t)
	}
	return b.String()
}

// Neutralise makes sure that no mention outside of code pings anybody: a
// zero-width space goes behind its @. Addresses of mail and of the web stay.
func Neutralise(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for _, c := range chunks(s) {
		if c.code {
			b.WriteString(c.text)
		} else {
			neutralise(&b, c.text)
		}
	}
	return b.String()
}

// calm is Neutralise for a text without markup.
func calm(s string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	neutralise(&b, s)
	return b.String()
}

func neutralise(b *strings.Builder, s string) {
	prev, web := ' ', false
	for i, r := range s {
		if isSpace(r) || r == '(' || r == '<' {
			web = false
		}
		if r == ':' && strings.HasPrefix(s[i:], "://") {
			web = true
		}
		b.WriteRune(r)
		if r == '@' && !web && !isWord(prev) {
			if next, _ := utf8.DecodeRuneInString(s[i+1:]); isWord(next) && next != utf8.RuneError {
				b.WriteString(joiner)
			}
		}
		prev = r
	}
}

// A chunk is a stretch of Markdown that is code or is not.
type chunk struct {
	text string
	code bool
}

// chunks cuts Markdown into code (fenced blocks and code spans) and the rest.
func chunks(s string) []chunk {
	if !strings.ContainsAny(s, "`~") {
		return []chunk{{text: s}}
	}
	var out []chunk
	rest := 0
	flush := func(to int) {
		if to > rest {
			out = append(out, spans(s[rest:to])...)
		}
	}
	for _, l := range Lines(s) {
		if !l.Code {
			continue
		}
		flush(l.Start)
		out = append(out, chunk{text: s[l.Start:l.End], code: true})
		rest = l.End
	}
	flush(len(s))
	return out
}

// spans cuts text without fenced blocks at its code spans.
func spans(s string) []chunk {
	var out []chunk
	missing := map[int]bool{} // lengths of runs that have no partner
	start, i := 0, 0
	for i < len(s) {
		if s[i] == '\\' {
			i += 2
			continue
		}
		if s[i] != '`' {
			i++
			continue
		}
		n := run(s[i:], '`')
		end := -1
		if !missing[n] {
			for j := i + n; j < len(s); {
				k := strings.IndexByte(s[j:], '`')
				if k < 0 || strings.Contains(s[j:j+k], "\n\n") {
					break
				}
				j += k
				m := run(s[j:], '`')
				if m == n {
					end = j + m
					break
				}
				j += m
			}
			missing[n] = end < 0
		}
		if end < 0 {
			i += n
			continue
		}
		if i > start {
			out = append(out, chunk{text: s[start:i]})
		}
		out = append(out, chunk{text: s[i:end], code: true})
		start, i = end, end
	}
	if start < len(s) {
		out = append(out, chunk{text: s[start:]})
	}
	return out
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
// 0 is none. Code that the cut leaves open is closed.
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
