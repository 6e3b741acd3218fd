package markdown

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// Autolink returns how many bytes of s GitHub links when s begins with an address
// of the web: "https://", "http://", "ftp://" or "www.". It is 0 if s begins with
// none. The rules are those of "Autolinks (extension)" in
// https://github.github.com/gfm/: an address goes to the next white space or "<",
// without trailing punctuation, unbalanced parentheses and entities.
func Autolink(s string) int { return autolink([]byte(s[:min(len(s), longestAddress)])) }

// longestAddress is longer than any address that a browser takes. It bounds the work for texts
// that look like thousands of addresses.
const longestAddress = 1 << 13

func autolink(s []byte) int {
	from := 0
	for _, scheme := range []string{"https://", "http://", "ftp://"} {
		if len(s) > len(scheme) && strings.EqualFold(string(s[:len(scheme)]), scheme) {
			from = len(scheme)
		}
	}
	if from == 0 && (len(s) < 4 || !strings.EqualFold(string(s[:4]), "www.")) {
		return 0
	}
	n := domain(s[from:], from > 0)
	if n == 0 {
		return 0
	}
	end := bytes.IndexFunc(s[from+n:], func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r < ' ' || r == utf8.RuneError })
	if end < 0 {
		end = len(s)
	} else {
		end += from + n
	}
	return max(trimAddress(s[:end]), from)
}

// domain returns the length of the name of a host. It holds letters, digits, hyphens
// and full stops; an underscore is allowed in none of the last two parts. Behind a
// scheme it need not have a full stop.
func domain(s []byte, short bool) int {
	end, dots, last, before := len(s), 0, false, false // whether the last two parts hold an underscore
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRune(s[i:])
		if r != '-' && r != '_' && r != '.' && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			end = i
			break
		}
		switch r {
		case '.':
			dots++
			before, last = last, false
		case '_':
			last = true
		}
		i += n
	}
	if end > 0 && s[end-1] == '.' {
		dots--
	}
	if end == 0 || s[0] == '.' || last || before || dots == 0 && !short {
		return 0
	}
	return end
}

// trimAddress returns the length of s without the characters at its end that do not belong to
// an address.
func trimAddress(s []byte) int {
	open, shut := bytes.Count(s, []byte("(")), bytes.Count(s, []byte(")"))
	for len(s) > 0 {
		switch c := s[len(s)-1]; {
		case strings.IndexByte("?!.,:*_~'\"", c) >= 0:
			s = s[:len(s)-1]
		case c == ')' && shut > open:
			s = s[:len(s)-1]
			shut--
		case c == ';':
			i := len(s) - 2
			for i > 0 && letter(s[i]) {
				i--
			}
			if i < 0 || s[i] != '&' || i == len(s)-2 {
				i = len(s) - 1
			}
			s = s[:i]
		default:
			return len(s)
		}
	}
	return 0
}

// addresses reads addresses of the web that stand without brackets. Goldmark's own
// extension also looks for mail addresses, takes time that grows with the square of
// the text, and does not see an address behind a quotation mark or a colon.
type addresses struct{}

// Trigger returns the characters at which an address is looked for: the colon of its scheme,
// or a character that may stand in front of "www."; a space is also the start of a line.
func (addresses) Trigger() []byte { return []byte{':', ' ', '*', '_', '~', '('} }

// Parse reads one address.
func (addresses) Parse(parent ast.Node, in text.Reader, pc parser.Context) ast.Node {
	if pc.IsInLinkLabel() {
		return nil
	}
	line, seg := in.PeekLine()
	if line[0] == ':' {
		return scheme(parent, in, line, seg)
	}
	skip := 0
	if bytes.IndexByte([]byte(" *_~("), line[0]) >= 0 {
		skip = 1
	} else if p := in.PrecendingCharacter(); !unicode.IsSpace(p) && !strings.ContainsRune("*_~(", p) {
		return nil
	}
	if rest := line[skip:]; len(rest) < 5 || rest[3] != '.' || rest[0] != 'w' && rest[0] != 'W' {
		return nil
	}
	n := autolink(line[skip:])
	if n == 0 {
		return nil
	}
	if skip == 1 {
		ast.MergeOrAppendTextSegment(parent, seg.WithStop(seg.Start+1))
	}
	in.Advance(skip + n)
	return link(seg.Start+skip, n)
}

// scheme reads an address whose scheme was already read as text, and removes that text.
func scheme(parent ast.Node, in text.Reader, line []byte, seg text.Segment) ast.Node {
	before, ok := parent.LastChild().(*ast.Text)
	if !ok || !bytes.HasPrefix(line, []byte("://")) || before.Segment.Stop != seg.Start {
		return nil
	}
	word := before.Segment.Value(in.Source())
	n := 0
	for n < len(word) && letter(word[len(word)-1-n]) {
		n++
	}
	if n < 3 || n > 5 {
		return nil
	}
	end := autolink(in.Source()[seg.Start-n : seg.Stop])
	if end == 0 {
		return nil
	}
	if before.Segment.Stop -= n; before.Segment.IsEmpty() {
		parent.RemoveChild(parent, before)
	}
	in.Advance(end - n)
	return link(seg.Start-n, end)
}

func link(at, n int) ast.Node {
	l := ast.NewAutoLink(ast.AutoLinkURL, ast.NewTextSegment(text.NewSegment(at, at+n)))
	l.SetPos(at)
	return l
}
