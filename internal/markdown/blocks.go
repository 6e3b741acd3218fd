package markdown

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
)

// readBlocks returns the children of the document with the range of their lines. A
// block ends where the next one begins, without the blank lines between them.
func (d *Document) readBlocks() []Block {
	if d.root == nil {
		if len(bytes.TrimSpace(d.text)) == 0 {
			return nil
		}
		return []Block{{Kind: Paragraph, End: len(d.src)}}
	}
	nodes := d.nodes()
	var out []Block
	for _, n := range nodes {
		at := d.lineStart(start(n))
		if l := len(out); l > 0 {
			out[l-1].End = at
		}
		out = append(out, Block{Kind: kind(n), Start: at, End: len(d.text)})
	}
	d.html(nodes, out)
	titles := d.titles(nodes)
	for i := range out {
		b := &out[i]
		b.End = d.trim(b.Start, b.End)
		if h, ok := nodes[i].(*ast.Heading); ok {
			b.Level, b.Title = h.Level, titles[i]
		}
		b.Unclosed = b.Unclosed || d.unclosed(nodes[i])
		b.Start, b.End = d.offset(b.Start), d.offset(b.End)
	}
	return out
}

// nodes returns the blocks that stand directly in the document in the order of the
// source. Goldmark puts a heading that begins in front of a table, and is underlined
// behind it, behind the table.
func (d *Document) nodes() []ast.Node {
	if d.top == nil {
		d.top = d.sorted()
	}
	return d.top
}

func (d *Document) sorted() []ast.Node {
	var out []ast.Node
	for n := d.root.FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, n)
	}
	line := func(n ast.Node) int { return d.lineStart(start(n)) }
	slices.SortStableFunc(out, func(a, b ast.Node) int { return cmp.Compare(line(a), line(b)) })
	return slices.CompactFunc(out, func(a, b ast.Node) bool { return line(a) == line(b) })
}

func start(n ast.Node) int {
	if t, ok := n.(*east.Table); ok { // goldmark puts it where its paragraph begins
		return t.FirstChild().Pos()
	}
	return n.Pos()
}

func kind(n ast.Node) Kind {
	switch n.(type) {
	case *ast.Heading:
		return Heading
	case *ast.FencedCodeBlock, *ast.CodeBlock:
		return Code
	case *ast.HTMLBlock:
		return HTML
	case *ast.List:
		return List
	case *ast.Blockquote:
		return Quote
	case *east.Table:
		return Table
	case *ast.ThematicBreak:
		return Rule
	case *ast.LinkReferenceDefinition, *east.Footnote:
		return Definitions
	}
	return Paragraph
}

// trim returns the end of text[from:to] without the blank lines at its end.
func (d *Document) trim(from, to int) int {
	n := len(bytes.TrimRight(d.text[from:to], " \t\n"))
	return d.lineEnd(from + max(n-1, 0))
}

// html notes for each block which HTML above it is still open.
func (d *Document) html(nodes []ast.Node, out []Block) {
	var o opening
	last, next := -1, 0 // the HTML whose comment is open, the first span not behind us
	for i := range out {
		b := &out[i]
		b.Details, b.Quoted, b.Hidden = o.details, o.quotes > 0, o.comment
		if b.Kind != HTML && b.Kind != Paragraph || bytes.IndexByte(d.text[b.Start:b.End], '<') < 0 {
			continue
		}
		was := o.comment
		if h, ok := nodes[i].(*ast.HTMLBlock); ok {
			from, to := htmlRange(h)
			o.read(d.text[from:to])
		} else {
			spans, from, to := d.Spans(), d.offset(b.Start), d.offset(b.End)
			for ; next < len(spans) && spans[next].Start < to; next++ {
				if s := spans[next]; s.Start >= from && (s.Kind == Tag || s.Kind == Comment) {
					o.read([]byte(d.src[s.Start:s.End]))
				}
			}
		}
		if o.comment && !was {
			last = i
		}
	}
	if o.comment {
		out[last].Unclosed = true
	}
}

// unclosed reports whether a block lacks the mark that should end it.
func (d *Document) unclosed(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		end := d.lineEnd(n.Pos())
		if l := n.Lines().Len(); l > 0 {
			end = n.Lines().At(l - 1).Stop
		}
		return len(bytes.TrimSpace(d.text[end:])) == 0
	case *ast.HTMLBlock:
		if n.HasClosure() || n.HTMLBlockType > ast.HTMLBlockType5 {
			return false
		}
		first := n.Lines().At(0)
		line := bytes.ToLower(first.Value(d.text))
		for _, end := range closers(n.HTMLBlockType) {
			if bytes.Contains(line, []byte(end)) {
				return false
			}
		}
		return true
	}
	return false
}

// closers are the marks that end a block of HTML of one of the first five sorts:
// https://spec.commonmark.org/0.31.2/#html-blocks.
func closers(t ast.HTMLBlockType) []string {
	switch t {
	case ast.HTMLBlockType1:
		return []string{"</script>", "</pre>", "</style>", "</textarea>"}
	case ast.HTMLBlockType2:
		return []string{"-->"}
	case ast.HTMLBlockType3:
		return []string{"?>"}
	case ast.HTMLBlockType4:
		return []string{">"}
	default:
		return []string{"]]>"}
	}
}
