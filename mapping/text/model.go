package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A blockKind is a sort of block.
type blockKind int

const (
	para blockKind = iota
	heading
	list
	codeBlock
	quote
	table
	rule
	macro // a Jira macro that we do not know, kept as its source
)

// A block is a part of a document. Only the fields of its kind are set.
type block struct {
	kind    blockKind
	level   int          // heading: 1 to 6
	inl     []inline     // para, heading
	text    string       // codeBlock, macro
	lang    string       // codeBlock
	ordered bool         // list
	items   []item       // list
	kids    []block      // quote
	rows    [][][]inline // table; the first row is the header
}

// An item is one entry of a list. Jira's lists hold a line and further lists and
// nothing else, so other blocks are moved behind the list.
type item struct {
	inl []inline
	sub []block // lists
}

// An inlineKind is a sort of inline.
type inlineKind int

const (
	plain inlineKind = iota
	strong
	em
	strike
	ins
	sup
	sub
	code
	link
	bare  // an address that is its own text
	image // text is the alternative text
	brk   // a line break
)

// An inline is a part of a line.
type inline struct {
	kind inlineKind
	text string // plain, code, link, image
	url  string // link, bare, image
	kids []inline
}

// span reports whether k holds other inlines.
func (k inlineKind) span() bool { return k >= strong && k <= sub }

func plainText(in []inline) string {
	var b strings.Builder
	for _, x := range in {
		switch {
		case x.kind.span():
			b.WriteString(plainText(x.kids))
		case x.kind == brk:
			b.WriteByte(' ')
		case x.kind == bare:
			b.WriteString(x.url)
		default:
			b.WriteString(x.text)
		}
	}
	return b.String()
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// isAlnum is isWord without the underscore.
func isAlnum(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func isPunct(r rune) bool {
	return r < utf8.RuneSelf && r > ' ' && r != 0x7f && !isAlnum(r)
}

func isSpace(r rune) bool { return r == 0 || unicode.IsSpace(r) }

func lastRune(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}

func firstRune(s string) rune {
	if s == "" {
		return 0
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// lead returns the rune that in starts with when it is written, as far as the
// rules of flanking care: a letter, a space, or any punctuation.
func lead(in []inline) rune {
	if len(in) == 0 || in[0].kind == brk {
		return 0
	}
	switch in[0].kind {
	case plain:
		return firstRune(in[0].text)
	case bare:
		return 'h'
	default:
		return '*'
	}
}
