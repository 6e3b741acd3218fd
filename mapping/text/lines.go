package text

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// A MarkdownLine is one line of a text, by its place.
type MarkdownLine struct {
	Start, End int  // End is behind the line end
	Code       bool // part of a code block
	Comment    bool // part of an HTML comment that starts a line
}

// Lines cuts Markdown into lines and says which of them are code. A fence or a
// comment that is never closed hides nothing: a forgotten fence must not make
// everything below it vanish.
func Lines(s string) []MarkdownLine {
	var out []MarkdownLine
	for i := 0; i < len(s); {
		j := strings.IndexAny(s[i:], "\r\n")
		end := len(s)
		if j >= 0 {
			end = i + j + 1
			if s[end-1] == '\r' && end < len(s) && s[end] == '\n' {
				end++
			}
		}
		out = append(out, MarkdownLine{Start: i, End: end})
		i = end
	}
	at := 0
	for _, b := range markdown.Parse(s).Blocks() {
		comment := b.Kind == markdown.HTML && strings.HasPrefix(strings.TrimLeft(s[b.Start:b.End], " "), "<!--")
		for ; at < len(out) && out[at].Start < b.End; at++ {
			if out[at].Start >= b.Start && !b.Unclosed {
				out[at].Code, out[at].Comment = b.Kind == markdown.Code, comment
			}
		}
	}
	return out
}
