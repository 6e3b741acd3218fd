package text

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// writeGFM writes a document as GitHub-flavoured Markdown.
func writeGFM(blocks []block) string {
	var parts []string
	for _, b := range blocks {
		parts = append(parts, gfmBlock(b))
	}
	return strings.Join(parts, "\n\n")
}

func gfmBlock(b block) string {
	switch b.kind {
	case heading:
		t := gfmLine(b.inl)
		if strings.HasSuffix(t, "#") {
			t = t[:len(t)-1] + `\#`
		}
		return strings.Repeat("#", b.level) + " " + t
	case list:
		return gfmList(b)
	case codeBlock:
		return gfmFence(b.lang, b.text)
	case macro:
		return gfmFence("jira", b.text)
	case quote:
		return indent(writeGFM(b.kids), "> ", "> ")
	case table:
		return gfmTable(b.rows)
	case rule:
		return "---"
	case para:
	}
	return gfmLines(b.inl)
}

func gfmFence(lang, s string) string {
	n := 3
	for t := s; t != ""; {
		i := strings.IndexByte(t, '`')
		if i < 0 {
			break
		}
		m := run(t[i:], '`')
		n = max(n, m+1)
		t = t[i+m:]
	}
	f := strings.Repeat("`", n)
	return f + lang + "\n" + s + "\n" + f
}

