package text

import (
	"regexp"
	"sort"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// gfmInner edits src, the source of a unit of Markdown that says old, so that it says u. Markup
// that only Markdown has stays if its text is still there. It returns "" if it cannot do so.
func gfmInner(src string, old, u unit, ok func(string) bool) string {
	if u.item() {
		return gfmInnerItem(src, old, u, ok)
	}
	if len(u.blocks) != 1 || len(old.blocks) != 1 || u.blocks[0].kind != old.blocks[0].kind {
		return ""
	}
	was, b := old.blocks[0], u.blocks[0]
	switch b.kind {
	case heading:
		if m := underlined.FindStringSubmatch(src); m != nil && was.level == b.level {
			return restore(m[1], gfmLines(b.inl), gfmSpecials(m[1], gfmShown), func(s string) bool { return ok(s + m[2]) }) + m[2]
		}
		return restore(src, gfmBlock(b), gfmSpecials(src, gfmShown), ok)
	case para, rawHTML, footnote:
		return restore(src, gfmBlock(b), gfmSpecials(src, gfmShown), ok)
	case codeBlock:
		if jiraLang(was.lang) != jiraLang(b.lang) {
			return ""
		}
		if m := preformatted.FindStringSubmatchIndex(src); m != nil {
			return src[:m[4]] + escapeHTML(b.text) + src[m[5]:]
		}
		return gfmInnerCode(src, b.text)
	case quote:
		inner, ok := unquote(src)
		if !ok {
			return ""
		}
		s := gfmMerger(inner, unitsOf(was.kids), unitsOf(b.kids)).merge(inner, func() string { return writeGFM(b.kids) })
		return indent(alert.ReplaceAllString(s, "[!$1]$2"), "> ", "> ")
	case table:
		return gfmInnerTable(src, was, b)
	case list, rule, macro, panelTag:
	}
	return ""
}

var (
	// underlined separates a heading from its underline.
	underlined = regexp.MustCompile(`(?s)^(.*?)(\r?\n {0,3}(?:=+|-+)[ \t]*)$`)
	// fence separates the parts of a fenced block of code: opening line, text, end.
	fence = regexp.MustCompile("(?s)^( {0,3})((`{3,}|~{3,})[^\\n]*\\n)(.*?)( {0,3}(?:`{3,}|~{3,})[ \\t]*)$")
	// quoteMark matches the mark of a line of a quote.
	quoteMark = regexp.MustCompile(`^ {0,3}> ?`)
	// boxed matches a task box that was escaped.
	boxed = regexp.MustCompile(`^\\(\[[ xX]\] )`)
)

// gfmInnerItem changes an item: its blocks, behind the mark that it has.
func gfmInnerItem(src string, old, u unit, ok func(string) bool) string {
	m := gfmMark.FindString(src)
	if m == "" || old.marks != u.marks {
		return ""
	}
	pad := strings.Repeat(" ", len(m))
	lines := strings.Split(src[len(m):], "\n")
	for i, l := range lines[1:] {
		lines[i+1] = outdent(l, len(m))
	}
	inner, plain := strings.Join(lines, "\n"), gfmItem(u.blocks)
	whole := func(s string) string { return indent(s, m, pad) }
	if len(u.blocks) == 1 && u.blocks[0].kind == para && len(old.blocks) == 1 {
		return whole(restore(inner, plain, gfmSpecials(inner, gfmShown), func(s string) bool { return ok(whole(s)) }))
	}
	s := gfmMerger(inner, unitsOf(old.blocks), unitsOf(u.blocks)).merge(inner, func() string { return plain })
	return whole(boxed.ReplaceAllString(s, "$1"))
}

// outdent takes up to n columns of white space off the start of a line.
func outdent(l string, n int) string {
	for ; n > 0 && l != ""; n-- {
		switch l[0] {
		case ' ':
			l = l[1:]
		case '\t':
			return strings.Repeat(" ", max(4-n, 0)) + l[1:]
		default:
			return l
		}
	}
	return l
}

// gfmInnerCode changes the text of a block of code, within the fences that it has.
func gfmInnerCode(src, text string) string {
	m := fence.FindStringSubmatch(src)
	if m == nil {
		for l := range strings.Lines(src) {
			if strings.TrimSpace(l) != "" && !strings.HasPrefix(l, "    ") && !strings.HasPrefix(l, "\t") {
				return ""
			}
		}
		return indent(text, "    ", "    ")
	}
	if strings.Contains(text, m[3]) {
		return ""
	}
	return m[1] + m[2] + strings.ReplaceAll(m[1]+text, "\n", "\n"+m[1]) + "\n" + m[5]
}

// unquote returns the text of a quote without its marks, if every line has one.
func unquote(src string) (string, bool) {
	lines := strings.Split(src, "\n")
	for i, l := range lines {
		n := len(quoteMark.FindString(l))
		if n == 0 {
			return "", false
		}
		lines[i] = l[n:]
	}
	return strings.Join(lines, "\n"), true
}

// gfmInnerTable changes a table row by row and cell by cell; the row that aligns its
// columns stays if there are as many.
func gfmInnerTable(src string, was, b block) string {
	lines := strings.Split(src, "\n")
	if len(lines) != len(was.rows)+1 || len(was.rows[0]) != len(b.rows[0]) {
		return ""
	}
	rows := append([]string{lines[0]}, lines[2:]...)
	var out []string
	for _, o := range mergeRows(was.rows, b.rows) {
		switch {
		case o.old < 0 || o.old == 0 != (o.now == 0):
			s := gfmTable([][][]inline{b.rows[o.now]})
			s, _, _ = strings.Cut(s, "\n")
			out = append(out, s)
		default:
			out = append(out, gfmInnerRow(rows[o.old], was.rows[o.old], b.rows[o.now]))
		}
		if o.now == 0 {
			out = append(out, lines[1])
		}
	}
	return strings.Join(out, "\n")
}

// gfmInnerRow changes the cells of a row that changed.
func gfmInnerRow(src string, was, now [][]inline) string {
	cells := gfmCells(src)
	if len(cells) != len(now) || len(was) != len(now) {
		s, _, _ := strings.Cut(gfmTable([][][]inline{now}), "\n")
		return s
	}
	var b strings.Builder
	at := 0
	for i, c := range cells {
		b.WriteString(src[at:c.from])
		raw := src[c.from:c.to]
		if wikiLine(was[i], `\\ `, true) == wikiLine(now[i], `\\ `, true) {
			b.WriteString(raw)
		} else {
			plain := strings.ReplaceAll(gfmInlines(now[i], true), "\n", "<br>")
			b.WriteString(restore(raw, plain, gfmSpecials(raw, gfmShown), func(string) bool { return true }))
		}
		at = c.to
	}
	b.WriteString(src[at:])
	return b.String()
}

// gfmCells returns the places of the cells of a row: bars part them, unless escaped.
func gfmCells(line string) []cellRange {
	var out []cellRange
	start, end := 0, len(strings.TrimRight(line, " \t\r"))
	for start < end && (line[start] == ' ' || line[start] == '\t') {
		start++
	}
	if start < end && line[start] == '|' {
		start++
	}
	if end > start && line[end-1] == '|' && (end < 2 || line[end-2] != '\\') {
		end--
	}
	for i := start; i <= end; i++ {
		if i < end && (line[i] != '|' || i > 0 && line[i-1] == '\\') {
			continue
		}
		text := strings.TrimSpace(line[start:i])
		from := start
		if text != "" {
			from += strings.Index(line[start:i], text)
		}
		out = append(out, cellRange{from: from, to: from + len(text)})
		start = i + 1
	}
	return out
}

// gfmShown returns a stretch of a line as conversion would write it.
func gfmShown(s string) string {
	return strings.ReplaceAll(writeCalm(readGFM(s)), "\n", " ")
}

var (
	// emphasis matches emphasis of any style.
	emphasis = regexp.MustCompile(`\*\*[^*\n]+\*\*|__[^_\n]+__|\*[^*\n]+\*|_[^_\n]+_|~[^~\n]+~`)
	// reference matches a character reference.
	reference = regexp.MustCompile(`&#?[A-Za-z0-9]{2,31};`)
)

// gfmSpecials returns the stretches that conversion would write differently; shown returns a
// stretch as conversion writes it.
func gfmSpecials(s string, shown func(string) string) []special {
	d := markdown.Parse(s)
	var all []special
	add := func(from, to int) {
		if raw := s[from:to]; shown(raw) != raw {
			all = append(all, special{from: from, to: to, shown: shown(raw)})
		}
	}
	opened := map[string][]markdown.Span{}
	for _, sp := range d.Spans() {
		switch sp.Kind {
		case markdown.Comment:
			all = append(all, commentSpecial(s, sp.Start, sp.End))
		case markdown.Address, markdown.CodeSpan:
			add(sp.Start, sp.End)
		case markdown.Tag:
			name, end := readTag(s[sp.Start:sp.End])
			_, phrase := phrases(name)
			switch {
			case name == "img":
				add(sp.Start, sp.End)
			case phrase && !end:
				opened[name] = append(opened[name], sp)
			case phrase && len(opened[name]) > 0:
				add(opened[name][len(opened[name])-1].Start, sp.End)
				opened[name] = opened[name][:len(opened[name])-1]
			}
		case markdown.CodeText, markdown.Target:
		}
	}
	for _, l := range d.Links() {
		add(l.Start, l.End)
	}
	for _, re := range []*regexp.Regexp{emphasis, reference} {
		for _, at := range re.FindAllStringIndex(s, -1) {
			add(at[0], at[1])
		}
	}
	return disjoint(all)
}

// disjoint returns the specials that do not overlap, the longer ones first.
func disjoint(all []special) []special {
	sort.SliceStable(all, func(i, j int) bool {
		if all[i].from != all[j].from {
			return all[i].from < all[j].from
		}
		return all[i].to > all[j].to
	})
	var out []special
	end := 0
	for _, s := range all {
		if s.from >= end {
			out = append(out, s)
			end = s.to
		}
	}
	return out
}
