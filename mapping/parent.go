package mapping

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/internal/markdown"
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
)

// parentHeading is the section of an action's issue that names the record it
// belongs to, where the profile maps no place to register.FieldRef.
const parentHeading = "Register record"

// Parents returns the records that the issue of an action names, each once and in the order of
// the text: numbers of the register ("NC-2026-0007") and keys of issues ("ISMS-42",
// "acme/isms#17"). The caller must find out whether there is such a record.
//
// If the place of register.FieldRef is filled, or without such a place the section "Register
// record", nothing else counts. Otherwise the whole description is read, and then the title.
// Code, HTML comments and conformd's own last lines are never read.
func (p *Profile) Parents(is *connectors.Issue) []string {
	gfm := is.Fields[connectors.Body].Text
	if p.Markup == MarkupWiki {
		gfm = text.FromWiki(gfm)
	}
	headings := p.headings()
	headings[headingName(parentHeading)] = true
	l := lay(gfm, headings)
	var said string
	if m, ok := p.Field(register.FieldRef); ok {
		v, _ := p.at(m, is, p.layout(is))
		said = v.Text
	} else {
		s, _ := l.find(Remote{Name: parentHeading})
		said = gfm[s.from:s.to]
	}
	if t := strings.TrimSpace(said); t != "" && !unanswered(t) {
		return names(prose(said), is.Ref.Key)
	}
	return names(prose(gfm[:l.tail])+"\n\n"+is.Fields[connectors.Title].Text, is.Ref.Key)
}

var (
	// named matches everything that may be the name of a record or of an issue.
	named = regexp.MustCompile(`https?://[^\s<>()\[\]"'|]+|[A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+#\d+|#\d+|[A-Z][A-Z0-9_]*-\d+(?:-\d+)?`)
	// address matches the part of an address that names an issue or a record.
	address = regexp.MustCompile(`/([A-Za-z0-9][A-Za-z0-9-]*/[\w.-]+)/issues/(\d+)(?:[/?#].*)?$|/([A-Z][A-Z0-9_]*-\d+(?:-\d+)?)(?:[/?#].*)?$`)
)

// mostNames bounds how many names in an issue are looked up and reported. An issue has one
// parent, so more names only show that it names several.
const (
	mostNames   = 20
	longestName = 200 // bytes; an owner has 39 letters at GitHub, a repository 100
)

// prose returns the words of a Markdown text without code and hidden parts. It undoes
// markdown.Calm.
func prose(s string) string { return markdown.Wake(markdown.Parse(s).Prose()) }

// names returns the first names in a text. A bare "#17" is an issue of the repository own.
func names(s, own string) []string {
	var out []string
	add := func(name string) {
		if len(name) <= longestName && len(out) < mostNames && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, at := range named.FindAllStringIndex(s, -1) {
		tok := s[at[0]:at[1]]
		if strings.Contains(tok, "://") {
			m := address.FindStringSubmatch(strings.TrimRight(tok, ".,;:!?*_~`"))
			switch {
			case m == nil:
			case m[1] != "":
				add(m[1] + "#" + m[2])
			default:
				add(m[3])
			}
			continue
		}
		if joined(s, at[0], at[1]) {
			continue
		}
		if strings.HasPrefix(tok, "#") {
			repo, _, ok := strings.Cut(own, "#")
			if !ok {
				continue
			}
			tok = repo + tok
		}
		add(tok)
	}
	return out
}

// joined reports whether s[from:to] is only a part of a longer word, such as another number, a
// branch or the name of a file.
func joined(s string, from, to int) bool {
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	after, n := utf8.DecodeRuneInString(s[to:])
	next, _ := utf8.DecodeRuneInString(s[to+n:])
	return from > 0 && (word(before) || strings.ContainsRune("-&#", before)) ||
		to < len(s) && (word(after) || strings.ContainsRune("-.", after) && word(next))
}