func gfmList(b block) string {
	var lines []string
	for i, it := range b.items {
		mark := "- "
		if b.ordered {
			mark = strconv.Itoa(i+1) + ". "
		}
		pad := strings.Repeat(" ", len(mark))
		s := gfmLines(it.inl)
		for _, box := range []string{"[ ] ", "[x] ", "[X] "} { // a task stays a task
			if strings.HasPrefix(s, `\`+box) {
				s = s[1:]
			}
		}
		for _, sub := range it.sub {
			s += "\n" + gfmList(sub)
		}
		lines = append(lines, indent(s, mark, pad))
	}
	return strings.Join(lines, "\n")
}

func gfmTable(rows [][][]inline) string {
	var b strings.Builder
	for i, row := range rows {
		b.WriteString("|")
		for _, c := range row {
			b.WriteString(" " + strings.ReplaceAll(gfmInlines(c, true), "\n", "<br>") + " |")
		}
		if i == 0 {
			b.WriteString("\n|" + strings.Repeat(" --- |", len(row)))
		}
		if i < len(rows)-1 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// indent puts first before the first line of s and rest before the others.
func indent(s, first, rest string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		p := rest
		if i == 0 {
			p = first
		}
		lines[i] = strings.TrimRight(p+l, " ")
	}
	return strings.Join(lines, "\n")
}

func gfmLine(in []inline) string { return gfmInlines(in, false) }

// gfmLines writes inlines as the lines of a paragraph, none of which starts
// another kind of block.
func gfmLines(in []inline) string {
	lines := strings.Split(gfmInlines(in, false), "\n")
	for i, l := range lines {
		lines[i] = guardGFM(l)
	}
	return strings.Join(lines, "\n")
}

// guardGFM escapes the start of a line that would be a heading, a quote, a list,
// a rule, an underline or the second row of a table.
func guardGFM(l string) string {
	if l == "" {
		return l
	}
	switch l[0] {
	case '#':
		if n := run(l, '#'); n <= 6 && (n == len(l) || l[n] == ' ') {
			return `\` + l
		}
	case '>':
		return `\` + l
	case '-', '+', '*':
		if len(l) == 1 || l[1] == ' ' || strings.Trim(l, "-| :") == "" {
			return `\` + l
		}
	case '=':
		if strings.Trim(l, "= ") == "" {
			return `\` + l
		}
	case '|', ':':
		if strings.Trim(l, "-| :") == "" {
			return `\` + l
		}
	}
	d := 0
	for d < len(l) && '0' <= l[d] && l[d] <= '9' {
		d++
	}
	if d > 0 && d < 10 && d < len(l) && (l[d] == '.' || l[d] == ')') && (d+1 == len(l) || l[d+1] == ' ') {
		return l[:d] + `\` + l[d:]
	}
	return l
}

func gfmInlines(in []inline, cell bool) string {
	w := gfmWriter{cell: cell}
	w.write(in, 0)
	return w.b.String()
}

type gfmWriter struct {
	b    strings.Builder
	cell bool
}

func (w *gfmWriter) last() rune { return lastRune(w.b.String()) }

// write writes in; after is the rune that follows it, 0 at the end of a line.
func (w *gfmWriter) write(in []inline, after rune) {
	for i, x := range in {
		next := after
		if i+1 < len(in) {
			next = lead(in[i+1:])
		}
		switch x.kind {
		case plain:
			w.text(x.text, next, "")
		case brk:
			w.b.WriteByte('\n')
		case code:
			w.code(x.text)
		case bare:
			if gfmBare(x.url) && isSpace(w.last()) && isSpace(next) {
				w.b.WriteString(x.url)
			} else {
				w.b.WriteString("<" + x.url + ">")
			}
		case link, image:
			if x.kind == image {
				w.b.WriteByte('!')
			}
			w.b.WriteByte('[')
			w.text(x.text, ']', "]")
			w.b.WriteString("](" + strings.ReplaceAll(x.url, "&", "&amp;") + ")")
		default:
			w.span(x, next)
		}
	}
}

// span writes emphasis. Where a letter outside meets punctuation inside, Markdown
// cannot say it, and the text goes without.
func (w *gfmWriter) span(x inline, next rune) {
	prev := w.last()
	inner := gfmWriter{cell: w.cell}
	inner.write(x.kids, '*')
	s := inner.b.String()
	open, shut := "", ""
	switch x.kind {
	case strong:
		open = "**"
	case em:
		open = "*"
		if !isWord(prev) && !isWord(next) && prev != '_' {
			open = "_"
		}
	case strike:
		open = "~~"
	case ins, sup, sub:
		tag := map[inlineKind]string{ins: "ins", sup: "sup", sub: "sub"}[x.kind]
		open, shut = "<"+tag+">", "</"+tag+">"
	default:
	}
	if shut == "" {
		shut = open
		first, _ := utf8.DecodeRuneInString(s)
		if isAlnum(prev) && !isAlnum(first) || isAlnum(next) && !isAlnum(lastRune(s)) || prev == rune(open[0]) {
			open, shut = "", ""
		}
	}
	fmt.Fprintf(&w.b, "%s%s%s", open, s, shut)
}

func (w *gfmWriter) code(s string) {
	n := 1
	for strings.Contains(" "+s+" ", strings.Repeat("`", n)) {
		n++
	}
	ticks := strings.Repeat("`", n)
	if n > 1 {
		s = " " + s + " "
	}
	if w.cell {
		s = strings.ReplaceAll(s, "|", `\|`)
	}
	w.b.WriteString(ticks + s + ticks)
}

// gfmBare reports whether u can stand without brackets.
func gfmBare(u string) bool {
	for i, r := range u {
		ok := r < 0x80 && isAlnum(r) || strings.ContainsRune("-./?#%&=+:,;", r) ||
			r == '_' && i > 0 && i+1 < len(u) && isAlnum(rune(u[i-1])) && isAlnum(rune(u[i+1]))
		if !ok {
			return false
		}
	}
	host := strings.TrimPrefix(strings.TrimPrefix(u, "https://"), "http://")
	return host != u && strings.Contains(strings.SplitN(host, "/", 2)[0], ".") &&
		(isAlnum(lastRune(u)) || strings.HasSuffix(u, "/")) && entityFree(u)
}

func entityFree(s string) bool {
	for i := range len(s) {
		if s[i] == '&' && entity(s[i:]) > 0 {
			return false
		}
	}
	return true
}

// text writes s with escapes where Markdown would read a markup. The characters
// of extra are always escaped.
func (w *gfmWriter) text(s string, after rune, extra string) {
	prev := w.last()
	for i, r := range s {
		next := after
		if i+utf8.RuneLen(r) < len(s) {
			next = firstRune(s[i+utf8.RuneLen(r):])
		}
		esc := false
		switch r {
		case '\\':
			esc = next == 0 || next < utf8.RuneSelf && isPunct(next)
		case '`', '[':
			esc = true
		case '*':
			esc = !isSpace(next) || !isSpace(prev) || prev == 0
		case '~':
			esc = !isSpace(next) || !isSpace(prev)
		case '_':
			esc = !isAlnum(prev) || !isAlnum(next)
		case '<':
			esc = isAlnum(next) || next == 0 || strings.ContainsRune("/!?*", next)
		case '&':
			esc = entity(s[i:]) > 0
		case '|':
			esc = w.cell
		}
		if esc || strings.ContainsRune(extra, r) {
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(r)
		prev = r
	}
}
