package markdown

import (
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// The parsers are set up once, because that takes longer than parsing a sentence. They keep
// no state between texts.
var (
	blockParser = newParser(nil)                  //nolint:gochecknoglobals // does not change
	spanParser  = newParser(recorded(verbatim())) //nolint:gochecknoglobals // does not change
	fullParser  = newParser(everything())         //nolint:gochecknoglobals // does not change
	// wordParser is for texts that would take the full parser too long.
	wordParser = newParser(cheap()) //nolint:gochecknoglobals // does not change
)

// parseBlocks returns the blocks of a text without their inlines.
func parseBlocks(src []byte) ast.Node { return blockParser.Parse(text.NewReader(src)) }

// parseAll returns the tree of a text. In a text that was crafted to slow the parser down it
// reads neither links nor emphasis.
func parseAll(src []byte) ast.Node {
	if laborious(src, true) {
		return wordParser.Parse(text.NewReader(src))
	}
	return fullParser.Parse(text.NewReader(src))
}

func newParser(inlines []util.PrioritizedValue) parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(shallow{parser.NewListParser()}, 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(shallow{parser.NewBlockquoteParser()}, 800),
			util.Prioritized(parser.NewHTMLBlockParser(), 900),
			util.Prioritized(footnoteBlocks{extension.NewFootnoteBlockParser()}, 999),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithParagraphTransformers(
			util.Prioritized(definitions{parser.LinkReferenceParagraphTransformer}, 100),
			util.Prioritized(extension.NewTableParagraphTransformer(), 200),
		),
		parser.WithInlineParsers(inlines...),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
}

// cheap are the inlines that cost little.
func cheap() []util.PrioritizedValue {
	return []util.PrioritizedValue{
		util.Prioritized(parser.NewCodeSpanParser(), 100),
		util.Prioritized(parser.NewAutoLinkParser(), 300),
		util.Prioritized(parser.NewRawHTMLParser(), 400),
	}
}

// verbatim are the inlines whose source is not read as text.
func verbatim() []util.PrioritizedValue {
	return append(cheap(), util.Prioritized(parser.NewLinkParser(), 200), util.Prioritized(addresses{}, 999))
}

func everything() []util.PrioritizedValue {
	return append(
		verbatim(),
		util.Prioritized(footnoteRefs{}, 101),
		util.Prioritized(parser.NewEmphasisParser(), 500),
		util.Prioritized(extension.NewStrikethroughParser(), 500),
	)
}

// deepest is how many lists and quotes may stand in each other; cmark-gfm, which
// GitHub uses, has the same bound for lists. Goldmark's time grows with its square.
const deepest = 100

// shallow opens no list or quote that stands too deep.
type shallow struct{ parser.BlockParser }

// Open opens a block.
func (s shallow) Open(parent ast.Node, in text.Reader, pc parser.Context) (ast.Node, parser.State) {
	if _, list := parent.(*ast.List); !list { // an item of a list that is open already
		n := 0
		for p := parent; p != nil; p = p.Parent() {
			if n++; n > 2*deepest {
				return nil, parser.NoChildren
			}
		}
	}
	return s.BlockParser.Open(parent, in, pc)
}

// definitions reads the definitions of links at the start of a paragraph, unless there
// are more lines than a person writes: goldmark's time grows with their square.
type definitions struct{ parser.ParagraphTransformer }

// Transform takes the definitions out of a paragraph.
func (d definitions) Transform(n *ast.Paragraph, in text.Reader, pc parser.Context) {
	if n.Lines().Len() <= 1<<9 {
		d.ParagraphTransformer.Transform(n, in, pc)
	}
}

// laborious reports whether goldmark's time for a text would grow with the square of its
// length: thousands of emphasis marks in one paragraph (if emphasis is read at all),
// thousands of brackets, links that do not end.
func laborious(src []byte, emphasis bool) bool {
	const most = 1 << 11   // marks in one paragraph
	const budget = 1 << 20 // bytes of link destinations that are read in vain
	marks, brackets, vain := 0, 0, 0
	for i, c := range src {
		switch c {
		case '*', '_', '~':
			if i == 0 || src[i-1] != c {
				marks++
			}
		case '[':
			brackets++
		case '(':
			if i > 0 && src[i-1] == ']' {
				vain += destination(src[i+1:], budget-vain)
			}
		case '\n':
			if i > 0 && src[i-1] == '\n' {
				marks, brackets = 0, 0
			}
		}
		if emphasis && marks > most || brackets > 4*most || vain >= budget {
			return true
		}
	}
	return false
}

// destination returns how many bytes are read before it is known whether a link
// ends, at most limit.
func destination(s []byte, limit int) int {
	if len(s) > limit {
		s = s[:limit]
	}
	depth, quoted := 0, byte(0)
	for i, c := range s {
		switch {
		case quoted != 0:
			if c == quoted {
				quoted = 0
			}
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return i
			}
		case c == '"' || c == '\'' || c == '<':
			quoted = map[byte]byte{'"': '"', '\'': '\'', '<': '>'}[c]
		case c == '\n' && i > 0 && s[i-1] == '\n':
			return i
		}
	}
	return len(s)
}
