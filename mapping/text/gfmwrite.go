package text

import (
	"regexp"
	"strconv"
	"strings"
)

// writeGFM writes a document as GitHub-flavoured Markdown.
func writeGFM(blocks []block) string {
	var b strings.Builder
	alt := false // the mark of the last list was the second one
	for i, x := range blocks {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if x.kind == list {
			// Two lists of one sort would be one list, and count on, if they had one mark.
			alt = i > 0 && blocks[i-1].kind == list && blocks[i-1].ordered == x.ordered && !alt
			b.WriteString(gfmList(x, alt))
			continue
		}
		alt = false
		b.WriteString(gfmBlock(x))
	}
	return b.String()
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
		return gfmList(b, false)
	case codeBlock:
		return gfmFence(b.lang, b.text)
	case macro:
		return gfmFence("jira", b.text)
	case quote:
		return indent(alert.ReplaceAllString(writeGFM(b.kids), "[!$1]$2"), "> ", "> ")
	case table:
		return gfmTable(b.rows)
	case rule:
		return "---"
	case rawHTML:
		return writeHTML(b.inl)
	case footnote:
		return indent(writeGFM(b.kids), "[^"+b.text+"]: ", "    ")
	case para:
	}
	return gfmLines(b.inl)
}

// alert matches the first line of a quote that GitHub shows as an alert.
var alert = regexp.MustCompile(`^\\\[!((?i:NOTE|TIP|IMPORTANT|WARNING|CAUTION))\](\n|$)`)

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

func gfmList(b block, alt bool) string {
	var lines []string
	for i, it := range b.items {
		mark := "- "
		switch {
		case b.ordered && alt:
			mark = strconv.Itoa(b.start+i) + ") "
		case b.ordered:
			mark = strconv.Itoa(b.start+i) + ". "
		case alt:
			mark = "* "
		}
		lines = append(lines, indent(gfmItem(it.kids), mark, strings.Repeat(" ", len(mark))))
	}
	return strings.Join(lines, "\n")
}

// gfmItem writes the blocks of an item.
func gfmItem(kids []block) string {
	var b strings.Builder
	for i, k := range kids {
		s := gfmBlock(k)
		if k.kind == para && i == 0 {
			for _, box := range []string{"[ ] ", "[x] ", "[X] "} { // a task stays a task
				if strings.HasPrefix(s, `\`+box) {
					s = s[1:]
				}
			}
		}
		switch {
		case i == 0:
		case apart(kids[i-1], k):
			b.WriteString("\n\n")
		default:
			b.WriteByte('\n')
		}
		b.WriteString(s)
	}
	return b.String()
}

// apart reports whether an empty line must stand between two blocks of an item.
func apart(a, b block) bool {
	if a.kind == para && len(a.inl) == 0 {
		return false // an empty line would end an item without text
	}
	switch b.kind {
	case codeBlock, macro, quote:
		return a.kind == table || a.kind == rawHTML || a.kind == quote && b.kind == quote
	case list:
		first := b.items[0].kids
		return a.kind != para && a.kind != codeBlock && a.kind != macro || len(first) == 0 || first[0].kind == para && len(first[0].inl) == 0
	case para:
		return a.kind != codeBlock && a.kind != macro
	default:
		return true
	}
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
