package markdown

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// A SpanKind is a sort of Span.
type SpanKind int

// The kinds of stretches that are not words.
const (
	CodeSpan SpanKind = iota // code in a line, with its backquotes
	CodeText                 // lines of a code block, with the fence that opens it
	Comment                  // an HTML comment
	Tag                      // any other piece of HTML: a tag with its attributes
	Address                  // an address between < and >, or one that GitHub links without
	Target                   // behind the text of a link: "](address)", "][label]", or a definition
)

// A Span is a stretch of the source that is not words.
type Span struct {
	Kind       SpanKind
	Start, End int
}

// Spans returns the stretches of the text that are code, HTML or the address of a
// link, wherever they stand, in order and without overlap. All else is words and
// the marks around them.
func (d *Document) Spans() []Span {
	if !d.read.spans {
		d.spans, d.read.spans = d.readSpans(), true
	}
	return d.spans
}

// Links returns the places of the links and pictures of the text, from the bracket or
// exclamation mark to the end of the address, in the order of their ends.
func (d *Document) Links() []Line {
	d.Spans()
	return d.links
}

func (d *Document) readSpans() []Span {
	if d.root == nil {
		return nil
	}
	pc := parser.NewContext()
	var notes found
	pc.Set(spansKey, &notes)
	in := spanParser
	if laborious(d.text, false) {
		in = wordParser
	}
	root := in.Parse(text.NewReader(d.text), parser.WithContext(pc))
	out := notes.spans
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker returns no error
		if !entering {
			return ast.WalkContinue, nil
		}
		out = append(out, d.blockSpans(n)...)
		if h, ok := n.(*ast.HTMLBlock); ok {
			from, to := htmlRange(h)
			d.raw = append(d.raw, Line{d.offset(from), d.offset(to)})
		}
		return ast.WalkContinue, nil
	})
	slices.SortStableFunc(out, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	end := 0
	kept := out[:0]
	for _, s := range out {
		if s.Start >= end && s.End > s.Start {
			end = s.End
			kept = append(kept, Span{s.Kind, d.offset(s.Start), d.offset(s.End)})
		}
	}
	for i, l := range notes.labels {
		d.labels = append(d.labels, Line{d.offset(l.Start), d.offset(l.End)})
		d.links = append(d.links, Line{d.offset(l.Start), d.offset(notes.links[i].End)})
	}
	slices.SortStableFunc(d.labels, func(a, b Line) int { return cmp.Compare(a.Start, b.Start) })
	outer := 0
	d.labels = slices.DeleteFunc(d.labels, func(l Line) bool { // a picture in a link
		inner := l.End <= outer
		outer = max(outer, l.End)
		return inner
	})
	return kept
}

// blockSpans returns the spans that a block itself makes, without those of its inlines.
func (d *Document) blockSpans(n ast.Node) []Span {
	switch n := n.(type) {
	case *ast.FencedCodeBlock:
		end := d.lineEnd(n.Pos())
		if l := n.Lines().Len(); l > 0 {
			end = n.Lines().At(l - 1).Stop
		}
		return []Span{{CodeText, n.Pos(), end}}
	case *ast.CodeBlock:
		if l := n.Lines().Len(); l > 0 {
			return []Span{{CodeText, n.Lines().At(0).Start, n.Lines().At(l - 1).Stop}}
		}
	case *ast.LinkReferenceDefinition:
		if l := n.Lines().Len(); l > 0 {
			return []Span{{Target, n.Lines().At(0).Start, n.Lines().At(l - 1).Stop}}
		}
	case *ast.HTMLBlock:
		from, to := htmlRange(n)
		if n.HTMLBlockType == ast.HTMLBlockType1 {
			return []Span{{CodeText, from, to}}
		}
		return htmlSpans(d.text, from, to)
	}
	return nil
}

// found holds the spans and the texts of links that the inline parsers recorded.
type found struct {
	spans  []Span
	labels []Line
	links  []Line
}

var spansKey = parser.NewContextKey() //nolint:gochecknoglobals // a key, which does not change

// recorded makes inline parsers record the spans that they read.
func recorded(in []util.PrioritizedValue) []util.PrioritizedValue {
	for i, v := range in {
		in[i].Value = recorder{v.Value.(parser.InlineParser)}
	}
	return in
}

type recorder struct{ parser.InlineParser }

// Parse reads what the wrapped reader reads.
func (r recorder) Parse(parent ast.Node, in text.Reader, pc parser.Context) ast.Node {
	_, before := in.Position()
	n := r.InlineParser.Parse(parent, in, pc)
	kind := Tag
	switch n := n.(type) {
	case *ast.CodeSpan:
		kind = CodeSpan
	case *ast.AutoLink:
		kind = Address
		if in.Source()[before.Start] != '<' {
			before.Start = n.Pos()
		}
	case *ast.Link, *ast.Image:
		kind = Target
	case *ast.RawHTML:
		if n.Segments.Len() > 0 && bytes.HasPrefix(in.Source()[before.Start:], []byte("<!--")) {
			kind = Comment
		}
	default:
		return n
	}
	_, after := in.Position()
	found := pc.Get(spansKey).(*found)
	found.spans = append(found.spans, Span{kind, before.Start, after.Start})
	if kind == Target {
		found.labels = append(found.labels, Line{n.Pos(), before.Start})
		found.links = append(found.links, Line{n.Pos(), after.Start})
	}
	return n
}

// CloseBlock ends a block for the wrapped reader.
func (r recorder) CloseBlock(parent ast.Node, in text.Reader, pc parser.Context) {
	if c, ok := r.InlineParser.(parser.CloseBlocker); ok {
		c.CloseBlock(parent, in, pc)
	}
}
