package markdown

import (
	"sort"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A Line is a line of the source, by its place.
type Line struct{ Start, End int } // End is in front of the line end

// Lines returns the lines of the paragraphs that stand directly in the document, in order:
// the author's own words. It leaves out lines that begin inside of code, HTML or a link, and
// paragraphs in a folded, quoted or hidden part.
func (d *Document) Lines() []Line {
	var out []Line
	var nodes []ast.Node
	if d.root != nil {
		nodes = d.nodes()
	}
	for i, b := range d.Blocks() {
		if b.Kind != Paragraph || b.Details > 0 || b.Quoted || b.Hidden {
			continue
		}
		if nodes == nil {
			return []Line{{b.Start, b.Start + len(strings.TrimRight(d.src[b.Start:b.End], "\r\n"))}}
		}
		for j := range nodes[i].Lines().Len() {
			s := nodes[i].Lines().At(j)
			at := d.offset(s.Start)
			if !d.covered(at) {
				out = append(out, Line{at, at + len(strings.TrimRight(d.src[at:d.offset(s.Stop)], "\r\n"))})
			}
		}
	}
	return out
}

// Asides returns the lines inside of headings and of the items of lists, in order; Lines has
// none of these.
func (d *Document) Asides() []Line {
	if d.root == nil {
		return nil
	}
	var out []Line
	nodes := d.nodes()
	for i, b := range d.Blocks() {
		if b.Kind != Heading && b.Kind != List || b.Details > 0 || b.Quoted || b.Hidden {
			continue
		}
		_ = ast.Walk(nodes[i], func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			switch n.(type) {
			case *ast.Heading, *ast.Paragraph, *ast.TextBlock:
			case *ast.List, *ast.ListItem:
				return ast.WalkContinue, nil
			default:
				return ast.WalkSkipChildren, nil
			}
			for j := 0; entering && j < n.Lines().Len(); j++ {
				s := n.Lines().At(j)
				at := d.offset(s.Start)
				if !d.covered(at) {
					out = append(out, Line{at, at + len(strings.TrimRight(d.src[at:d.offset(s.Stop)], "\r\n"))})
				}
			}
			return ast.WalkSkipChildren, nil
		})
	}
	return out
}

// covered reports whether the byte at lies inside a span that began before it.
func (d *Document) covered(at int) bool {
	spans := d.Spans()
	i := sort.Search(len(spans), func(i int) bool { return spans[i].Start >= at })
	return i > 0 && spans[i-1].End > at
}

// Prose returns the words of the text, with one space in place of each piece of code and each
// HTML comment. Addresses stay.
func (d *Document) Prose() string {
	var b strings.Builder
	at := 0
	cut := func(from, to int) {
		if from >= at {
			b.WriteString(d.src[at:from])
			b.WriteByte(' ')
		}
		at = max(at, to)
	}
	hidden := d.hidden()
	for _, s := range d.Spans() {
		for len(hidden) > 0 && hidden[0].Start < s.Start {
			cut(hidden[0].Start, hidden[0].End)
			hidden = hidden[1:]
		}
		switch s.Kind {
		case CodeText:
			cut(s.Start, s.End)
			b.WriteByte('\n')
		case CodeSpan, Comment:
			cut(s.Start, s.End)
		case Tag, Address, Target:
		}
	}
	for _, h := range hidden {
		cut(h.Start, h.End)
	}
	b.WriteString(d.src[at:])
	return b.String()
}

// hidden returns the ranges of the blocks that are not shown.
func (d *Document) hidden() []Line {
	var out []Line
	for _, b := range d.Blocks() {
		if b.Hidden {
			out = append(out, Line{b.Start, b.End})
		}
	}
	return out
}
