package markdown

import (
	"bytes"
	"html"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
)

// titles returns the words of the nodes that are headings.
func (d *Document) titles(nodes []ast.Node) []string {
	out := make([]string, len(nodes))
	var full []ast.Node // the nodes of the full tree, which has the same blocks
	for i, n := range nodes {
		if _, ok := n.(*ast.Heading); !ok {
			continue
		}
		raw := n.Lines().Value(d.text)
		if !bytes.ContainsAny(raw, "*_`[]<>&\\!~") {
			out[i] = Fold(string(raw))
			continue
		}
		if full == nil {
			full = (&Document{source: d.source, root: parseAll(d.text)}).nodes()
		}
		var b strings.Builder
		words(&b, full[i], d.text)
		out[i] = Fold(b.String())
	}
	return out
}

// words writes what a reader sees of the children of n.
func words(b *strings.Builder, n ast.Node, src []byte) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			s := string(c.Segment.Value(src))
			if _, code := n.(*ast.CodeSpan); !code {
				s = Unescape(s)
			}
			b.WriteString(s)
			if c.SoftLineBreak() || c.HardLineBreak() {
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(c.Value)
		case *ast.AutoLink:
			b.Write(c.Label(src))
		case *ast.RawHTML, *FootnoteRef:
		default:
			words(b, c, src)
		}
	}
}

// Fold returns a title in the form in which titles are compared: one line, single
// spaces of the plain sort, nothing invisible. Case and punctuation stay.
func Fold(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0
			continue
		case Invisible(r):
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Invisible reports whether r takes no room on a page: zero-width spaces and
// joiners, soft hyphens, byte order marks.
func Invisible(r rune) bool {
	return r == 0xAD || r == 0x180E || r == 0xFEFF || 0x200B <= r && r <= 0x200F || 0x2060 <= r && r <= 0x2064
}

// Unescape resolves the backslash escapes and the entities of a text.
func Unescape(s string) string {
	if !strings.ContainsAny(s, `\&`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		n := 1
		switch {
		case s[i] == '\\' && i+1 < len(s) && Punctuation(s[i+1]):
			b.WriteByte(s[i+1])
			n = 2
		case s[i] == '&' && Entity(s[i:]) > 0:
			n = Entity(s[i:])
			b.WriteString(html.UnescapeString(s[i : i+n]))
		default:
			b.WriteByte(s[i])
		}
		i += n
	}
	return b.String()
}

// Punctuation reports whether c is punctuation of ASCII, which a backslash escapes.
func Punctuation(c byte) bool {
	return '!' <= c && c <= '/' || ':' <= c && c <= '@' || '[' <= c && c <= '`' || '{' <= c && c <= '~'
}

// Entity returns the length of the character reference that s starts with, "&amp;"
// or "&#38;", or 0.
func Entity(s string) int {
	if s == "" || s[0] != '&' {
		return 0
	}
	end := strings.IndexByte(s[:min(len(s), 34)], ';')
	if end < 2 {
		return 0
	}
	for i := 1; i < end; i++ {
		c := s[i]
		if !letter(c) && (c < '0' || '9' < c) && (i != 1 || c != '#' || end <= 2) {
			return 0
		}
	}
	if html.UnescapeString(s[:end+1]) == s[:end+1] {
		return 0
	}
	return end + 1
}
