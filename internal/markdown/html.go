package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// htmlRange returns the range of a block of HTML in the text.
func htmlRange(n *ast.HTMLBlock) (from, to int) {
	l := n.Lines().Len()
	from, to = n.Lines().At(0).Start, n.Lines().At(l-1).Stop
	if n.HasClosure() {
		to = n.ClosureLine.Stop
	}
	return from, to
}

// Tags returns the tags and the comments of a piece of HTML, in order.
func Tags(src string) []Span { return htmlSpans([]byte(src), 0, len(src)) }

// htmlSpans returns the tags and comments of src[from:to].
func htmlSpans(src []byte, from, to int) []Span {
	var out []Span
	for from < to {
		i := bytes.IndexByte(src[from:to], '<')
		if i < 0 {
			break
		}
		from += i
		kind, n := piece(src[from:to])
		if n > 0 {
			out = append(out, Span{kind, from, from + n})
		}
		from += max(n, 1)
	}
	return out
}

// piece returns the length of the tag or comment that s starts with, or 0. A
// comment without an end goes on to the end of s.
func piece(s []byte) (SpanKind, int) {
	if bytes.HasPrefix(s, []byte("<!--")) {
		for _, short := range []string{"<!-->", "<!--->"} {
			if bytes.HasPrefix(s, []byte(short)) {
				return Comment, len(short)
			}
		}
		if i := bytes.Index(s, []byte("-->")); i >= 0 {
			return Comment, i + 3
		}
		return Comment, len(s)
	}
	if len(s) < 2 || !letter(s[1]) && s[1] != '/' && s[1] != '!' && s[1] != '?' {
		return Tag, 0
	}
	quote := byte(0)
	for i, c := range s {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return Tag, i + 1
		}
	}
	return Tag, 0
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// An opening counts what raw HTML has opened and not yet closed.
type opening struct {
	details, quotes int
	comment         bool
}

// quoting are the elements that mark their content as a quotation or as code.
const quoting = " blockquote pre code samp "

// read takes in one stretch of raw HTML.
func (o *opening) read(src []byte) {
	for len(src) > 0 {
		if o.comment {
			i := bytes.Index(src, []byte("-->"))
			if i < 0 {
				return
			}
			o.comment, src = false, src[i+3:]
		}
		i := bytes.IndexByte(src, '<')
		if i < 0 {
			return
		}
		src = src[i:]
		kind, n := piece(src)
		switch {
		case n == 0:
			src = src[1:]
			continue
		case kind == Comment:
			o.comment = !bytes.HasSuffix(src[:n], []byte("-->"))
		default:
			o.tag(src[:n])
		}
		src = src[n:]
	}
}

func (o *opening) tag(tag []byte) {
	t := strings.ToLower(string(tag[1:min(len(tag), 16)]))
	step := 1
	if rest, ok := strings.CutPrefix(t, "/"); ok {
		t, step = rest, -1
	}
	end := strings.IndexFunc(t, func(r rune) bool { return (r < 'a' || 'z' < r) && (r < '0' || '9' < r) && r != '-' })
	if end < 0 {
		return // longer than any name that counts
	}
	switch name := t[:end]; {
	case name == "details":
		o.details = max(o.details+step, 0)
	case name != "" && strings.Contains(quoting, " "+name+" "):
		o.quotes = max(o.quotes+step, 0)
	}
}
