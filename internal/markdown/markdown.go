// Package markdown reads Markdown as GitHub shows it: what is a heading there is a
// heading here, and what is code there is code here. It is the only reader of
// Markdown in this module, and it uses goldmark.
//
// The rules are those of CommonMark (https://spec.commonmark.org) with the
// extensions of GitHub Flavored Markdown (https://github.github.com/gfm/):
// tables, strikethrough, task lists, footnotes. Line ends may be "\n", "\r\n" or
// "\r". All offsets count the bytes of the text that was given to Parse, so that a
// caller can replace a part of a text and leave every other byte alone.
//
// The package is pure and accepts any string. Its time grows with the length of the
// text, also for a text that was made to be slow.
package markdown

import (
	"github.com/yuin/goldmark/ast"
)

// A Kind is a sort of block.
type Kind int

// The kinds of block that stand directly in a document.
const (
	Paragraph Kind = iota
	Heading
	Code // fenced or indented
	HTML
	List
	Quote // alerts are quotes, too
	Table
	Rule
	Definitions // link references and footnotes, which are shown elsewhere
)

// A Block is one block that stands directly in a document.
type Block struct {
	Kind Kind
	// Start and End are the range of its whole lines, the last line end included.
	// There is no blank line at either end.
	Start, End int
	// Level is 1 to 6 for a heading, of either form, and 0 for other blocks.
	Level int
	// Title is the text of a heading as a reader sees it, in the form of Fold:
	// without markup, with entities resolved and links by their text.
	Title string
	// Details is how many <details> elements of HTML are open where the block
	// begins.
	Details int
	// Quoted reports whether the block stands inside HTML that marks it as a
	// quotation or as code: <blockquote>, <pre>, <code>.
	Quoted bool
	// Hidden reports whether the block is invisible, because HTML above it began a
	// comment that has not ended.
	Hidden bool
	// Unclosed reports whether the block is a fence, or HTML with a comment or a
	// <pre>, that never ends. GitHub then shows everything below as code, or hides it.
	Unclosed bool
}

// A Document is a text that was parsed. It does not change and may be used by
// several goroutines, each with a Document of its own.
type Document struct {
	source
	root   ast.Node   // blocks without their inlines
	top    []ast.Node // its children, in the order of the source
	blocks []Block
	spans  []Span
	labels []Line                       // the texts of links, found with the spans
	links  []Line                       // links and pictures as a whole, found with the spans
	raw    []Line                       // the blocks of HTML, found with the spans
	read   struct{ blocks, spans bool } // which of them are there
}

// Parse reads a text. It never fails: every string is Markdown.
func Parse(src string) *Document {
	d := &Document{source: newSource(src)}
	if !d.simple() {
		d.root = parseBlocks(d.text)
	}
	return d
}

// Blocks returns the blocks that stand directly in the document, in order. Together
// they cover all that is not blank, and no two overlap.
func (d *Document) Blocks() []Block {
	if !d.read.blocks {
		d.blocks, d.read.blocks = d.readBlocks(), true
	}
	return d.blocks
}

// Tree returns goldmark's tree of a whole text, inlines included, and the text that its
// positions refer to, which differs from src if src has other line ends. A footnote stands in
// the tree where it was written; a FootnoteRef refers to it.
func Tree(src string) (ast.Node, []byte) {
	s := newSource(src)
	return parseAll(s.text), s.text
}
