package mapping

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
)

// GitHub's issue forms write every option of a group of checkboxes, checked or not; see
// "checkboxes" in "Syntax for GitHub's form schema". An option counts if it is checked.

// checked returns a text without the items whose box is not checked; of checked items it keeps
// the words.
func checked(src string) string {
	if !strings.Contains(src, "[") {
		return src
	}
	var out strings.Builder
	at := 0
	for _, i := range markdown.Parse(src).Items() {
		if i.Box == markdown.NoBox {
			continue
		}
		out.WriteString(src[at:i.Start])
		if i.Box == markdown.Checked {
			out.WriteString(i.Text + lineEnd(src))
		}
		at = i.End
	}
	out.WriteString(src[at:])
	return out.String()
}

// typed matches a box that a person typed where GitHub shows none: "[ ] A.8.2" on a line of its
// own, "☑ A.5.18".
var typed = regexp.MustCompile(`^(?:[-*+]?\\?\[([ xX✓✔])\\?\]|([☐⬜☑☒✅✓✔]))\s+`)

// typedBox returns a member of a set without the box in front of it, "" if it is not
// checked.
func typedBox(s string) string {
	m := typed.FindStringSubmatch(s)
	switch {
	case m == nil:
		return s
	case m[1] == " " || m[2] == "☐" || m[2] == "⬜":
		return ""
	}
	return s[len(m[0]):]
}

// listed reports whether a text holds only words and lists.
func listed(src string) bool {
	return !slices.ContainsFunc(markdown.Parse(src).Blocks(), func(b markdown.Block) bool {
		return b.Kind != markdown.Paragraph && b.Kind != markdown.List && b.Kind != markdown.Rule && (b.Kind != markdown.HTML || text.Canonical(src[b.Start:b.End]) != "")
	})
}

// boxes returns the items of a section that holds a list of boxes and nothing else.
func boxes(src string) (items []markdown.Item, ok bool) {
	if !strings.Contains(src, "[") {
		return nil, false
	}
	d := markdown.Parse(src)
	items = d.Items()
	return items, len(items) > 0 &&
		!slices.ContainsFunc(items, func(i markdown.Item) bool { return i.Box == markdown.NoBox }) &&
		!slices.ContainsFunc(d.Blocks(), func(b markdown.Block) bool { return b.Kind != markdown.List })
}

// tick returns a section of boxes in which exactly the boxes for members of want are checked;
// members returns the members that an option stands for. It adds a box for a member without an
// option. It is false if the section holds no boxes.
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
