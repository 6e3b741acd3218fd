package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// footnotesKey is where a parser keeps the labels of the footnotes it met.
var footnotesKey = parser.NewContextKey() //nolint:gochecknoglobals // a key, which does not change

// footnoteBlocks reads "[^label]: text". Goldmark's extension moves footnotes to the
// end of the document; here they stay where they were written.
type footnoteBlocks struct{ parser.BlockParser }

// Close notes the label of a footnote.
func (footnoteBlocks) Close(n ast.Node, _ text.Reader, pc parser.Context) {
	known, _ := pc.Get(footnotesKey).(map[string]bool)
	if known == nil {
		known = map[string]bool{}
		pc.Set(footnotesKey, known)
	}
	known[string(n.(*east.Footnote).Ref)] = true
}

// KindFootnoteRef is the kind of FootnoteRef.
var KindFootnoteRef = ast.NewNodeKind("FootnoteRef") //nolint:gochecknoglobals // a name, which does not change

// A FootnoteRef is a "[^label]" that refers to a footnote of the same document.
// Without one it is text, as at GitHub.
type FootnoteRef struct {
	ast.BaseInline
	Label string
}

// Kind implements ast.Node.
func (*FootnoteRef) Kind() ast.NodeKind { return KindFootnoteRef }

// Dump implements ast.Node.
func (n *FootnoteRef) Dump(src []byte, level int) {
	ast.DumpHelper(n, src, level, map[string]string{"Label": n.Label}, nil)
}

type footnoteRefs struct{}

// Trigger names the characters that a reference starts with. Behind an exclamation
// mark it would otherwise be read as a picture.
func (footnoteRefs) Trigger() []byte { return []byte{'[', '!'} }

// Parse reads one reference.
func (footnoteRefs) Parse(parent ast.Node, in text.Reader, pc parser.Context) ast.Node {
	known, _ := pc.Get(footnotesKey).(map[string]bool)
	line, seg := in.PeekLine()
	skip := 0
	if line[0] == '!' {
		skip = 1
	}
	if line = line[skip:]; len(known) == 0 || len(line) < 4 || line[0] != '[' || line[1] != '^' {
		return nil
	}
	end := bytes.IndexByte(line[:min(len(line), 1002)], ']')
	if end < 3 || !known[string(line[2:end])] {
		return nil
	}
	if skip == 1 {
		ast.MergeOrAppendTextSegment(parent, seg.WithStop(seg.Start+1))
	}
	in.Advance(skip + end + 1)
	return &FootnoteRef{Label: string(line[2:end])}
}
