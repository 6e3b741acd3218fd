package text

import (
	"cmp"
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"

	"github.com/conformd/conformd/internal/markdown"
)

// A piece is a unit with its source: whole lines of a text.
type piece struct {
	unit
	from, to int // its lines
}

// A source is a text cut into lines and pieces.
type sourceText struct {
	lines  []string // with their line ends
	pieces []piece
}

// src returns the source of a piece without the line end of its last line.
func (s *sourceText) src(p piece) string {
	return trimEnd(strings.Join(s.lines[p.from:p.to], ""))
}

// gap returns the lines between two places.
func (s *sourceText) gap(from, to int) string { return strings.Join(s.lines[from:to], "") }

// trimEnd cuts off one line end.
func trimEnd(s string) string {
	for _, eol := range []string{"\r\n", "\n", "\r", "\u2028", "\u2029", "\u0085"} {
		if t, ok := strings.CutSuffix(s, eol); ok {
			return t
		}
	}
	return s
}

// cutLines cuts a text into lines with their ends. In wiki markup there are more of
// these.
func cutLines(s string, wiki bool) []string {
	var out []string
	from := 0
	for i, r := range s {
		if i < from {
			continue
		}
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
			out = append(out, s[from:i+2])
			from = i + 2
		case r == '\n', r == '\r', wiki && (r == '\u2028' || r == '\u2029' || r == '\u0085'):
			end := i + len(string(r))
			out = append(out, s[from:end])
			from = end
		}
	}
	if from < len(s) {
		out = append(out, s[from:])
	}
	return out
}

// splitWiki cuts wiki markup into pieces. The tags of a panel are pieces of their own,
// so that it stays around what changes in it.
func splitWiki(s string, names Names) *sourceText {
	out := &sourceText{lines: cutLines(s, true)}
	norm := Normalise(s)
	lead := 0 // empty lines at the beginning, which Normalise drops
	for lead < len(out.lines) && Normalise(out.lines[lead]) == "" {
		lead++
	}
	r := wikiBlockReader{s: norm, names: names, panels: true}
	blocks := r.read()
	var flat []block
	for _, b := range blocks {
		from, to := b.from, b.to
		for _, t := range tidyBlocks(withHTML([]block{b})) {
			t.from, t.to = from, to
			flat = append(flat, t)
		}
	}
	for i := 0; i < len(flat); {
		b := flat[i]
		p := piece{from: b.from + lead, to: b.to + lead}
		group := []block{b}
		for i++; i < len(flat) && flat[i].from+lead < p.to; i++ { // several blocks on one line
			group = append(group, flat[i])
			p.to = max(p.to, flat[i].to+lead)
		}
		if len(group) == 1 && b.kind == list {
			out.pieces = append(out.pieces, itemPieces(b, lead, i, p)...)
			continue
		}
		group = slices.DeleteFunc(group, func(b block) bool { return b.kind == panelTag && len(b.inl) == 0 })
		for j := range group {
			if group[j].kind == panelTag {
				group[j].kind = para
			}
		}
		p.blocks = group
		p.key = blockKey(group...)
		out.pieces = append(out.pieces, p)
	}
	return out
}

// itemPieces cuts a list of wiki markup into its items.
func itemPieces(l block, lead, id int, whole piece) []piece {
	units := itemUnits(l, "", id, l.ordered && l.start != 1)
	at := itemLines(l, nil)
	if len(at) != len(units) || !ascending(at) { // an item was dropped or moved, or shares a line
		whole.blocks, whole.key = []block{l}, blockKey(l)
		return []piece{whole}
	}
	var out []piece
	for i, u := range units {
		to := whole.to
		if i+1 < len(at) {
			to = at[i+1] + lead
		}
		out = append(out, piece{unit: u, from: at[i] + lead, to: to})
	}
	return out
}

func ascending(in []int) bool {
	for i := 1; i < len(in); i++ {
		if in[i] <= in[i-1] {
			return false
		}
	}
	return true
}

// itemLines returns the lines on which the items of a list begin.
func itemLines(l block, out []int) []int {
	for _, it := range l.items {
		out = append(out, it.from)
		for _, k := range it.kids {
			if k.kind == list {
				out = itemLines(k, out)
			}
		}
	}
	return out
}

