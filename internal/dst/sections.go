package dst

import (
	"regexp"
	"slices"
	"strings"
)

// A sight is what people see at one place of an issue: the text there, or that the place
// is gone, or that it cannot be said what stands there. It is read apart from package
// mapping, by lines and for what the people of a simulation do, so that a mistake there
// is none here.
type sight struct {
	text string
	seen seeing
}

// A seeing is how much of a place is seen.
type seeing int

const (
	gone    seeing = iota // no such heading, no such label
	clear                 // there once, empty or not
	unclear               // twice, cut in two, or with words that mean nothing there
)

func (s sight) filled() bool { return s.seen == clear && s.text != "" }
func (s sight) empty() bool  { return s.seen == clear && s.text == "" }

func at(text string) sight { return sight{text, clear} }

// deepest is the lowest level of a heading that opens a section.
const deepest = 4

var (
	heading = regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$`)
	fence   = regexp.MustCompile("^ {0,3}(`{3,}|~{3,})(.*)$")
)

// A part is a section of a description as people see it.
type part struct {
	key    string // its heading in small letters, "" above the first
	level  int
	lines  []string
	broken bool // it holds a heading that is folded away, or a code block that never ends
}

// parts cuts a description into its sections. Known are the headings of the form, in
// small letters.
func parts(body string, known []string) []part {
	out := []part{{}}
	code, folded := "", 0
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n")
		here := &out[len(out)-1]
		trimmed := strings.TrimSpace(line)
		if m := fence.FindStringSubmatch(line); m != nil {
			switch {
			case code == "":
				code = m[1]
			case m[1][0] == code[0] && len(m[1]) >= len(code) && strings.TrimSpace(m[2]) == "":
				code = ""
			}
			here.lines = append(here.lines, line)
			continue
		}
		m := heading.FindStringSubmatch(line)
		own := m != nil && slices.Contains(known, named(m[2])) && len(m[1]) <= deepest
		switch {
		case code != "":
		case strings.HasPrefix(trimmed, "<details>"):
			folded++
		case strings.HasPrefix(trimmed, "</details>"):
			folded = max(folded-1, 0)
		case m == nil:
		case folded > 0:
			here.broken = here.broken || own
		case own, len(out) == 1 && len(m[1]) > 1 && len(m[1]) <= deepest, len(out) > 1 && len(m[1]) <= here.level:
			out = append(out, part{key: named(m[2]), level: len(m[1])})
			continue
		}
		here.lines = append(here.lines, line)
	}
	if code != "" {
		hides(&out[len(out)-1], known)
	}
	return out
}

// hides marks the last section as broken where the code block that never ends in it
// swallows something that would count.
func hides(p *part, known []string) {
	at := 0
	for i, line := range p.lines {
		if fence.MatchString(line) {
			at = i
		}
	}
	for _, line := range p.lines[at:] {
		m := heading.FindStringSubmatch(line)
		p.broken = p.broken || m != nil && slices.Contains(known, named(m[2])) || ours(line)
	}
}

func named(title string) string {
	return strings.ToLower(strings.TrimRight(strings.TrimSpace(title), ": "))
}

// ours reports whether a line is one that conformd writes below a description.
func ours(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "<!-- conformd") || strings.HasPrefix(line, "Linked by conformd:")
}

// text is what people wrote in a part.
func (p part) text() string {
	t := strings.TrimSpace(strings.Join(slices.DeleteFunc(slices.Clone(p.lines), ours), "\n"))
	if strings.TrimSpace(strings.ReplaceAll(t, "_No response_", "")) == "" {
		return ""
	}
	return t
}

// sights returns what stands under each heading of the form.
func sights(body string, known []string) map[string]sight {
	out := map[string]sight{}
	all := parts(body, known)
	for i, p := range all {
		if !slices.Contains(known, p.key) || p.level > deepest {
			continue
		}
		_, twice := out[p.key]
		switch s := at(p.text()); {
		case twice, p.broken:
			out[p.key] = sight{s.text, unclear}
		case strings.TrimSpace(strings.Join(p.lines, "")) == "" && i+1 < len(all) && !slices.Contains(known, all[i+1].key):
			out[p.key] = sight{"", gone} // a heading of somebody's own took the text over
		default:
			out[p.key] = s
		}
	}
	return out
}
