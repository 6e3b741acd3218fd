package markdown

import (
	"bytes"
	"sort"
	"strings"
)

// A source is a text in the form that goldmark reads, with the way back to the
// text as it was written: goldmark knows "\n" alone as the end of a line, and takes
// a NUL and a byte order mark for letters.
type source struct {
	src  string
	text []byte
	// cuts holds the offsets of text from which the distance to src changes, with the new
	// distance. It is empty if the text was not changed.
	cuts []cut
}

type cut struct{ at, distance int }

const (
	byteOrderMark = "\ufeff"
	replacement   = "\ufffd" // what CommonMark shows in place of a NUL
)

func newSource(src string) source {
	s := source{src: src}
	if !strings.ContainsAny(src, "\r\x00") && !strings.HasPrefix(src, byteOrderMark) {
		s.text = []byte(src)
		return s
	}
	s.text = make([]byte, 0, len(src))
	i := 0
	if strings.HasPrefix(src, byteOrderMark) {
		i = len(byteOrderMark)
		s.cuts = append(s.cuts, cut{0, i})
	}
	for ; i < len(src); i++ {
		switch {
		case src[i] == '\r' && i+1 < len(src) && src[i+1] == '\n':
			i++
			s.text = append(s.text, '\n')
			s.cuts = append(s.cuts, cut{len(s.text), i + 1 - len(s.text)})
		case src[i] == '\r':
			s.text = append(s.text, '\n')
		case src[i] == 0:
			s.text = append(s.text, replacement...)
			s.cuts = append(s.cuts, cut{len(s.text), i + 1 - len(s.text)})
		default:
			s.text = append(s.text, src[i])
		}
	}
	return s
}

// offset returns the place in src of a place in text.
func (s *source) offset(at int) int {
	i := sort.Search(len(s.cuts), func(i int) bool { return s.cuts[i].at > at })
	if i == 0 {
		return at
	}
	return at + s.cuts[i-1].distance
}

// lineStart returns where the line of text begins that holds the byte at.
func (s *source) lineStart(at int) int { return bytes.LastIndexByte(s.text[:at], '\n') + 1 }

// lineEnd returns where the line of text ends that holds the byte at, its line end
// included.
func (s *source) lineEnd(at int) int {
	if i := bytes.IndexByte(s.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(s.text)
}

// simple reports whether the text is certainly one paragraph of plain words: most
// texts are, and need no parser.
func (s *source) simple() bool {
	for i, c := range s.text {
		switch {
		case 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == ',' || c == '.':
		case '0' <= c && c <= '9' && i > 0:
		case c == ' ' && i > 0:
		default:
			return false
		}
	}
	return true
}
