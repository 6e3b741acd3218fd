package text

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/conformd/conformd/internal/markdown"
)

func gfmInlines(in []inline, cell bool) string {
	w := gfmWriter{cell: cell}
	w.write(in, 0)
	return w.b.String()
}

type gfmWriter struct {
	b    strings.Builder
	cell bool
	more string // characters that are always escaped
	in   bool   // inside a span or a link
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
			if t, ok := strings.CutSuffix(x.text, "!"); ok && i+1 < len(in) && (in[i+1].kind == link || in[i+1].kind == bare || in[i+1].kind == noteRef) {
				w.text(t, '!') // not a picture
				w.b.WriteString(`\!`)
				continue
			}
			w.text(x.text, next)
		case brk:
			w.b.WriteByte('\n')
		case code:
			w.code(x.text)
		case tagged:
			w.b.WriteString(x.text)
		case noteRef:
			w.b.WriteString("[^" + x.text + "]")
		case bare:
			w.bare(x, in[i+1:], after)
		case image:
			w.b.WriteString("![")
			w.text(x.text, ']')
			w.b.WriteString("](" + destination(x.url) + ")")
		case link:
			w.link(x)
		default:
			w.span(x, next)
		}
	}
}

// span writes emphasis. If a letter outside meets punctuation inside, it writes HTML, because
// Markdown has no mark for this case.
func (w *gfmWriter) span(x inline, next rune) {
	prev := w.last()
	inner := gfmWriter{cell: w.cell, more: w.more, in: true}
	inner.write(x.kids, '*')
	s := inner.b.String()
	open := ""
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
	default:
	}
	shut := open
	first := firstRune(s)
	if open == "" || isAlnum(prev) && !isAlnum(first) || isAlnum(next) && !isAlnum(lastRune(s)) || prev == rune(open[0]) {
		name := elements(x.kind)
		open, shut = "<"+name+">", "</"+name+">"
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

func (w *gfmWriter) link(x inline) {
	inner := gfmWriter{cell: w.cell, more: "]", in: true}
	inner.write(x.kids, ']')
	w.b.WriteString("[" + inner.b.String() + "](" + destination(x.url))
	if x.text != "" {
		w.b.WriteString(` "` + x.text + `"`)
	}
	w.b.WriteByte(')')
}

// bare writes an address that is its own text: without markup if GitHub then links it.
func (w *gfmWriter) bare(x inline, rest []inline, after rune) {
	prev := w.last()
	www := !strings.Contains(x.text, "://")
	fits := !w.cell || !strings.Contains(x.text, "|")
	alone := fits && (www && (isSpace(prev) || strings.ContainsRune("*_~(", prev)) || !www && (prev >= utf8.RuneSelf || !isAlnum(prev)))
	switch {
	case alone && !w.in && markdown.Autolink(x.text+tail(rest, after)) == len(x.text) && strings.Trim(tail(rest, after), `.,;:!?'")`) == "":
		w.b.WriteString(x.text)
	case fits && !www && !strings.ContainsAny(x.text, " <>\\") && entityFree(x.text):
		w.b.WriteString("<" + x.text + ">")
	default:
		w.link(inline{kind: link, url: x.url, kids: []inline{{kind: plain, text: x.text}}})
	}
}

// tail returns the text behind an address, up to the next space, that GitHub could read as a part
// of the address.
func tail(rest []inline, after rune) string {
	var b strings.Builder
	for _, x := range rest {
		switch x.kind {
		case plain:
			i := strings.IndexFunc(x.text, isSpace)
			if i >= 0 {
				b.WriteString(x.text[:i])
				return b.String()
			}
			b.WriteString(x.text)
		case brk:
			return b.String()
		default:
			return b.String() + "x" // something that would be taken in
		}
	}
	if after != 0 {
		b.WriteRune(after)
	}
	return b.String()
}

// destination returns the address of a link as it stands between parentheses.
func destination(u string) string {
	if !balanced(u) {
		u = strings.NewReplacer("(", "%28", ")", "%29").Replace(u)
	}
	var b strings.Builder
	for i := range len(u) {
		if u[i] == '&' && entity(u[i:]) > 0 {
			b.WriteString("&amp;")
			continue
		}
		b.WriteByte(u[i])
	}
	return b.String()
}

// balanced reports whether the parentheses of an address may stand as they are.
func balanced(u string) bool {
	depth := 0
	for _, r := range u {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth < 0 || depth > 32 {
			return false
		}
	}
	return depth == 0
}

func entityFree(s string) bool {
	for i := range len(s) {
		if s[i] == '&' && entity(s[i:]) > 0 {
			return false
		}
	}
	return true
}

// text writes s with an escape wherever Markdown would read markup.
func (w *gfmWriter) text(s string, after rune) {
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
		case ':':
			esc = schemed(s[:i], s[i:])
		case '.':
			esc = www(s[:i], s[i:])
		}
		if esc || strings.ContainsRune(w.more, r) {
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(r)
		prev = r
	}
}

// www reports whether GitHub would link the text that meets at a full stop.
func www(before, after string) bool {
	rest := before[:max(len(before)-3, 0)]
	if !strings.EqualFold(before[len(rest):], "www") || rest != "" && !isSpace(lastRune(rest)) && !strings.ContainsRune("*_~(", lastRune(rest)) {
		return false
	}
	address := before[len(rest):] + after
	return markdown.Autolink(address) > 0 || markdown.Autolink(address[:escaped(address, "_")]) > 0
}

// escaped returns the place of the first of some marks in the address at the start of s that may
// be written with a backslash, because no word continues across it. It returns the length of s if
// there is none. With the backslash the address ends there, and may be one that trackers link.
func escaped(s, marks string) int {
	s = s[:min(len(s), longestAddress)]
	prev := rune(0)
	for i, r := range s {
		if isSpace(r) {
			return i
		}
		if strings.ContainsRune(marks, r) && (!isAlnum(prev) || !isAlnum(firstRune(s[i+1:]))) {
			return i
		}
		prev = r
	}
	return len(s)
}
