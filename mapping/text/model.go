package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conformd/conformd/internal/markdown"
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
	macro    // a Jira macro that we do not know, kept as its source
	rawHTML  // a block of raw HTML, whose inlines are tags, words, pictures and links
	footnote // what "[^label]" refers to
	panelTag // a tag of a panel in wiki markup, for the merge; inl is its title
)

// A block is a part of a document. Only the fields of its kind are set.
type block struct {
	kind    blockKind
	level   int          // heading: 1 to 6
	inl     []inline     // para, heading, rawHTML
	text    string       // codeBlock, macro; the label of a footnote
	lang    string       // codeBlock
	ordered bool         // list
	start   int          // list: the number of the first item, if ordered
	items   []item       // list
	kids    []block      // quote, footnote
	rows    [][][]inline // table; the first row is the header

	from, to int // the lines of a block that stands directly in wiki markup
}

// An item is one entry of a list. Its own text is a paragraph, usually the first of
// its blocks. Lists stand last: what follows a list in an item belongs to the last
// item of that list, because wiki markup cannot say it otherwise.
type item struct {
	kids []block
	from int // the line on which it begins in wiki markup
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
	link    // kids are what is shown, text is the title
	bare    // an address that is its own text; text is how it is shown
	image   // text is the alternative text
	brk     // a line break
	tagged  // a tag of HTML, text is its source
	noteRef // a reference to a footnote, text is its label
)

// An inline is a part of a line.
type inline struct {
	kind inlineKind
	text string // plain, code, link, bare, image, tagged, noteRef
	url  string // link, bare, image
	kids []inline
}

// span reports whether k holds other inlines and nothing else.
func (k inlineKind) span() bool { return k >= strong && k <= sub }

func plainText(in []inline) string {
	var b strings.Builder
	for _, x := range in {
		switch {
		case x.kind.span() || x.kind == link:
			b.WriteString(plainText(x.kids))
		case x.kind == brk:
			b.WriteByte(' ')
		case x.kind == tagged:
		case x.kind == noteRef:
			b.WriteString("[^" + x.text + "]")
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

// entity returns the length of the character reference that s starts with, or 0.
func entity(s string) int { return markdown.Entity(s) }
