package mapping

import (
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/register/message"
)

// noResponse is what GitHub writes for a question of an issue form that was left
// empty; see "Syntax for issue forms" in GitHub's documentation.
const noResponse = "_No response_"

// unanswered reports whether a text consists of noResponse alone. It may have it more than once
// if a person removed the heading between two questions.
func unanswered(s string) bool {
	rest := strings.ReplaceAll(strings.ToLower(s), strings.ToLower(noResponse), "")
	return len(rest) < len(s) && strings.TrimSpace(rest) == ""
}

// linked begins the last line of a description that names the twin.
const linked = "Linked by conformd: "

// sectionLevel is the level of the headings that conformd writes, and deepest the
// lowest level of a heading that can open a section.
const (
	sectionLevel = 3
	deepest      = 4
)

// A section is the part of a description under one heading. It ends at a heading of
// its own or a higher level, and at every heading that the profile maps. Lesser
// headings belong to its text.
type section struct {
	key      string // the heading as it is compared
	title    string // as people read it
	level    int
	from, to int // the text under the heading, blank lines included
	// broken is the reason why it is unknown which text belongs to the section; zero if it is
	// known.
	broken Problem
}

// A layout says where the parts of a description are, as GitHub shows them: a heading
// in code, in an HTML comment, in a quote or in a folded part (<details>) opens no
// section.
type layout struct {
	body     string
	lead     section // the part above the first section
	sections []section
	tail     int             // start of conformd's own last lines, the end if there are none
	mapped   map[string]bool // headings that the profile maps, as they are compared
	// lost are mapped headings that do not open a section, by the heading as it is compared.
	lost map[string]lostHeading
	// lesser are the headings that belong to the text of a section.
	lesser []lostHeading
}

// A lostHeading stands in a text and opens no section.
type lostHeading struct {
	title  string
	remedy message.Text // makes it open a section
	in     string       // key of the section around it, "" above the first one
}

// layout divides the description of an issue into sections.
func (p *Profile) layout(is *connectors.Issue) layout {
	return lay(is.Fields[connectors.Body].Text, p.headings())
}

// headings returns the headings that the profile maps, as they are compared.
func (p *Profile) headings() map[string]bool {
	out := map[string]bool{}
	for _, m := range p.Fields {
		if m.Remote.Kind == KindSection {
			for _, key := range m.Remote.headings() {
				out[key] = true
			}
		}
	}
	return out
}

func lay(body string, mapped map[string]bool) layout {
	l := layout{body: body, mapped: mapped, lost: map[string]lostHeading{}}
	blocks := markdown.Parse(body).Blocks()
	l.tail = tailAt(body, blocks)
	l.lead.to = l.tail
	at := &l.lead
	for _, b := range blocks {
		if b.Start >= l.tail {
			break
		}
		switch opens := b.Kind == markdown.Heading && l.opens(b, at); {
		case b.Kind == markdown.Heading && !opens && !b.Hidden:
			l.lesser = append(l.lesser, lostHeading{title: b.Title, in: at.key})
		case b.Kind == markdown.Paragraph || b.Kind == markdown.HTML:
			l.meant(b, at)
		case opens:
			if len(l.sections) == 0 {
				l.lead.to = b.Start
			} else {
				at.to = b.Start
			}
			l.sections = append(l.sections, section{key: headingName(b.Title), title: b.Title, level: b.Level, from: b.End, to: l.tail})
			at = &l.sections[len(l.sections)-1]
		}
		if b.Kind == markdown.Code || b.Unclosed || b.Kind == markdown.HTML {
			l.swallowed(b, at)
		}
	}
	return l
}

// opens reports whether a heading opens a section while the section at is open.
func (l *layout) opens(b markdown.Block, at *section) bool {
	mapped := l.mapped[headingName(b.Title)] && b.Level <= deepest
	switch {
	case b.Hidden:
		return false
	case b.Details > 0 || b.Quoted:
		if mapped {
			remedy := say("take the heading {{.Title}} out of the folded or quoted part", "Title", quoted(b.Title))
			l.lost[headingName(b.Title)] = lostHeading{b.Title, remedy, at.key}
			at.broken = Problem{Code: "folded-heading", What: say("holds the heading {{.Title}} in a folded or quoted part", "Title", quoted(b.Title)), Remedy: remedy}
		}
		return false
	case mapped:
		return true
	case at.level == 0: // the part above the first section
		return 1 < b.Level && b.Level <= deepest
	default:
		return b.Level <= at.level
	}
}

