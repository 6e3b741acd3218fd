package text

import (
	"strings"
	"unicode/utf8"
)

// writeWiki writes a document as Jira wiki markup.
func writeWiki(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, wikiBlock(b))
	}
	return strings.Join(parts, "\n\n")
}

func wikiBlock(b block) string {
	switch b.kind {
	case heading:
		return "h" + string(rune('0'+b.level)) + ". " + wikiLine(b.inl, `\\ `, false)
	case list:
		return wikiList(b, "")
	case codeBlock:
		return wikiCode(b.lang, b.text)
	case macro:
		return b.text
	case quote:
		return "{quote}\n" + writeWiki(b.kids) + "\n{quote}"
	case table:
		return wikiTable(b.rows)
	case rule:
		return "----"
	case para:
	}
	lines := strings.Split(wikiLine(b.inl, "\n", false), "\n")
	for i, l := range lines {
		lines[i] = guardWiki(l)
	}
	return strings.Join(lines, "\n")
}

// wikiCode writes preformatted text, none of which Jira reads. Only the tag
// that would end it is broken by a zero-width space.
func wikiCode(lang, s string) string {
	if lang == "" {
		return "{noformat}\n" + strings.ReplaceAll(s, "{noformat}", "{noformat"+joiner+"}") + "\n{noformat}"
	}
	return "{code:" + lang + "}\n" + strings.ReplaceAll(s, "{code}", "{code"+joiner+"}") + "\n{code}"
}

func wikiList(b block, marks string) string {
	if b.ordered {
		marks += "#"
	} else {
		marks += "*"
	}
	var lines []string
	for _, it := range b.items {
		lines = append(lines, marks+" "+wikiLine(it.inl, `\\ `, false))
		for _, s := range it.sub {
			lines = append(lines, wikiList(s, marks))
		}
	}
	return strings.Join(lines, "\n")
}

func wikiTable(rows [][][]inline) string {
	var lines []string
	for i, row := range rows {
		bar := "|"
		if i == 0 {
			bar = "||"
		}
		var b strings.Builder
		b.WriteString(bar)
		for _, c := range row {
			t := guardWiki(wikiLine(c, `\\ `, true))
			if t == "" {
				t = " "
			}
			b.WriteString(t + bar)
		}
		lines = append(lines, b.String())
	}
	return strings.Join(lines, "\n")
}

// guardWiki escapes the start of a line that would be another kind of block.
func guardWiki(l string) string {
	switch {
	case l == "":
	case l[0] == '|':
		return `\` + l
	case bullet(l) != "" || len(l) >= 4 && strings.Trim(l, "-") == "":
		return `\` + l
	case len(l) > 3 && l[0] == 'h' && '1' <= l[1] && l[1] <= '6' && l[2:4] == ". ":
		return l[:2] + "&#46;" + l[3:]
	case strings.HasPrefix(l, "bq. "):
		return "bq&#46;" + l[3:]
	}
	return l
}

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
		case brk:
			w.b.WriteString(w.br)
		case code:
			w.b.WriteString("{{")
			w.text(x.text, '}', "{}")
			w.b.WriteString("}}")
		case bare:
			if p := w.last(); (isSpace(p) || p == '(') && isSpace(next) && bareEnd(x.url) == len(x.url) && entityFree(x.url) {
				w.b.WriteString(x.url)
			} else {
				w.b.WriteString("[" + x.url + "]")
			}
		case link:
			w.b.WriteByte('[')
			w.text(x.text, '|', "|]")
			w.b.WriteString("|" + x.url + "]")
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

// span writes a phrase, as "{*}x{*}" where letters stand next to it.
func (w *wikiWriter) span(x inline, next rune) {
	c := spanChars[x.kind-strong]
	inner := wikiWriter{br: w.br, cell: w.cell, in: w.in + string(c)}
	inner.write(x.kids, rune(c))
	s, mark := inner.b.String(), string(c)
	if prev := w.last(); isAlnum(prev) || isAlnum(next) || prev == rune(c) {
		mark = "{" + mark + "}"
	}
	w.b.WriteString(mark + s + mark)
}

// text writes s with escapes where Jira would read a markup. The characters of
// extra are always escaped.
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
		}
		if esc || r < utf8.RuneSelf && strings.ContainsRune(extra, r) {
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(r)
		prev = r
	}
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
