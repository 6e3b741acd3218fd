package text

import (
	"strings"
)

// readWiki reads Jira wiki markup.
func readWiki(s string) []block { return readWikiNamed(s, nil) }

// readWikiNamed reads Jira wiki markup with the names of the accounts that it mentions.
func readWikiNamed(s string, names Names) []block {
	r := wikiBlockReader{s: Normalise(s), names: names}
	return notes(tidyBlocks(withHTML(r.read())))
}

// A wikiBlockReader reads wiki markup line by line. A block macro may begin and end in the middle
// of a line; the text around it counts as separate lines.
type wikiBlockReader struct {
	s     string
	names Names
	depth int

	i, line int // the next byte, and the number of its line
	out     []block
	open    bool // a line continues the last block
	counted bool // the last block is a list whose numbers are typed
	panels  bool // the tags of panels that stand on lines of their own are blocks
	inPanel bool
}

// deepestWiki is how many macros may stand in each other.
const deepestWiki = 8

func (r *wikiBlockReader) read() []block {
	for r.i < len(r.s) {
		end := len(r.s)
		if n := strings.IndexByte(r.s[r.i:], '\n'); n >= 0 {
			end = r.i + n
		}
		start := r.i == 0 || r.s[r.i-1] == '\n'
		rest := strings.TrimSpace(r.s[r.i:end])
		switch {
		case rest == "":
			if start {
				r.open = false
			}
			r.skip(end + 1)
			continue
		case start && rest[0] == '|':
			end = rowEnd(r.s, r.i)
			from := r.line
			row := r.row(strings.TrimSpace(r.s[r.i:end]))
			r.skip(end + 1)
			r.addRow(row, from)
			continue
		}
		if r.panels && start && r.panel(rest, end) {
			continue
		}
		at, m := r.macro(end)
		if m.end == 0 {
			from := r.line
			r.skip(end + 1)
			r.text(rest, from)
			continue
		}
		r.text(strings.TrimSpace(r.s[r.i:at]), r.line)
		r.skip(at)
		from := r.line
		r.skip(m.end)
		r.attach(m.blocks, from)
		if r.i < len(r.s) && r.s[r.i] == '\n' {
			r.skip(r.i + 1)
		}
	}
	return r.out
}

// skip goes on to the byte at.
func (r *wikiBlockReader) skip(at int) {
	at = min(at, len(r.s))
	r.line += strings.Count(r.s[r.i:at], "\n")
	r.i = at
}

// lastLine is the line behind the last one that was read.
func (r *wikiBlockReader) lastLine() int {
	if r.i > 0 && r.s[r.i-1] == '\n' {
		return r.line
	}
	return r.line + 1
}

func (r *wikiBlockReader) add(b block, from int) {
	b.from, b.to = from, r.lastLine()
	r.out = append(r.out, b)
	r.counted = false
}

// attach adds the blocks of a macro: to the last item of the list that is open, which
// Jira does, too, and otherwise to the document.
func (r *wikiBlockReader) attach(blocks []block, from int) {
	if n := len(r.out); n > 0 && r.open && r.out[n-1].kind == list {
		it := lastItem(&r.out[n-1])
		it.kids = append(it.kids, blocks...)
		r.extend()
		return
	}
	for _, b := range blocks {
		r.add(b, from)
	}
	r.open = false
}

// extend makes the last block end where the reader is.
func (r *wikiBlockReader) extend() {
	l := &r.out[len(r.out)-1]
	l.to = r.lastLine()
}