// splitGFM cuts Markdown into pieces.
func splitGFM(s string) *sourceText {
	out := &sourceText{lines: cutLines(s, false)}
	root, text := markdown.Tree(s)
	c := gfmCutter{r: gfmReader{src: text}, refs: map[string]bool{}}
	for i, b := range text {
		if b == '\n' {
			c.starts = append(c.starts, i+1)
		}
	}
	walkInlines(c.r.blocks(root), func(x inline) {
		if x.kind == noteRef {
			c.refs[x.text] = true
		}
	})
	var nodes []ast.Node
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		nodes = append(nodes, n)
	}
	line := func(n ast.Node) int { return c.line(nodeStart(n)) }
	slices.SortStableFunc(nodes, func(a, b ast.Node) int { return cmp.Compare(line(a), line(b)) }) // see markdown.Document.Blocks
	for i, n := range nodes {
		end := len(out.lines)
		if i+1 < len(nodes) {
			end = line(nodes[i+1])
		}
		if from := line(n); from < end {
			out.pieces = append(out.pieces, c.cut(n, out.trim(from, end))...)
		}
	}
	for i := range out.pieces {
		p := &out.pieces[i]
		*p = piece{unit: p.unit, from: p.from, to: out.trim(p.from, p.to).to}
	}
	return out
}

// trim returns the lines from to to without empty ones at the end.
func (s *sourceText) trim(from, to int) piece {
	for to > from+1 && strings.TrimSpace(s.lines[to-1]) == "" {
		to--
	}
	return piece{from: from, to: to}
}

type gfmCutter struct {
	r      gfmReader
	starts []int // of all lines but the first
	refs   map[string]bool
	lists  int
}

// line returns the number of the line that holds the byte at.
func (c *gfmCutter) line(at int) int {
	return sort.Search(len(c.starts), func(i int) bool { return c.starts[i] > at })
}

// nodeStart returns where a block begins.
func nodeStart(n ast.Node) int {
	if t, ok := n.(*east.Table); ok { // goldmark puts it where its paragraph begins
		return t.FirstChild().Pos()
	}
	return n.Pos()
}

// cut returns the pieces of one block, whose lines p has.
func (c *gfmCutter) cut(n ast.Node, p piece) []piece {
	if l, ok := n.(*ast.List); ok {
		c.lists++
		blocks := tidyBlocks(dropNotes([]block{c.r.list(l)}, c.refs))
		if len(blocks) == 1 && blocks[0].kind == list {
			units := itemUnits(blocks[0], "", c.lists, blocks[0].ordered && blocks[0].start != 1)
			if at, ok := c.itemLines(l, nil); ok && len(at) == len(units) {
				var out []piece
				for i, u := range units {
					to := p.to
					if i+1 < len(at) {
						to = at[i+1]
					}
					out = append(out, piece{unit: u, from: at[i], to: to})
				}
				return out
			}
		}
		p.blocks, p.key = blocks, blockKey(blocks...)
		return []piece{p}
	}
	if b, ok := c.r.block(n); ok {
		p.blocks = tidyBlocks(dropNotes([]block{b}, c.refs))
	}
	p.key = blockKey(p.blocks...)
	return []piece{p}
}

// itemLines returns the lines on which the items of a list begin; it is false if two of
// them share a line. What stands behind a list in an item goes with the last item of that
// list, as in tidyItem.
func (c *gfmCutter) itemLines(l ast.Node, out []int) ([]int, bool) {
	for li := l.FirstChild(); li != nil; li = li.NextSibling() {
		at := c.line(li.Pos())
		if n := len(out); n > 0 && out[n-1] >= at {
			return nil, false
		}
		out = append(out, at)
		for k := li.FirstChild(); k != nil; k = k.NextSibling() {
			if _, ok := k.(*ast.List); ok {
				var fine bool
				if out, fine = c.itemLines(k, out); !fine {
					return nil, false
				}
			}
		}
	}
	return out, true
}

// gfmMark matches the beginning of an item: indentation, mark, and what stands in front
// of the text.
var gfmMark = regexp.MustCompile(`^([ \t]*)([-*+]|\d{1,9}[.)])([ \t]+|$)`)
