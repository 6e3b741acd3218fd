package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"
)

// A Box is the task box in front of an item.
type Box int

// The states of a Box.
const (
	NoBox Box = iota
	Unchecked
	Checked
)

// An Item is an item of a list that stands directly in the document.
type Item struct {
	// Start and End are the range of the whole item in the source: its whole lines
	// with all that is nested in it, without blank lines at the end.
	Start, End int
	// Box is the task box that GitHub shows in front of the item.
	Box Box
	// Text is the source of the item's own first paragraph or heading on one line,
	// without the mark of the list and without the box. It is "" for an item that
	// holds only code, HTML or a further list.
	Text string
}

// Items returns the items of all lists that stand directly in the document, in
// order. Items of nested lists and of lists in quotes are not among them.
func (d *Document) Items() []Item {
	if d.root == nil {
		return nil
	}
	var out []Item
	nodes := d.nodes()
	for i, n := range nodes {
		l, ok := n.(*ast.List)
		if !ok {
			continue
		}
		first := len(out)
		for li := l.FirstChild(); li != nil; li = li.NextSibling() {
			it := Item{Start: d.lineStart(li.Pos())}
			if len(out) > first {
				out[len(out)-1].End = it.Start
			}
			it.Text, it.Box = d.itemText(li)
			out = append(out, it)
		}
		last := len(d.text)
		if i+1 < len(nodes) {
			last = d.lineStart(start(nodes[i+1]))
		}
		out[len(out)-1].End = last
	}
	for i := range out {
		it := &out[i]
		it.End = d.trim(it.Start, it.End)
		it.Start, it.End = d.offset(it.Start), d.offset(it.End)
	}
	return out
}

// itemText returns the first text of an item and its box.
func (d *Document) itemText(li ast.Node) (string, Box) {
	for n := li.FirstChild(); n != nil; n = n.NextSibling() {
		switch n.(type) {
		case *ast.Paragraph, *ast.TextBlock, *ast.Heading:
		default:
			continue
		}
		var lines []string
		for i := range n.Lines().Len() {
			s := n.Lines().At(i)
			lines = append(lines, strings.TrimSpace(string(s.Value(d.text))))
		}
		s := strings.Join(lines, " ")
		if n != li.FirstChild() {
			return s, NoBox
		}
		return box(s)
	}
	return "", NoBox
}

// box cuts the task box off a text: brackets with a space or an x, and white space
// behind them.
func box(s string) (string, Box) {
	if len(s) < 3 || s[0] != '[' || s[2] != ']' || len(s) > 3 && s[3] != ' ' && s[3] != '\t' {
		return s, NoBox
	}
	rest := strings.TrimLeft(s[3:], " \t")
	switch s[1] {
	case ' ':
		return rest, Unchecked
	case 'x', 'X':
		return rest, Checked
	}
	return s, NoBox
}
