package mapping

import (
	"strings"

	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
)

// sectionText returns a text in the form that it has under a heading of sectionLevel. Its own
// headings keep their order of rank, but are so small that none of them ends the section or
// opens another.
func (p *Profile) sectionText(s string) string {
	return settle(s, func(s string) string {
		s = text.Normalise(p.lower(text.Canonical(untail(s))))
		if unanswered(s) {
			return ""
		}
		return s
	})
}

// lower makes the headings of a text smaller than those of sections.
func (p *Profile) lower(s string) string {
	if !strings.Contains(s, "#") && !underlined(s) {
		return s
	}
	mapped, by := p.headings(), sinks(s)
	return level(s, func(b markdown.Block) int {
		if mapped[headingName(b.Title)] {
			return max(b.Level+by, deepest+1)
		}
		return b.Level + by
	})
}

// underlined reports whether a text may have a heading that is made by the line below it.
func underlined(s string) bool {
	_, below, _ := strings.Cut(s, "\n")
	for line := range strings.Lines(below) {
		if line = strings.TrimSpace(line); line != "" && (strings.Trim(line, "=") == "" || strings.Trim(line, "-") == "") {
			return true
		}
	}
	return false
}

// sinks returns by how many levels the headings of a text go down in a section.
func sinks(s string) int {
	highest := sectionLevel + 1
	for _, b := range markdown.Parse(s).Blocks() {
		if counts(b) {
			highest = min(highest, b.Level)
		}
	}
	return sectionLevel + 1 - highest
}

// counts reports whether a block is a heading that could open or end a section.
func counts(b markdown.Block) bool {
	return b.Kind == markdown.Heading && b.Details == 0 && !b.Quoted && !b.Hidden
}

// under converts a text under a heading of level from to the form that it has under level to.
// They differ only for a heading of the deepest level, which needs smaller headings than
// sectionText gives.
func under(s string, from, to int) string {
	return move(s, max(to, sectionLevel)-max(from, sectionLevel))
}

// move moves the headings of a text by some levels.
func move(s string, by int) string {
	if by == 0 || !strings.Contains(s, "#") {
		return s
	}
	return level(s, func(b markdown.Block) int { return b.Level + by })
}

// level gives the headings of a text other levels. A heading that is made by the line below it
// has no level but the first two, and gets its signs in front.
func level(s string, to func(markdown.Block) int) string {
	var out strings.Builder
	at := 0
	for _, b := range markdown.Parse(s).Blocks() {
		if !counts(b) {
			continue
		}
		n := min(max(to(b), 1), 6)
		if n == b.Level {
			continue
		}
		out.WriteString(s[at:b.Start])
		out.WriteString(strings.Repeat("#", n) + " ")
		at = b.End - len(strings.TrimLeft(s[b.Start:b.End], " #"))
		title := strings.TrimRight(s[b.Start:b.End], "\r\n")
		if line := strings.LastIndexByte(title, '\n'); line >= 0 {
			out.WriteString(strings.Join(strings.Fields(title[:line]), " "))
			at = b.Start + len(title)
		}
	}
	out.WriteString(s[at:])
	return out.String()
}

// bodyText is the form of a whole description.
func bodyText(s string) string {
	return settle(s, func(s string) string { return text.Canonical(untail(s)) })
}

func untail(s string) string {
	if !strings.Contains(s, strings.TrimSpace(linked)) && !strings.Contains(s, "<!-- conformd") {
		return s
	}
	return s[:tailAt(s, markdown.Parse(s).Blocks())]
}

// lineText is the form of one line under a heading, which must not start a block.
func lineText(s string) string {
	return settle(s, func(s string) string {
		s = text.Line(text.Canonical(s))
		if unanswered(s) {
			return ""
		}
		return guard(s)
	})
}

// guard escapes a line that would be a heading, a quote, a fence, a comment, a block of HTML or
// conformd's own.
func guard(s string) string {
	if strings.HasPrefix(s, "<") && !listed(s) {
		return `\` + s
	}
	for _, p := range []string{"#", ">", "```", "~~~", "<!--", strings.TrimSpace(linked)} {
		if strings.HasPrefix(s, p) {
			return `\` + s
		}
	}
	return s
}

// settle applies f until nothing changes, usually twice. The bound protects against a mistake
// in f.
func settle(s string, f func(string) string) string {
	for range 16 {
		next := f(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}
