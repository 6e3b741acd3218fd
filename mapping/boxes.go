package mapping

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
)

// GitHub's issue forms write every option of a group of checkboxes, checked or not; see
// "checkboxes" in "Syntax for GitHub's form schema". An option counts if it is checked.

// boxes returns the list of boxes that a section holds; ok is false if it holds
// anything else than boxes, with lines of words around them at most.
func boxes(src string) (items []markdown.Item, ok bool) {
	if !strings.Contains(src, "[") {
		return nil, false
	}
	items = markdown.Parse(src).Items()
	return items, len(items) > 0 && !slices.ContainsFunc(items, func(i markdown.Item) bool { return i.Box == markdown.NoBox })
}

// checked returns what is checked in a section of boxes, one a line, and src itself if
// the section holds none.
func checked(src string) string {
	items, ok := boxes(src)
	if !ok {
		return src
	}
	var out []string
	for _, i := range items {
		if i.Box == markdown.Checked {
			out = append(out, i.Text)
		}
	}
	return strings.Join(out, "\n")
}

// tick returns a section of boxes with exactly those checked that stand for members of
// want; members returns what an option stands for. What no option stands for is added
// as a box of its own. It is false if the section holds no boxes.
func tick(src string, want []string, members func(option string) []string) (string, bool) {
	items, ok := boxes(src)
	if !ok {
		return "", false
	}
	rest := slices.Clone(want)
	var out strings.Builder
	at := 0
	for _, i := range items {
		ms, mark := members(i.Text), " "
		if len(ms) > 0 && !slices.ContainsFunc(ms, func(m string) bool { return !slices.Contains(want, m) }) {
			mark = "x"
			rest = slices.DeleteFunc(rest, func(m string) bool { return slices.Contains(ms, m) })
		}
		line := src[i.Start:i.End]
		if box := strings.IndexByte(line, '['); (mark == "x") != (i.Box == markdown.Checked) {
			line = line[:box+1] + mark + line[box+2:]
		}
		out.WriteString(src[at:i.Start])
		out.WriteString(line)
		at = i.End
	}
	eol := lineEnd(src)
	for _, m := range rest {
		if !strings.HasSuffix(out.String(), "\n") {
			out.WriteString(eol)
		}
		out.WriteString("- [x] " + m + eol)
	}
	out.WriteString(src[at:])
	return out.String(), true
}