// swallowed notes the mapped headings that a block hides: code, HTML, or a block that never ends
// and hides everything below it. If an endless block hides a heading that would count, the end
// of the section at is unknown.
func (l *layout) swallowed(b markdown.Block, at *section) {
	what, to := "HTML", b.End
	if b.Kind == markdown.Code {
		what = "code block"
	} else if b.Unclosed {
		what = "HTML comment"
	}
	if b.Unclosed {
		to = len(l.body)
	}
	for line := range strings.Lines(l.body[b.Start:to]) {
		t := strings.TrimSpace(line)
		heading := strings.HasPrefix(t, "#") && l.mapped[headingName(t)]
		if heading && b.Unclosed {
			l.lost[headingName(t)] = lostHeading{remedy: say("end the {{.Block}} above the heading {{.Title}}", "Block", message.Term(what), "Title", quoted(strings.Trim(t, "# ")))}
		} else if heading {
			l.lost[headingName(t)] = lostHeading{remedy: say("take the heading {{.Title}} out of the {{.Block}}", "Block", message.Term(what), "Title", quoted(strings.Trim(t, "# ")))}
		}
		if b.Unclosed && (heading || ownLine(t)) {
			at.broken = Problem{Code: "unclosed-block", What: say("has {{.Block}} that never ends and hides what follows", "Block", message.Term(article(what))), Remedy: say("end the {{.Block}}", "Block", message.Term(what))}
		}
	}
}

// longestHeading bounds the line that may be meant as a heading.
const longestHeading = 120

// tagged matches a heading in HTML. GitHub shows it as a heading, but it opens no section.
var tagged = regexp.MustCompile(`(?is)<h[1-6]\b[^>]*>(.{1,120}?)</h[1-6]>`)

// meant notes the lines of a block that name a mapped heading but are not headings: in bold, as
// plain words, without a space behind the hashes, in HTML.
func (l *layout) meant(b markdown.Block, at *section) {
	src := l.body[b.Start:b.End]
	note := func(words string) {
		key := strings.ToLower(strings.Trim(words, "#*_: \t\r\n"))
		if _, known := l.lost[key]; !known && l.mapped[key] {
			title := strings.Trim(words, "#*_: \t\r\n")
			l.lost[key] = lostHeading{title, say("write it as a heading: {{.Heading}}", "Heading", strings.Repeat("#", sectionLevel)+" "+title), at.key}
		}
	}
	if b.Kind == markdown.HTML {
		for _, m := range tagged.FindAllStringSubmatch(src, -1) {
			note(m[1])
		}
		return
	}
	for line := range strings.Lines(src) {
		if len(line) <= longestHeading {
			note(line)
		}
	}
}

func article(what string) string {
	if strings.HasPrefix(what, "HTML") {
		return "an " + what
	}
	return "a " + what
}

// headingName is the form in which headings are compared: without case, hashes, a
// final colon or emphasis.
func headingName(s string) string {
	s = strings.Trim(markdown.Fold(s), "# ")
	s = strings.Trim(s, "*_ ")
	return strings.ToLower(strings.TrimRight(s, ": "))
}

// find returns the first section with one of the names, and how many there are.
func (l layout) find(r Remote) (section, int) {
	var first section
	if len(l.sections) == 0 {
		return first, 0
	}
	keys, n := r.headings(), 0
	for _, s := range l.sections {
		if s.level > deepest || !slices.Contains(keys, s.key) {
			continue
		}
		if n++; n == 1 {
			first = s
		}
	}
	return first, n
}

// below returns the title of the heading that directly follows an empty section. It is "" if
// none follows, if the heading is mapped, or if "_No response_" marks the section as empty.
func (l layout) below(r Remote) string {
	for i, s := range l.sections {
		if i+1 == len(l.sections) || !slices.Contains(r.headings(), s.key) {
			continue
		}
		if next := l.sections[i+1]; !l.mapped[next.key] && markdown.Fold(l.body[s.from:s.to]) == "" {
			return next.title
		}
	}
	return ""
}

// headings returns the headings of r as they are compared.
func (r Remote) headings() []string {
	out := []string{headingName(r.Name)}
	for _, a := range r.Aliases {
		out = append(out, headingName(a))
	}
	return out
}

// tailAt returns where conformd's own last lines of a description start: the line that names the
// twin, and the marker.
func tailAt(body string, blocks []markdown.Block) int {
	at := len(body)
	for _, b := range slices.Backward(blocks) {
		if b.Kind == markdown.Code {
			return at
		}
		lines := slices.Collect(strings.Lines(body[b.Start:b.End]))
		for i, line := range slices.Backward(lines) {
			if !ownLine(strings.TrimSpace(line)) {
				return at
			}
			at = b.Start + len(strings.Join(lines[:i], ""))
		}
	}
	return at
}

// ownLine reports whether a line is one of conformd's own.
func ownLine(s string) bool {
	return strings.HasPrefix(s, strings.TrimSpace(linked)) || strings.HasPrefix(s, "<!-- conformd")
}
