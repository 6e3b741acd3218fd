package text

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// Plain returns a text as one line of Markdown that shows its characters and nothing else: no
// emphasis, link, picture, code or HTML, no mention, reference or bot command, and nothing that
// begins a block or ends the cell of a table. It is for people's words inside a text of
// conformd's own. It removes characters that change the direction of writing.
func Plain(s string) string {
	s = Line(strings.Map(func(r rune) rune {
		if directional(r) {
			return -1
		}
		return r
	}, s))
	var b strings.Builder
	word := rune(0) // the rune before
	for i, r := range s {
		rest := s[i+len(string(r)):]
		switch {
		case r == '&' && entity(s[i:]) > 0:
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case strings.ContainsRune("\\`*_[]|~!$>", r), i == 0 && strings.ContainsRune("#-+=:", r), listNumber(s[:i], r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		// An invisible character breaks an address at its colon, a mention at its @, and so on.
		switch next := firstRune(rest); r {
		case '@', '#', ':':
			if isWord(next) || next == '/' {
				b.WriteString(joiner)
			}
		case '-':
			if isAlnum(next) && (word == 'h' || word == 'H') {
				b.WriteString(joiner)
			}
		case '.':
			if isWord(next) && (word == 'w' || word == 'W') {
				b.WriteString(joiner)
			}
		case '/':
			if strings.TrimFunc(s[:i], markdown.Invisible) == "" {
				b.WriteString(joiner)
			}
		}
		word = r
	}
	return b.String()
}

// listNumber reports whether r ends the number of an item at the start of a line.
func listNumber(before string, r rune) bool {
	return (r == '.' || r == ')') && before != "" && len(before) < 10 && strings.Trim(before, "0123456789") == ""
}

// directional reports whether r changes the direction of the text behind it.
func directional(r rune) bool {
	return 0x202A <= r && r <= 0x202E || 0x2066 <= r && r <= 0x2069 || r == 0x200E || r == 0x200F || r == 0x061C
}
