package text

import (
	"strings"
	"unicode/utf8"
)

// tagMark stands behind the "<" of an HTML tag that came from GitHub, so that it becomes a tag
// again on the way back; a "<" that a person typed in Jira is text. It is a word joiner, which is
// invisible.
const tagMark = "\u2060"

// joiner is a zero-width space.
const joiner = "\u200b"

func wikiLine(in []inline, br string, cell bool) string {
	w := wikiWriter{br: br, cell: cell}
	w.write(in, 0)
	return w.b.String()
}

type wikiWriter struct {
	b    strings.Builder
	br   string
	cell bool
	in   string // the characters of the spans around
	more string // characters that are always escaped
	link bool   // inside the text of a link, where an address is no link
}

func (w *wikiWriter) write(in []inline, after rune) {
	for i, x := range in {
		next := after
		if i+1 < len(in) {
			next = lead(in[i+1:])
		}
		switch x.kind {
		case plain:
			w.text(x.text, next, "")
		case tagged:
			w.text("<"+tagMark+x.text[1:], next, "")
		case noteRef:
			w.text("[^"+x.text+"]", next, "")
		case brk:
			w.b.WriteString(w.br)
		case code:
			w.b.WriteString("{{")
			w.text(x.text, '}', "{}")
			w.b.WriteString("}}")
		case bare:
			w.bare(x, next)
		case link:
			w.linkTo(x)
		case image:
			w.b.WriteString("!" + x.url)
			if x.text != "" {
				w.b.WriteString("|alt=" + x.text)
			}
			w.b.WriteByte('!')
		default:
			w.span(x, next)
		}
	}
}

func (w *wikiWriter) last() rune { return lastRune(w.b.String()) }

// bare writes an address that is its own text: without markup if Jira then links it.
func (w *wikiWriter) bare(x inline, next rune) {
	p := w.last()
	switch {
	case strings.HasPrefix(strings.ToLower(x.text), "www."):
		if (isSpace(p) || p == '(') && isSpace(next) && bareEnd(x.text) == len(x.text) && simpleAddress(x.text) {
			w.b.WriteString(x.text)
			return
		}
	case x.text == x.url:
		if (isSpace(p) || p == '(') && isSpace(next) && bareEnd(x.url) == len(x.url) && simpleAddress(x.url) {
			w.b.WriteString(x.url)
		} else {
			w.b.WriteString("[" + x.url + "]")
		}
		return
	}
	w.linkTo(inline{kind: link, url: x.url, kids: []inline{{kind: plain, text: x.text}}})
}

// simpleAddress reports whether an address holds nothing that Jira could read as
// something else.
func simpleAddress(u string) bool { return !strings.ContainsAny(u, "()*!'") && entityFree(u) }

func (w *wikiWriter) linkTo(x inline) {
	inner := wikiWriter{br: " ", cell: w.cell, more: w.more + "|]", link: true}
	inner.write(x.kids, '|')
	w.b.WriteString("[" + inner.b.String() + "|" + x.url)
	if x.text != "" {
		w.b.WriteString("|" + x.text)
	}
	w.b.WriteByte(']')
}

// span writes a phrase, as "{*}x{*}" where letters stand next to it.
func (w *wikiWriter) span(x inline, next rune) {
	c := spanChars[x.kind-strong]
	inner := wikiWriter{br: w.br, cell: w.cell, in: w.in + string(c), more: w.more, link: w.link}
	inner.write(x.kids, rune(c))
	s, mark := inner.b.String(), string(c)
	if prev := w.last(); isAlnum(prev) || isAlnum(next) || prev == rune(c) {
		mark = "{" + mark + "}"
	}
	w.b.WriteString(mark + s + mark)
}

// text writes s with an escape wherever Jira would read markup. It always escapes the characters
// of extra.
func (w *wikiWriter) text(s string, after rune, extra string) {
	prev := w.last()
	for i, r := range s {
		size := utf8.RuneLen(r)
		next := after
		if i+size < len(s) {
			next = firstRune(s[i+size:])
		}
		esc := false
		switch {
		case r == '\\':
			if next == 0 || isPunct(next) {
				w.b.WriteString("&#92;")
				prev = ';'
				continue
			}
		case r == '&':
			if entity(s[i:]) > 0 {
				w.b.WriteString("&amp;")
				prev = ';'
				continue
			}
		case r == '{' || r == '[':
			esc = true
		case r == '|':
			esc = w.cell
		case r < utf8.RuneSelf && strings.IndexByte(spanChars, byte(r)) >= 0:
			esc = !isAlnum(prev) && !isSpace(next) && prev != r || strings.ContainsRune(w.in, r)
		case r == '!':
			esc = !isAlnum(prev) && !isSpace(next)
		case r == '?':
			esc = next == '?' && !isAlnum(prev) && prev != '?'
		case r == '(':
			esc = icon(s[i:])
		case r == ':' || r == ';':
			if smiley(s[i:]) {
				esc = true
			} else if r == ':' && !w.link && schemed(s[:i], s[i:]) {
				w.b.WriteString("&#58;") // Jira would link this, but GitHub does not
				prev = ';'
				continue
			}
		case r == 'w' || r == 'W':
			if !w.link && !isWord(prev) && (bareEnd(s[i:]) > 0 || bareEnd(s[i:i+escaped(s[i:], spanChars)]) > 0) {
				w.b.WriteString("&#" + decimal(r) + ";")
				prev = ';'
				continue
			}
		}
		if esc || r < utf8.RuneSelf && (strings.ContainsRune(extra, r) || strings.ContainsRune(w.more, r)) {
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(r)
		prev = r
	}
}

func decimal(r rune) string {
	return string([]byte{'0' + byte(r/100), '0' + byte(r/10%10), '0' + byte(r%10)})
}

// schemed reports whether an address of the web stands where before and after meet.
func schemed(before, after string) bool {
	if !strings.HasPrefix(after, "://") {
		return false
	}
	for _, scheme := range []string{"http", "https", "ftp"} {
		if rest, ok := strings.CutSuffix(before, scheme); ok && !isWord(lastRune(rest)) {
			return true
		}
	}
	return false
}

// icon reports whether s starts with one of the small pictures of Jira: (x), (/).
func icon(s string) bool {
	for _, p := range []string{"(x)", "(y)", "(n)", "(i)", "(/)", "(!)", "(?)", "(+)", "(-)", "(*)", "(*r)", "(*g)", "(*b)", "(*y)", "(on)", "(off)", "(flag)", "(flagoff)"} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

// smiley reports whether s starts with one of the faces that Jira makes pictures of.
func smiley(s string) bool {
	return len(s) > 1 && (s[0] == ':' && strings.IndexByte("()PpDd", s[1]) >= 0 && (s[1] == '(' || s[1] == ')' || len(s) == 2 || !isAlnum(firstRune(s[2:]))) || s[0] == ';' && s[1] == ')')
}