// text reads a line, or a part of one, without block macros.
func (r *wikiBlockReader) text(line string, from int) {
	last := len(r.out) - 1
	switch {
	case line == "":
	case headingLevel(line) > 0:
		r.add(block{kind: heading, level: headingLevel(line), inl: r.inlines(line[4:])}, from)
		r.open = false
	case strings.HasPrefix(line, "bq. "):
		r.add(block{kind: quote, kids: []block{{kind: para, inl: r.inlines(line[4:])}}}, from)
		r.open = false
	case len(line) >= 4 && strings.Trim(line, "-") == "":
		r.add(block{kind: rule}, from)
		r.open = false
	case bullet(line) != "":
		mark := bullet(line)
		r.item(mark, strings.TrimSpace(line[len(mark):]), from)
	case r.open && r.out[last].kind == para:
		r.out[last].inl = append(append(r.out[last].inl, inline{kind: brk}), r.inlines(line)...)
		r.extend()
	case r.open && r.out[last].kind == list && r.counted && number(line) == r.out[last].start+len(r.out[last].items):
		_, said, _ := strings.Cut(line, " ")
		r.out[last].items = append(r.out[last].items, item{kids: r.paragraphs(said), from: from})
		r.extend()
	case r.open && r.out[last].kind == list:
		it := lastItem(&r.out[last])
		more := r.paragraphs(line)
		if n := len(it.kids); n > 0 && it.kids[n-1].kind == para {
			it.kids[n-1].inl = append(append(it.kids[n-1].inl, inline{kind: brk}), more[0].inl...)
			more = more[1:]
		}
		it.kids = append(it.kids, more...)
		r.extend()
	case !r.open && number(line) >= 0:
		_, said, _ := strings.Cut(line, " ")
		r.add(block{kind: list, ordered: true, start: number(line), items: []item{{kids: r.paragraphs(said), from: from}}}, from)
		r.extend()
		r.open, r.counted = true, true
	default:
		b := block{kind: para, inl: r.inlines(line)}
		if noteStart.MatchString(line) {
			if all := r.paragraphs(line); len(all) > 1 {
				b.inl, b.kids = all[0].inl, all[1:]
			}
		}
		r.add(b, from)
		r.open = true
	}
}

// item reads an item of a list with the bullets mark.
func (r *wikiBlockReader) item(mark, said string, from int) {
	kids := r.paragraphs(said)
	last := len(r.out) - 1
	if r.open && last >= 0 && r.out[last].kind == list {
		if r.counted { // a list under an item whose number is typed
			mark = "#" + mark
		}
		if addItem(&r.out[last], mark, item{kids: kids, from: from}) {
			r.extend()
			return
		}
	}
	b := block{kind: list, ordered: mark[0] == '#', start: 1}
	addItem(&b, mark, item{kids: kids, from: from})
	r.add(b, from)
	r.extend()
	r.open = true
}

// paragraphs reads the text of an item: two line breaks in a row part paragraphs. The
// text of an item without words is a no-break space.
func (r *wikiBlockReader) paragraphs(s string) []block {
	if s == "" || s == "&nbsp;" || s == "\u00a0" {
		return []block{{kind: para}}
	}
	var out []block
	cur := block{kind: para}
	in := r.inlines(s)
	for i := 0; i < len(in); i++ {
		j := i
		for j < len(in) && (in[j].kind == brk || in[j].kind == plain && strings.TrimSpace(in[j].text) == "") {
			j++
		}
		breaks := 0
		for _, x := range in[i:j] {
			if x.kind == brk {
				breaks++
			}
		}
		if breaks > 1 {
			out = append(out, cur)
			cur = block{kind: para}
			i = j - 1
			continue
		}
		cur.inl = append(cur.inl, in[i])
	}
	return append(out, cur)
}

func (r *wikiBlockReader) inlines(s string) []inline { return wikiInlines(s, r.depth, r.names) }

// withHTML turns paragraphs that were raw HTML at GitHub into blocks of raw HTML.
func withHTML(in []block) []block {
	for i := range in {
		b := &in[i]
		if b.kind == para && len(b.inl) > 0 && b.inl[0].kind == tagged {
			h := asHTML(b.inl)
			b.kind, b.inl = h.kind, h.inl
		}
		withHTML(b.kids)
		for j := range b.items {
			withHTML(b.items[j].kids)
		}
	}
	return in
}
