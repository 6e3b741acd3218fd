package text

import (
	"strconv"
	"strings"
)

// rowEnd returns where the row of a table ends that begins at i. A cell may run over
// lines: the row goes on to the line that ends in a bar, unless an empty line or
// another row comes first.
func rowEnd(s string, i int) int {
	first := -1
	for j := i; ; {
		switch {
		case j >= len(s) || s[j] == '\n':
			if first < 0 {
				first = min(j, len(s))
			}
			if t := strings.TrimRight(s[i:min(j, len(s))], " \t"); strings.HasSuffix(t, "|") && !strings.HasSuffix(t, `\|`) {
				return min(j, len(s))
			}
			if j >= len(s) {
				return first
			}
			next, _, _ := strings.Cut(s[j+1:], "\n")
			if next = strings.TrimSpace(next); next == "" || next[0] == '|' {
				return first
			}
			j++
		case s[j] == '\\':
			j += 2
		case s[j] == '{':
			j += max(verbatimEnd(s[j:]), 1)
		default:
			j++
		}
	}
}

// row cuts "||a||b||" or "|a|b|" into cells. The head of a row that is not the first
// is bold, as Jira shows it.
func (r *wikiBlockReader) row(line string) [][]inline {
	var cells [][]inline
	first := len(r.out) == 0 || !r.open || r.out[len(r.out)-1].kind != table
	for _, c := range cellRanges(line) {
		in := r.cell(line[c.from:c.to])
		if c.head && !first && len(in) > 0 {
			in = []inline{{kind: strong, kids: in}}
		}
		cells = append(cells, in)
	}
	return cells
}

// A cellRange is the place of the text of a cell in its row.
type cellRange struct {
	from, to int
	head     bool
}

// cellRanges returns the places of the cells of a row.
func cellRanges(line string) []cellRange {
	var out []cellRange
	bars := run(line, '|')
	start := min(bars, 2)
	add := func(to int) {
		text := strings.TrimSpace(line[start:to])
		from := start
		if text != "" {
			from += strings.Index(line[start:to], text)
		}
		out = append(out, cellRange{from, from + len(text), bars > 1})
	}
	for i := start; i < len(line); {
		switch line[i] {
		case '\\':
			i += 2
		case '{':
			i += max(verbatimEnd(line[i:]), 1)
		case '[':
			i += max(linkEnd(line[i:]), 1)
		case '!':
			i += max(imageEnd(line[i:]), 1)
		case '|':
			add(i)
			bars = min(run(line[i:], '|'), 2)
			i += bars
			start = i
		default:
			i++
		}
	}
	if start < len(line) {
		add(len(line))
	}
	return out
}

func (r *wikiBlockReader) addRow(row [][]inline, from int) {
	if last := len(r.out) - 1; r.open && last >= 0 && r.out[last].kind == table {
		r.out[last].rows = append(r.out[last].rows, row)
		r.extend()
		return
	}
	r.add(block{kind: table, rows: [][][]inline{row}}, from)
	r.open = true
}

// cell reads the text of a cell, whose blocks become lines: Markdown has none in a table.
func (r *wikiBlockReader) cell(s string) []inline {
	if !strings.ContainsAny(s, "\n{") && bullet(s) == "" {
		return r.inlines(s)
	}
	inner := wikiBlockReader{s: s, names: r.names, depth: r.depth + 1}
	return asLines(inner.read())
}

// asLines returns blocks as the lines of one text.
func asLines(in []block) []inline {
	var out []inline
	line := func(more ...inline) {
		if len(out) > 0 {
			out = append(out, inline{kind: brk})
		}
		out = append(out, more...)
	}
	for _, b := range in {
		switch b.kind {
		case para, rawHTML:
			line(b.inl...)
		case heading:
			line(inline{kind: strong, kids: b.inl})
		case codeBlock:
			for l := range strings.SplitSeq(b.text, "\n") {
				line(inline{kind: code, text: l})
			}
		case macro:
			for l := range strings.SplitSeq(b.text, "\n") {
				line(inline{kind: plain, text: l})
			}
		case list:
			for i, it := range b.items {
				mark := "- "
				if b.ordered {
					mark = strconv.Itoa(b.start+i) + ". "
				}
				line(append([]inline{{kind: plain, text: mark}}, asLines(it.kids)...)...)
			}
		case quote, footnote:
			line(asLines(b.kids)...)
		case table:
			for _, row := range b.rows {
				var cells []inline
				for i, c := range row {
					if i > 0 {
						cells = append(cells, inline{kind: plain, text: " | "})
					}
					cells = append(cells, c...)
				}
				line(cells...)
			}
		case rule:
		}
	}
	return out
}
