package text

import "strings"

// A MarkdownLine is one line of a text, by its place.
type MarkdownLine struct {
	Start, End int  // End is behind the line end
	Code       bool // part of a fenced code block, fences included
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
	open := map[byte]int{} // shortest fence, by character, that has no end
	comment := true        // whether a comment may still find its end
	for i := 0; i < len(out); i++ {
		line := s[out[i].Start:out[i].End]
		if c, n := fence(line); n > 0 && (open[c] == 0 || n < open[c]) {
			j := i + 1
			for j < len(out) && !closes(s[out[j].Start:out[j].End], c, n) {
				j++
			}
			if j == len(out) {
				open[c] = n
				continue
			}
			for ; i < j; i++ {
				out[i].Code = true
			}
			out[j].Code = true
			continue
		}
		if t := strings.TrimLeft(line, " "); comment && len(line)-len(t) <= 3 && strings.HasPrefix(t, "<!--") {
			from := out[i].End - len(t) + 4
			k := strings.Index(s[from:], "-->")
			if k < 0 {
				comment = false
				continue
			}
			for i < len(out) && out[i].Start <= from+k+2 {
				out[i].Comment = true
				i++
			}
			i--
		}
	}
	return out
}

// fence returns the character and the length of the fence that opens on line, or 0.
func fence(line string) (byte, int) {
	t := strings.TrimLeft(line, " ")
	if len(line)-len(t) > 3 || t == "" || (t[0] != '`' && t[0] != '~') {
		return 0, 0
	}
	n := run(t, t[0])
	if n < 3 || t[0] == '`' && strings.Contains(t[n:], "`") {
		return 0, 0
	}
	return t[0], n
}

// closes reports whether line ends a block that a fence of n c opened.
func closes(line string, c byte, n int) bool {
	t := strings.TrimLeft(line, " ")
	if len(line)-len(t) > 3 {
		return false
	}
	m := run(t, c)
	return m >= n && strings.TrimSpace(t[m:]) == ""
}

// Close returns Markdown with what it leaves open closed, so that it cannot
// swallow what is written behind it: a fenced code block gets its end, the start
// of an HTML comment that has none is shown as text.
func Close(s string) string {
	for _, l := range Lines(s) {
		if l.Code || l.Comment {
			continue
		}
		line := s[l.Start:l.End]
		if c, n := fence(line); n > 0 {
			return s + "\n" + strings.Repeat(string(c), n)
		}
		if t := strings.TrimLeft(line, " "); len(line)-len(t) <= 3 && strings.HasPrefix(t, "<!--") {
			at := l.End - len(t)
			return Close(s[:at] + `\` + s[at:])
		}
	}
	return s
}
